"""The calls into ``maya.cmds`` about what is rendered; see `_cmds` for the manner of it."""

# The two rooms are one, in two files for their length.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from . import _cmds
from ._cmds_inputs import number, value

_GLOBALS, _RESOLUTION = "defaultRenderGlobals", "defaultResolution"


def renderable_layers() -> list[str]:
    """Returns the layers that are to be rendered, in order. Those of references are not: they can't be the current one."""
    from maya import cmds

    layers = _cmds._strings(cmds.ls(type="renderLayer"))
    own = [layer for layer in layers if not cmds.referenceQuery(layer, isNodeReferenced=True)]
    return [layer for layer in own if number(f"{layer}.renderable")]


def renderable_cameras() -> list[str]:
    """Returns the cameras that the current layer is to be rendered through, by the shortest name that is one of a kind."""
    from maya import cmds

    shapes = [shape for shape in _cmds._strings(cmds.ls(type="camera")) if number(f"{shape}.renderable")]
    return [camera for shape in shapes for camera in _cmds._strings(cmds.listRelatives(shape, parent=True, path=True))]


def frame_range() -> tuple[float, float, float]:
    """Returns first frame, last frame and step of the current layer; where nothing is animated, the current frame."""
    if not number(f"{_GLOBALS}.animation"):
        now = _cmds.current_time()
        return now, now, 1.0
    return _float(f"{_GLOBALS}.startFrame"), _float(f"{_GLOBALS}.endFrame"), _float(f"{_GLOBALS}.byFrameStep")


def image_prefix() -> str:
    """Returns the image names that are set, "" for Maya's own."""
    return str(value(f"{_GLOBALS}.imageFilePrefix") or "")


def renderer() -> str:
    """Returns the renderer of the current layer."""
    return str(value(f"{_GLOBALS}.currentRenderer") or "")


def resolution() -> tuple[int, int]:
    """Returns width and height in pixels."""
    return number(f"{_RESOLUTION}.width"), number(f"{_RESOLUTION}.height")


def _float(plug: str) -> float:
    found = value(plug)
    return float(found) if isinstance(found, (int, float)) else 0.0
