"""Shipped: what the viewport shows, as images."""

from __future__ import annotations

import os
from typing import Annotated, Literal

from farmfutures.errors import RenderError

from .. import _cmds, _cmds_actions
from ..outputs import in_project, scene_base
from .action import action
from .params import Between, Folder, Frames

_PADDING = 4


@action("Playblast", group="Images")
def playblast(
    frames: Frames,
    camera: Annotated[str, "The renderable camera of the scene, if none is named"] = "",
    folder: Annotated[str, Folder()] = "movies",
    width: Annotated[int, Between(1, 16384)] = 1280,
    height: Annotated[int, Between(1, 16384)] = 720,
    image_format: Literal["png", "jpg", "tif"] = "png",
    ornaments: Annotated[bool, "Names, counters and the grid, too"] = False,
) -> list[str]:
    """Images of what the viewport shows, smooth shaded and textured. Workers need a graphics driver."""
    if camera:
        _cmds_actions.render_only_through(camera)
    target = os.path.join(in_project(folder), scene_base())
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with _cmds_actions.image_format(image_format):
        _cmds_actions.playblast(target, frames, (width, height), ornaments=ornaments, padding=_PADDING)
    written = [f"{target}.{frame:0{_PADDING}d}.{image_format}" for frame in frames]
    lost = [path for path in written if not os.path.isfile(path)]
    if lost:
        raise RenderError(
            f"playblast ended and did not write {lost[0]}: a worker needs a graphics driver and, on Linux, a display. Maya "
            f"{_cmds.version()} said why in the log."
        )
    return written
