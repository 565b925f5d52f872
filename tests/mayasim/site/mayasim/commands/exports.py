"""Playblasts, and the exporters of plug-ins. What they write is no image of the scene, and no Alembic, USD or FBX: a grey image,
and JSON with the matrix of each root at each frame. Flags, messages and which files there are, are as documented.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from typing import Any

from ..evaluate import world_matrix
from ..flags import command, mel_command
from ..images import png
from ..world import world
from .attributes import evaluator

_IMAGE_FORMATS = {32: "png"}
_FBX: dict[str, str] = {}


@command("filename:f format:fmt frame:fr rawFrameNumbers:rfn widthHeight:wh percent:p quality:qlt framePadding:fp "
         "showOrnaments:orn offScreen:os viewer:v forceOverwrite:fo clearCache:cc")  # fmt: skip
def playblast(**flags: Any) -> str:
    """Images of the view; without an interface, of what the renderable camera sees."""
    if flags.get("format") != "image" or not flags.get("rawFrameNumbers"):
        raise NotImplementedError("the stand-in's playblast writes images with the numbers of their frames only")
    kind = int(evaluator(world.scene.time).value(world.node("defaultRenderGlobals"), "outf"))
    if kind not in _IMAGE_FORMATS:
        raise NotImplementedError(f"the stand-in's playblast writes no images of format {kind}")
    width, height = (size * flags.get("percent", 50) // 100 for size in flags["widthHeight"])
    for frame in flags["frame"]:
        path = f"{flags['filename']}.{int(frame):0{flags.get('framePadding', 4)}d}.{_IMAGE_FORMATS[kind]}"
        if not os.path.isdir(os.path.dirname(path)):
            raise RuntimeError(f"Cannot write to file: {path}")
        if os.path.exists(path) and not flags.get("forceOverwrite"):
            raise RuntimeError(f"File exists: {path}")
        with open(path, "wb") as image:
            image.write(png(width, height, int(frame) % 256))
    return f"{flags['filename']}.{'#' * flags.get('framePadding', 4)}.{_IMAGE_FORMATS[kind]}"


_ALEMBIC = {"frameRange": 2, "step": 1, "root": 1, "file": 1, "dataFormat": 1}
_ALEMBIC_SWITCHES = frozenset({"worldSpace", "uvWrite", "writeVisibility", "eulerFilter", "stripNamespaces"})


@command("jobArg:j", plugin="AbcExport")
def AbcExport(**flags: Any) -> None:
    """Alembic."""
    words = iter(shlex.split(flags["jobArg"]))
    job: dict[str, list[str]] = {}
    for word in words:
        name = word.removeprefix("-")
        if word.startswith("-") and name in _ALEMBIC_SWITCHES:
            job[name] = []
        elif word.startswith("-") and name in _ALEMBIC:
            job.setdefault(name, []).extend(next(words) for _ in range(_ALEMBIC[name]))
        else:
            raise RuntimeError(f"AbcExport: unknown job argument {word}")
    first, last = map(float, job["frameRange"])
    _write(job["file"][0], "Alembic", job["root"], (first, last, float(job.get("step", ["1"])[0])), sorted(job))


@command("file:f exportRoots:ert frameRange:fr frameStride:fst exportUVs:uvs exportVisibility:vis stripNamespaces:sn",
         plugin="mayaUsdPlugin")  # fmt: skip
def mayaUSDExport(**flags: Any) -> None:
    """USD."""
    first, last = flags["frameRange"]
    span = (float(first), float(last), float(flags.get("frameStride", 1.0)))
    _write(flags["file"], "USD", flags["exportRoots"], span, sorted(flags))


@mel_command("fbxmaya")
def FBXExportBakeComplexAnimation(*words: str) -> None:
    """Whether keys are written for what is driven."""
    _FBX["bake"] = words[1]


@mel_command("fbxmaya")
def FBXExportBakeComplexStart(*words: str) -> None:
    """First frame."""
    _FBX["start"] = words[1]


@mel_command("fbxmaya")
def FBXExportBakeComplexEnd(*words: str) -> None:
    """Last frame."""
    _FBX["end"] = words[1]


@mel_command("fbxmaya")
def FBXExport(*words: str) -> None:
    """FBX."""
    if "-s" not in words:
        raise NotImplementedError("the stand-in's FBXExport writes what is selected only")
    roots = [node.path for node in world.scene.selection]
    span = (float(_FBX["start"]), float(_FBX["end"]), 1.0)
    _write(words[words.index("-f") + 1], "FBX", roots, span, sorted(_FBX))


def _write(path: str, kind: str, roots: list[str], span: tuple[float, float, float], flags: list[str]) -> None:
    if not os.path.isdir(os.path.dirname(path)):
        raise RuntimeError(f"Could not create {path}")
    nodes = [world.node(root) for root in roots]
    frames = {f"{frame:g}": {node.path: _matrix(frame, node) for node in nodes} for frame in _steps(*span)}
    with open(path, "w") as file:
        json.dump({"stand-in for": kind, "flags": flags, "frames": frames}, file)


def _matrix(frame: float, node: Any) -> list[float]:
    return [value for row in world_matrix(evaluator(frame), node) for value in row]


def _steps(first: float, last: float, step: float) -> Iterator[float]:
    count = 0
    while first + count * step <= last + 1e-9:
        yield first + count * step
        count += 1
