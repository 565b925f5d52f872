"""A scene of many file textures, looked through before it is submitted: how long that takes, and how long it holds Maya."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ..model import Measure, Metric, Peer, Sizes, Values

ROOT = Path(__file__).resolve().parents[2]

_SCRIPT = """
import gc, json, os, sys, time
import maya.standalone
maya.standalone.initialize(name="python")
from maya import cmds
import farmfutures.maya

folder, nodes = sys.argv[1], int(sys.argv[2])
for number in range(nodes):
    node = cmds.createNode("file", name=f"texture{number}", skipSelect=True)
    cmds.setAttr(node + ".fileTextureName", f"{folder}/{number % 100}/wall.{number}.png", type="string")
executor = farmfutures.maya.Executor()
gc.freeze()  # A stand-in's scene is Python objects, Maya's is not: collecting those is nothing that we do to a Maya.
began, longest = time.perf_counter(), 0.0
checking = executor.checking()
while True:
    at = time.perf_counter()
    more = checking.step()
    longest = max(longest, time.perf_counter() - at)
    if not more:
        break
took = time.perf_counter() - began
found = [problem for problem in checking.problems if problem.kind == "texture"]
print("FIGURES" + json.dumps({"s": took, "held_ms": longest * 1e3, "missing": len(found)}))
sys.stdout.flush()
os._exit(0)
"""


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns the time of a whole check, and the longest that it held the main thread; half of the files are there.

    What holds longest is one command that can't be split: ``ls`` of all the nodes.
    In ``FARMFUTURES_MAYAPY``, else in the stand-in of the tests, whose commands are slower than Maya's own.
    """
    nodes = sizes["nodes"]
    mayapy = os.environ.get("FARMFUTURES_MAYAPY") or str(ROOT / "tests" / "mayasim" / "bin" / "mayapy")
    environ = {**os.environ, "FARMFUTURES_SIM_PYTHON": sys.executable, "FARMFUTURES_MAYAPY": mayapy,
               "PYTHONPATH": str(ROOT / "scripts")}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        for number in range(0, nodes, 2):
            path = Path(folder, str(number % 100), f"wall.{number}.png")
            path.parent.mkdir(exist_ok=True)
            path.touch()
        command = [mayapy, "-c", _SCRIPT, folder, str(nodes)]
        said = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in said.splitlines() if line.startswith("FIGURES")]
    figures = json.loads(line.removeprefix("FIGURES"))
    if figures["missing"] != nodes // 2:
        raise AssertionError(f"{figures['missing']} of {nodes // 2} missing files were found")
    return {"s": figures["s"], "held_ms": figures["held_ms"]}


MEASURE = Measure(
    "check", "a scene of 10,000 file textures looked through before it is submitted",
    (Metric("s", "all of it", "s"), Metric("held_ms", "main thread held at most", "ms")), run,
    {"nodes": 10_000}, {"nodes": 200}, ("us",), most_rounds=3, starts=False,
)  # fmt: skip
