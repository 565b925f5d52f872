"""What the demo runs on workers, once for each frame: plain functions that use the scene which is open there."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import cast

from maya import cmds


def positions(frame: float, nodes: Sequence[str]) -> tuple[float, dict[str, tuple[float, float, float]], int, float]:
    """Evaluates the scene at a frame.

    Args:
        frame: In frames of the scene.
        nodes: Transforms.

    Returns:
        The frame, the nodes' positions in the world, the worker's process, how many seconds this took.
    """
    started = time.perf_counter()
    cmds.currentTime(frame)
    found = {node: world_position(node) for node in nodes}
    print(f"frame {frame:g}: {len(found)} nodes evaluated by process {os.getpid()}")
    return frame, found, os.getpid(), time.perf_counter() - started


def world_position(node: str) -> tuple[float, float, float]:
    """Returns where a transform is now, in the scene's linear unit."""
    # The stubs say of every query that it returns what the flag takes.
    xform = cast("Callable[..., Sequence[float]]", cmds.xform)
    x, y, z = xform(node, query=True, worldSpace=True, translation=True)
    return x, y, z
