"""What this Maya is, and its preferences."""

from __future__ import annotations

import os
import sys
from typing import Any

from .. import keys
from ..flags import command
from ..reader import frames_per_second
from ..undo import queue
from ..world import LONG_UNITS, SHORT_UNITS, world


@command("version:v apiVersion:api cutIdentifier:c batch:b product:p operatingSystem:os installedVersion:iv windows:win "
         "linux:li macOS:mac uiLanguage:uil preferences:pd codeset:cs")  # fmt: skip
def about(**flags: Any) -> Any:
    """About Maya."""
    year = int(world.version[:4]) if world.version[:4].isdigit() else 2026
    answers = {
        "version": world.version, "apiVersion": year * 10000 + 100, "cutIdentifier": f"{year}03101234-standin",
        "batch": world.batch, "product": f"Maya {world.version}", "installedVersion": f"Maya {world.version}",
        "operatingSystem": {"win32": "nt", "darwin": "mac"}.get(sys.platform, "linux64"), "windows": sys.platform == "win32",
        "codeset": "UTF-8", "linux": sys.platform == "linux", "macOS": sys.platform == "darwin", "uiLanguage": "en_US",
        "preferences": os.environ.get("MAYA_APP_DIR", ""),
    }  # fmt: skip
    return answers[next(iter(flags))]


@command("query:q linear:l angle:a time:t fullName:f updateAnimation:ua")
def currentUnit(**flags: Any) -> Any:
    """Units."""
    wanted = [unit for unit in ("linear", "angle", "time") if unit in flags]
    if flags.get("query"):
        unit = world.units[wanted[0]]
        return LONG_UNITS.get(unit, unit) if flags.get("fullName") else unit
    if "time" in flags and flags.get("updateAnimation", True):
        keys.rescale(world.scene.nodes, frames_per_second(flags["time"]) / world.fps)
    for unit in wanted:
        world.units[unit] = SHORT_UNITS.get(flags[unit], flags[unit])
    return None


@command("query:q axis:ax rotateView:rv")
def upAxis(**flags: Any) -> Any:
    """The up-axis."""
    if not flags.get("query"):
        world.up_axis = flags["axis"]
    return world.up_axis


@command("query:q currentRenderLayer:crl")
def editRenderLayerGlobals(**flags: Any) -> str:
    """The current render layer."""
    if not flags.get("query"):
        layer = world.node(flags["currentRenderLayer"])
        if layer.reference is not None:
            raise RuntimeError(f"Cannot make a referenced render layer the current one: {layer.name}")
        world.layer = layer.name
    return world.layer


@command("query:q state:st openChunk:ock closeChunk:cck undoName:un stateWithoutFlush:swf chunkName:cn undoQueueEmpty:uqe "
         "infinity")  # fmt: skip
def undoInfo(**flags: Any) -> Any:
    """The undo queue."""
    if flags.get("query"):
        names = [step.name for step in queue.steps]
        answers = {"state": queue.state, "undoName": names[-1] if names else "", "undoQueueEmpty": not names}
        return answers[next(name for name in flags if name != "query")]
    if flags.get("openChunk"):
        queue.open_chunk(flags.get("chunkName", ""))
    if flags.get("closeChunk"):
        queue.close_chunk()
    if flags.get("state") is False:
        queue.flush()
    queue.state = bool(flags.get("state", flags.get("stateWithoutFlush", queue.state)))
    return None


@command()
def flushUndo() -> None:
    """Forgets what could be undone."""
    queue.flush()


@command()
def undo() -> None:
    """Takes back what the last command, or chunk of commands, did to the scene."""
    queue.undo()


@command("query:q enable:en mapDirectory:m getAllMappings:gam convertDirectory:cd")
def dirmap(*args: str, **flags: Any) -> Any:
    """Path mapping."""
    if flags.get("query"):
        return world.mapping_on
    if "enable" in flags:
        world.mapping_on = bool(flags["enable"])
    if "mapDirectory" in flags:
        world.mapping.append(tuple(flags["mapDirectory"]))
    if flags.get("getAllMappings"):
        return [path for pair in world.mapping for path in pair]
    if "convertDirectory" in flags:
        path = flags["convertDirectory"]
        return next((new + path[len(old) :] for old, new in world.mapping if path.startswith(old)), path)
    return None


@command("query:q mode:m")
def evaluationManager(**flags: Any) -> list[str] | None:
    """How the graph is evaluated."""
    world.evaluation = flags.get("mode", world.evaluation) if not flags.get("query") else world.evaluation
    return [world.evaluation] if flags.get("query") else None
