"""The executor of a request."""

from __future__ import annotations

import farmfutures

from .. import _cmds
from ..environ import Policy
from ..executor import Executor
from .action import Action
from .request import PYTHON, Request, Scene


def executor_of(request: Request, action: Action) -> farmfutures.Executor:
    """Makes the executor of a request, with what the session has for it; the copy of the scene comes by `copy_scene`.

    It belongs on Maya's main thread, and asks the farm nothing.

    Raises:
        OptionError: Something that was chosen means nothing.
        MissingVariableError: Paths in the scene use a variable that can't travel.
    """
    if not request.needs_maya(action):
        return farmfutures.Executor(request.engine or None)
    executor = Executor(
        engine=request.engine or None,
        version=request.version if request.version not in ("", PYTHON) else None,
        filename=request.filename if request.scene == Scene.FILE else None,
        workspace=request.workspace or None,
    )
    if _cmds.in_maya():
        policy = Policy(allow=request.variables, allow_secrets=request.secrets)
        executor.clone_environ(policy=policy, scene=request.scene != Scene.NONE)
    return executor


def copy_scene(request: Request, executor: farmfutures.Executor) -> None:
    """Copies the scene as it is on screen, where that was chosen. It takes as long as an export.

    Raises:
        SnapshotError: It could not be written.
    """
    if isinstance(executor, Executor) and request.scene == Scene.SNAPSHOT and _cmds.in_maya():
        executor.create_tempfile()
