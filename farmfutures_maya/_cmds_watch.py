"""The calls into Maya that watch the open scene and take changes back; see `_cmds` for how they are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast


def nodes() -> list[str]:
    """Returns the long names of all nodes."""
    from maya import cmds

    return [str(name) for name in cmds.ls(long=True) or ()]


def namespaces() -> list[str]:
    """Returns all namespaces, those without nodes too."""
    from maya import cmds

    found = cast("list[str] | None", cast("object", cmds.namespaceInfo(":", listOnlyNamespaces=True, recurse=True)))
    return list(found or ())


def on_scene_message(names: Sequence[str], tell: Callable[[str], object]) -> None:
    """Calls `tell` with the name of each of these messages of ``MSceneMessage`` (``"kAfterOpen"``) from now on."""
    from maya.api import OpenMaya

    messages: Any = OpenMaya.MSceneMessage  # Half of it is missing in the stubs.
    for name in names:
        messages.addCallback(getattr(messages, name), _teller(tell, name))


def _teller(tell: Callable[[str], object], name: str) -> Callable[..., None]:
    def told(*_: object) -> None:
        tell(name)

    return told


def undo_on() -> None:
    """Switches undo on, however much it takes, with an empty queue."""
    from maya import cmds

    cmds.undoInfo(state=True, infinity=True)
    cmds.flushUndo()


def is_undo_on() -> bool:
    """Returns whether changes can be undone; in batch mode they can't unless somebody asked for it."""
    from maya import cmds

    return cmds.undoInfo(query=True, state=True)


def undo_all() -> int:
    """Undoes all that is in the queue; returns how many steps that were.

    Raises:
        RuntimeError: A step could not be undone.
    """
    from maya import cmds

    steps = 0
    while not cmds.undoInfo(query=True, undoQueueEmpty=True):
        cmds.undo()
        steps += 1
    cmds.flushUndo()
    return steps
