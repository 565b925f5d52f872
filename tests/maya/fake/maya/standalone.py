"""Start and stop."""

from __future__ import annotations

import os

import maya
from maya import _commands, cmds


def initialize(name: str = "python") -> None:
    if os.environ.get("FAKE_MAYA_LICENCE") == "none":
        raise RuntimeError(
            "Error encountered when initializing Maya - Please check for sufficient disk space and necessary write "
            "permissions of MAYA_APP_DIR."
        )
    maya.LOG.append(("initialize", (name,), dict(os.environ)))
    maya.world.version = os.environ.get("FAKE_MAYA_VERSION", "2026")
    for name, member in vars(_commands).items():
        if getattr(member, "__module__", "") == "maya.cmds":
            setattr(cmds, name, member)


def uninitialize() -> None:
    maya.LOG.append(("uninitialize", (), {}))
