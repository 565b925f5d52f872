"""What it costs to put a scene back between two items: after one that changed nothing, and after one that changed it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ..model import Measure, Metric, Peer, Sizes, Values

ROOT = Path(__file__).resolve().parents[2]
_TIMES = 5

_SCRIPT = """
import json, os, statistics, sys, time
import maya.standalone
maya.standalone.initialize(name="python")
from maya import cmds
import farmfutures.maya

scene, times = sys.argv[1], int(sys.argv[2])

def took(hooks, item):
    found = []
    for _ in range(times):
        item()
        began = time.perf_counter()
        hooks.before_item()
        found.append((time.perf_counter() - began) * 1e3)
        assert cmds.getAttr("node1.translateX") == 0
    return statistics.median(found)

def change():
    cmds.setAttr("node1.translateX", 5)

fresh = farmfutures.maya.bootstrap({"filename": scene, "restore": "fresh"})
said = {"nothing_ms": took(fresh, lambda: cmds.getAttr("node1.translateX")), "fresh_ms": took(fresh, change)}
said["reset_ms"] = took(farmfutures.maya.bootstrap({"filename": scene, "restore": "reset"}), change)
print("FIGURES" + json.dumps(said))
sys.stdout.flush()
os._exit(0)
"""


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns the medians in ms: nothing was changed; opened again; undone.

    In ``FARMFUTURES_MAYAPY``, else in the stand-in of the tests, whose reader is slower than Maya's.
    """
    mayapy = os.environ.get("FARMFUTURES_MAYAPY") or str(ROOT / "tests" / "mayasim" / "bin" / "mayapy")
    environ = {**os.environ, "FARMFUTURES_SIM_PYTHON": sys.executable, "PYTHONPATH": str(ROOT / "scripts")}
    with tempfile.TemporaryDirectory() as folder:
        scene = Path(folder, "scene.ma")
        lines = [f'createNode transform -n "node{number}";' for number in range(sizes["nodes"])]
        scene.write_text("\n".join(["//Maya ASCII 2026 scene", 'requires maya "2026";', *lines, ""]))
        command = [mayapy, "-c", _SCRIPT, str(scene), str(_TIMES)]
        said = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    (line,) = [line for line in said.splitlines() if line.startswith("FIGURES")]
    return dict(json.loads(line.removeprefix("FIGURES")))


MEASURE = Measure(
    "restore", "a scene of 10,000 nodes put back before the next item",
    (
        Metric("nothing_ms", "the item changed nothing", "ms"), Metric("fresh_ms", "opened again", "ms"),
        Metric("reset_ms", "undone", "ms"),
    ),
    run, {"nodes": 10_000}, {"nodes": 100}, ("us",), most_rounds=3, starts=False,
)  # fmt: skip
