"""Everything that a form asks for, as plain data: it goes into drafts, presets and scripts, and comes back."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

from .action import Action
from .functions import literal
from .split import Asked

PRIORITY = 50
"""What jobs have that say nothing."""

PYTHON = "python"
"""Stands for a version of Maya where no Maya is needed."""


class Scene(enum.StrEnum):
    """What workers open."""

    SNAPSHOT = "snapshot"
    """The scene as it is on screen."""
    SAVED = "saved"
    """The scene as it was saved."""
    FILE = "file"
    """Another one."""
    NONE = "none"
    """None."""


@dataclass(frozen=True)
class Request:
    """What is to be submitted.

    Attributes:
        action: The name of the action.
        values: Of its own fields.
        frames: ``"1-100x2"`` and the like.
        chunk: How many frames share a work item.
        nodes: Names of nodes.
        items: Lines of text.
        name: Of the job, "" for the action's.
        engine: "" for the one of the settings.
        version: Of the worker's Maya: "" for that of the session, outside of Maya the newest; `PYTHON` for none at all.
        scene: What workers open.
        filename: The scene, with `Scene.FILE`.
        workspace: The project, "" for that of the session.
        cpus: How many interpreters work on it at once; None for as many as there are.
        priority: Higher goes first.
        retries: How often a call that failed is run again.
        timeout_s: Seconds that one run of a call may take; None for no limit.
        variables: Names or patterns of variables that travel, too.
        secrets: Names of secrets that travel.
        options: Further job options, each as ``"name=value"`` with the value as Python writes it, or a text.
    """

    action: str = "script"
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    frames: str = ""
    chunk: int = 1
    nodes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    name: str = ""
    engine: str = ""
    version: str = ""
    scene: Scene = Scene.SNAPSHOT
    filename: str = ""
    workspace: str = ""
    cpus: int | None = None
    priority: int = PRIORITY
    retries: int = 0
    timeout_s: float | None = None
    variables: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @property
    def asked(self) -> Asked:
        """Frames, chunk, nodes and items."""
        return Asked(self.frames, self.chunk, self.nodes, self.items)

    @property
    def job(self) -> dict[str, Any]:
        """Job options: those that were chosen."""
        chosen: dict[str, Any] = {"name": self.name or None, "cpus": self.cpus, "timeout_s": self.timeout_s}
        chosen["priority"] = None if self.priority == PRIORITY else self.priority
        chosen["retries"] = self.retries or None
        return {**self.further, **{name: value for name, value in chosen.items() if value is not None}}

    @property
    def further(self) -> dict[str, Any]:
        """The further job options; a line that is none is left out."""
        parted = (line.partition("=") for line in self.options)
        return {name.strip(): literal(value.strip()) for name, equals, value in parted if equals and name.strip()}

    def needs_maya(self, action: Action) -> bool:
        """Whether workers are Mayas, or the session has to be one."""
        return action.runs_in != "anywhere" or self.version != PYTHON

    def to_dict(self) -> dict[str, Any]:
        """Returns it as what JSON can hold: what is as it is at first is left out."""
        first = Request()
        plain: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != getattr(first, item.name):
                plain[item.name] = list(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value
        return {**plain, "scene": str(self.scene)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Request:
        """Reads what `to_dict` wrote, by this version or another one: what means nothing here is left out."""
        known = {name: _READ[name](value) for name, value in given.items() if name in _READ}
        return cls(**{name: value for name, value in known.items() if value is not _NOTHING})


_NOTHING = object()


def _text(value: object) -> Any:
    return value if isinstance(value, str) else _NOTHING


def _texts(value: object) -> Any:
    return tuple(map(str, cast("list[object]", value))) if isinstance(value, (list, tuple)) else _NOTHING


def _count(low: int) -> Callable[[object], Any]:
    def read(value: object) -> Any:
        return value if isinstance(value, int) and not isinstance(value, bool) and value >= low else _NOTHING

    return read


def _seconds(value: object) -> Any:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else _NOTHING


def _scene(value: Any) -> Any:
    return Scene(value) if value in list(Scene) else _NOTHING


def _values(value: object) -> Any:
    return dict(cast("Mapping[str, Any]", value)) if isinstance(value, Mapping) else _NOTHING


_READ: dict[str, Callable[[object], Any]] = {
    "action": _text, "values": _values, "frames": _text, "chunk": _count(1), "nodes": _texts, "items": _texts, "name": _text,
    "engine": _text, "version": _text, "scene": _scene, "filename": _text, "workspace": _text, "cpus": _count(1),
    "priority": _count(-1_000_000), "retries": _count(0), "timeout_s": _seconds, "variables": _texts, "secrets": _texts,
    "options": _texts,
}  # fmt: skip
