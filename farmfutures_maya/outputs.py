"""Where the files of actions go: in the project, named after the scene."""

from __future__ import annotations

import os
import re

from . import _cmds

_SNAPSHOT = re.compile(r"\.(ma|mb)$", re.IGNORECASE)


def in_project(folder: str) -> str:
    """Returns a full path: a relative one lies in the project.

    Args:
        folder: A folder, variables and ``~`` in it expanded.
    """
    path = os.path.expanduser(os.path.expandvars(folder))
    root = _cmds.workspace_root() if _cmds.in_maya() else os.getcwd()
    return os.path.join(root, path).replace("\\", "/")


def scene_base() -> str:
    """Returns the name of the open scene without folder and ending; copies of a scene are called as it is."""
    return _SNAPSHOT.sub("", os.path.basename(_cmds.scene_name())) or "untitled"
