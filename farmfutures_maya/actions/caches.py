"""Shipped: Alembic, USD and FBX of the hierarchies that are chosen, a file each."""

from __future__ import annotations

import os
from typing import Annotated

from farmfutures.errors import RenderError

from .. import _cmds, _cmds_actions
from ..outputs import in_project, scene_base
from .action import action
from .params import Between, Folder, FrameRange, Node

Step = Annotated[float, Between(0.001, 1000), "Frames from one sample to the next"]


@action("Export Alembic", name="alembic", group="Caches")
def export_alembic(
    node: Node,
    frames: FrameRange,
    folder: Annotated[str, Folder()] = "cache/alembic",
    step: Step = 1.0,
    world_space: Annotated[bool, "Write positions in the world, not under the parents"] = True,
    uvs: bool = True,
    visibility: bool = True,
    euler_filter: bool = True,
    strip_namespaces: bool = True,
) -> str:
    """Writes an Alembic cache of each chosen hierarchy, all frames in one file."""
    path = _file(folder, node, ".abc")
    _cmds.load_plugin("AbcExport")
    words = [
        f"-frameRange {min(frames)} {max(frames)} -step {step:g}",
        *(f"-{flag}" for flag, wanted in (
            ("worldSpace", world_space), ("uvWrite", uvs), ("writeVisibility", visibility), ("eulerFilter", euler_filter),
            ("stripNamespaces", strip_namespaces),
        ) if wanted),
        f'-dataFormat ogawa -root {_long(node)} -file "{path}"',
    ]  # fmt: skip
    _cmds_actions.export_alembic(" ".join(words))
    return _written(path)


@action("Export USD", name="usd", group="Caches")
def export_usd(
    node: Node,
    frames: FrameRange,
    folder: Annotated[str, Folder()] = "cache/usd",
    step: Step = 1.0,
    ascii: Annotated[bool, "A file that can be read, and is larger"] = False,
    uvs: bool = True,
    visibility: bool = True,
    strip_namespaces: bool = True,
) -> str:
    """Writes a USD file of each chosen hierarchy, all frames in one file."""
    path = _file(folder, node, ".usda" if ascii else ".usd")
    _cmds.load_plugin("mayaUsdPlugin")
    _cmds_actions.export_usd(
        path, _long(node), (min(frames), max(frames)), step, uvs=uvs, visibility=visibility, strip_namespaces=strip_namespaces
    )
    return _written(path)


@action("Export FBX", name="fbx", group="Caches")
def export_fbx(
    node: Node,
    frames: FrameRange,
    folder: Annotated[str, Folder()] = "cache/fbx",
    bake: Annotated[bool, "Write a key for each frame, of what is driven too"] = True,
) -> str:
    """Writes an FBX file of each chosen hierarchy."""
    path = _file(folder, node, ".fbx")
    _cmds.load_plugin("fbxmaya")
    _cmds.set_selection([_long(node)])
    _cmds_actions.export_fbx(path, (min(frames), max(frames)), bake=bake)
    return _written(path)


def _long(node: str) -> str:
    found = _cmds.existing([node])
    if len(found) != 1:
        what = "there is no node" if not found else f"{len(found)} nodes are called"
        raise ValueError(f"{what} {node} in {_cmds.scene_name() or 'the scene'}: choose it again in the scene that is sent.")
    return found[0]


def _file(folder: str, node: str, ending: str) -> str:
    """Returns where a node's file goes: ``shot_ball.abc``, ``shot_rig_left_hand.abc`` for ``|rig|left:hand``."""
    name = "_".join(part for part in node.replace(":", "|").split("|") if part)
    path = os.path.join(in_project(folder), f"{scene_base()}_{name}{ending}").replace("\\", "/")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    return path


def _written(path: str) -> str:
    if not os.path.isfile(path):
        raise RenderError(f"the exporter ended and there is no {path}: it said why in the log.")
    return path
