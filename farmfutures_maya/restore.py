"""Puts the scene back to how it was opened, before the next item: by policy, and only where an item changed it.

``fresh``   opens it again
``reset``   undoes what the item did; opens it again where that does not lead back
``keep``    leaves everything as the item left it, for items that build on one another

An item has changed the scene when Maya says that it is modified (the flag is cleared once it is open), when it has another
name or other namespaces, or when a scene was opened, made, imported or saved meanwhile. What Maya does not count as a
change is small, and is compared and set again one by one: frame, render layer, selection, namespace, units, up-axis,
evaluation mode, project. A call that clears the modified flag by itself hides what it did.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from . import _cmds, _cmds_watch

FRESH, RESET, KEEP = POLICIES = ("fresh", "reset", "keep")

_MESSAGES = ("kAfterNew", "kAfterOpen", "kAfterImport", "kAfterSave")

_messages = 0
_listening = False


def _listen() -> None:
    global _listening
    if not _listening:
        _listening = True
        _cmds_watch.on_scene_message(_MESSAGES, _count)


def _count(name: str) -> None:
    global _messages
    _messages += 1


@dataclass(frozen=True, slots=True)
class Moment:
    """What an item can change without changing the scene."""

    workspace: str
    units: tuple[str, str, str]
    up_axis: str
    evaluation: str
    frame: float
    layer: str
    namespace: str
    selection: tuple[str, ...]

    @classmethod
    def now(cls) -> Moment:
        """Returns what is now."""
        return cls(
            _cmds.workspace_root(), _cmds.units(), _cmds.up_axis(), _cmds.evaluation_mode(), _cmds.current_time(),
            _cmds.render_layer(), _cmds.namespace(), tuple(_cmds.selection()),
        )  # fmt: skip

    def put_back(self) -> bool:
        """Sets what is not as it was then; returns whether anything was."""
        now = Moment.now()
        if now == self:
            return False
        for item in fields(self):
            then = getattr(self, item.name)
            if then != getattr(now, item.name):
                _put_back(item.name, then)
        return True


def _put_back(name: str, then: Any) -> None:
    try:
        _SET[name](then)
    except (RuntimeError, ValueError) as error:  # The layer that was current is gone from the file, say.
        print(f"farmfutures: {name} could not be set to {then!r} again: {error}", file=sys.stderr, flush=True)


_SET: dict[str, Callable[[Any], None]] = {
    "workspace": _cmds.open_workspace,
    "units": lambda units: _cmds.set_units(*units),
    "up_axis": _cmds.set_up_axis,
    "evaluation": _cmds.set_evaluation_mode,
    "frame": _cmds.set_current_time,
    "layer": _cmds.set_render_layer,
    "namespace": _cmds.set_namespace,
    "selection": _cmds.set_selection,
}


class Opened:
    """The open scene as it was opened.

    Args:
        policy: ``fresh`` or ``reset``.
        open_again: Opens it anew.
    """

    def __init__(self, policy: str, open_again: Callable[[], object]) -> None:
        self.policy = policy
        self.open_again = open_again
        _listen()
        self._note()
        self.moment = Moment.now()

    def _note(self) -> None:
        """What is now is what will be put back to."""
        _cmds.set_modified(False)  # What Maya changed while it opened it is no change of an item's.
        self.name, self.namespaces, self.messages = _cmds.scene_name(), _cmds_watch.namespaces(), _messages
        if self.policy == RESET:
            _cmds_watch.undo_on()
            self.nodes = frozenset(_cmds_watch.nodes())

    def put_back(self) -> None:
        """Puts the scene back, as far as it was changed.

        Raises:
            BootstrapError: It can't be opened again.
        """
        changed = self._is_changed()
        if changed and not (self.policy == RESET and self._undo()):
            print("farmfutures: the item before changed the scene, which is opened again.", file=sys.stderr, flush=True)
            self.open_again()
        if self.moment.put_back() or changed:
            self._note()

    def _is_changed(self) -> bool:
        if _messages != self.messages or _cmds.is_modified():
            return True
        return _cmds.scene_name() != self.name or _cmds_watch.namespaces() != self.namespaces

    def _undo(self) -> bool:
        """Returns whether undoing led back: it knows nothing of files, nor of what was done while it was off."""
        if _messages != self.messages or _cmds.scene_name() != self.name or not _cmds_watch.is_undo_on():
            return False
        try:
            undone = _cmds_watch.undo_all() > 0
            return undone and frozenset(_cmds_watch.nodes()) == self.nodes and _cmds_watch.namespaces() == self.namespaces
        except RuntimeError:
            return False


def watch(policy: str, open_again: Callable[[], object]) -> Opened | None:
    """Notes the open scene as it is now, to be put back to; None where nothing is to be put back.

    Args:
        policy: One of `POLICIES`.
        open_again: Opens it anew.
    """
    return None if policy == KEEP else Opened(policy, open_again)
