"""The demo's session, run by ``mayapy``: what somebody would type in their Maya, with ``tell`` around it.

mayapy session.py /path/of/orrery.ma
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import maya.standalone

import farmfutures.maya

PREFIX = "farmfutures-demo: "
_SAMPLES = 14


def tell(event: str, **facts: Any) -> None:
    """Hands facts to ``farmfutures demo``, which shows them."""
    print(PREFIX + json.dumps({"event": event, **facts}), flush=True)


def main(scene: str) -> None:
    """Opens the scene, changes it, and lets workers answer two questions about it."""
    started = time.perf_counter()
    maya.standalone.initialize(name="python")
    from maya import cmds

    cmds.file(scene, open=True, force=True)
    # Not saved, and so not in the file: the workers get the scene as it is here.
    cmds.createNode("transform", name="not_saved_yet")
    tell(
        "session",
        version=cmds.about(version=True),
        scene=scene,
        nodes=len(cmds.ls()),
        seconds=time.perf_counter() - started,
    )

    started = time.perf_counter()
    # A farm starts an interpreter for each chunk; this machine keeps two of them warm for all that comes.
    executor = farmfutures.maya.Executor(clone_environ=True, create_tempfile=True, cpus=2, chunk=24, env=_stand_in())
    tell("captured", snapshot=executor.filename, seconds=time.perf_counter() - started)
    ask_types(executor)
    ask_positions(executor)
    executor.shutdown()
    tell("end")


def ask_types(executor: Any) -> None:
    """One job: what type is each of these nodes?"""
    from maya import cmds

    started = time.perf_counter()
    with executor.batch("Node types") as batch:
        for node in samples():
            future = batch.submit(cmds.nodeType, node)
            future.node = node
    tell("submitted", kind="types", job=batch.job_id, name="Node types", total=len(batch.futures))
    for future in farmfutures.as_completed(batch.futures):
        tell("type", job=future.job_id, work=future.work_id, node=future.node, type=future.result(), log=_log(future))
    tell("done", kind="types", seconds=time.perf_counter() - started)


def ask_positions(executor: Any) -> None:
    """Another: where is everything, on every frame? Each frame is a call of `orbits.positions` on a worker."""
    from maya import cmds

    started = time.perf_counter()
    first = int(cmds.playbackOptions(query=True, minTime=True))
    last = int(cmds.playbackOptions(query=True, maxTime=True))
    nodes = bodies()
    here = str(Path(__file__).resolve().parent)
    with executor.batch("Orbits", sys_path=[here]) as batch:
        for frame in range(first, last + 1):
            batch.submit_ext("orbits:positions", [frame, nodes], name=f"frame {frame}")
    tell("submitted", kind="frames", job=batch.job_id, name="Orbits", total=len(batch.futures), first=first, last=last)
    for future in farmfutures.as_completed(batch.futures):
        frame, found, pid, seconds = future.result()
        tell(
            "frame", job=future.job_id, work=future.work_id, frame=frame, positions=found, pid=pid, seconds=seconds,
            log=_log(future),
        )  # fmt: skip
    tell("done", kind="frames", seconds=time.perf_counter() - started)


def bodies() -> list[str]:
    """Returns the transforms that have a surface to look at."""
    from maya import cmds

    shapes = names(cmds.ls(type=["mesh", "nurbsSurface", "locator"]))
    return [node for shape in shapes for node in names(cmds.listRelatives(shape, parent=True))]


def samples() -> list[str]:
    """Returns some nodes of every kind that the scene has: what was not saved, then one of a type."""
    from maya import cmds

    own = set(names(cmds.ls())) - set(names(cmds.ls(defaultNodes=True))) - {"not_saved_yet"}
    kinds = {cmds.nodeType(node): node for node in sorted(own, reverse=True)}
    return ["not_saved_yet", *sorted(kinds.values())][:_SAMPLES]


def names(answer: object) -> list[str]:
    """Maya answers None where a list would be empty."""
    return [str(name) for name in cast("Sequence[str]", answer or ())]


def _log(future: Any) -> str | None:
    path = future.log_path
    return str(path) if path and os.path.exists(path) else None


def _stand_in() -> dict[str, str]:
    """The stand-in's settings must be named to travel; a real Maya has none."""
    return {name: value for name, value in os.environ.items() if name.startswith("FARMFUTURES_SIM_")}


if __name__ == "__main__":
    main(sys.argv[1])
    sys.stdout.flush()
    os._exit(0)  # Destructors of a Maya that leaves can crash or hang, and everything was said.
