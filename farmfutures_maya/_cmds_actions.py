"""The calls into ``maya.cmds`` that the ready-made actions make; see `_cmds` for the manner of it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any, cast

from ._cmds import untyped
from ._cmds_inputs import number

_FORMATS = {"png": 32, "jpg": 8, "tif": 3}
"""What ``defaultRenderGlobals.imageFormat`` calls them; playblasts of images are written in it."""


def playback_range() -> tuple[int, int]:
    """Returns first and last frame of the playback range."""
    from maya import cmds

    return round(cmds.playbackOptions(query=True, minTime=True)), round(cmds.playbackOptions(query=True, maxTime=True))


def evaluate_mel(source: str, names: Mapping[str, Any]) -> Any:
    """Runs MEL where these are variables: ints as ``int``, all else as ``string``."""
    from maya import mel

    given = "".join(
        f"int ${name} = {value}; " if isinstance(value, int) else f"string ${name} = {json.dumps(str(value))}; "
        for name, value in names.items()
    )
    return mel.eval(f"{given}{source}")


def render_only_through(camera: str) -> None:
    """Makes a camera the only renderable one: a Maya without a view shows what that sees.

    Raises:
        ValueError: There is no such camera.
    """
    from maya import cmds

    wanted = set(_shapes(camera))
    if not wanted:
        raise ValueError(f"there is no camera {camera} in the scene: choose another one, or none for the renderable one.")
    for shape in _found(cmds.ls(type="camera", long=True)):
        if bool(number(f"{shape}.renderable")) != (shape in wanted):
            cmds.setAttr(f"{shape}.renderable", shape in wanted)


def _found(answer: object) -> list[str]:
    return [str(name) for name in cast("list[object]", answer)] if isinstance(answer, list) else []


def _shapes(camera: str) -> list[str]:
    from maya import cmds

    nodes = _found(cmds.ls(camera, long=True))
    below = _found(cmds.listRelatives(nodes, shapes=True, fullPath=True, type="camera")) if nodes else []
    return [*_found(cmds.ls(camera, long=True, type="camera")), *below]


@contextlib.contextmanager
def image_format(name: str) -> Generator[None, None, None]:
    """Images are written in this format inside."""
    from maya import cmds

    plug = "defaultRenderGlobals.imageFormat"
    before = number(plug)
    cmds.setAttr(plug, _FORMATS[name])
    try:
        yield
    finally:
        cmds.setAttr(plug, before)


def playblast(path: str, frames: Sequence[int], size: tuple[int, int], *, ornaments: bool, padding: int) -> None:
    """Writes an image for each frame, as ``path.0001.png``."""
    from maya import cmds

    cmds.playblast(
        filename=path,
        format="image",
        frame=[float(frame) for frame in frames],
        rawFrameNumbers=True,
        widthHeight=size,
        percent=100,
        quality=100,
        framePadding=padding,
        showOrnaments=ornaments,
        offScreen=True,
        viewer=False,
        forceOverwrite=True,
        clearCache=True,
    )


def export_alembic(job: str) -> None:
    """Runs one job of ``AbcExport``.

    Args:
        job: Its flags, as the plug-in documents them (``AbcExport -help``).
    """
    untyped("AbcExport")(jobArg=job)


def export_usd(
    path: str, root: str, span: tuple[int, int], step: float, *, uvs: bool, visibility: bool, strip_namespaces: bool
) -> None:  # fmt: skip
    """Writes a hierarchy by ``mayaUSDExport``."""
    untyped("mayaUSDExport")(
        file=path,
        exportRoots=[root],
        frameRange=span,
        frameStride=step,
        exportUVs=uvs,
        exportVisibility=visibility,
        stripNamespaces=strip_namespaces,
    )


def export_fbx(path: str, span: tuple[int, int], *, bake: bool) -> None:
    """Writes what is selected by ``FBXExport``, a plug-in of MEL."""
    from maya import mel

    mel.eval(f"FBXExportBakeComplexAnimation -v {'true' if bake else 'false'}")
    mel.eval(f"FBXExportBakeComplexStart -v {span[0]}")
    mel.eval(f"FBXExportBakeComplexEnd -v {span[1]}")
    mel.eval(f"FBXExport -f {json.dumps(path)} -s")
