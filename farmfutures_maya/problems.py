"""What a check finds: typed, with cause, place and fix."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.StrEnum):
    """What sort of thing is wrong."""

    UNSAVED = "unsaved"
    """Changes on screen that the scene file which workers open does not have."""
    STALE = "stale"
    """The executor was made for another scene than the one that is open now."""
    OPTION = "option"
    """A job of this executor would be refused."""
    VERSION = "version"
    """Another Maya on the worker than the scene, or the session, needs."""
    REFERENCE = "reference"
    """A referenced file is not there."""
    TEXTURE = "texture"
    """A texture, or a frame or tile of one, is not there."""
    CACHE = "cache"
    """A cache file is not there: Alembic, geometry and fluid caches, stand-ins, USD stages, sound."""
    LOCAL_PATH = "local path"
    """A path on a drive that only this machine has."""
    PLUGIN = "plug-in"
    """A plug-in that the scene or the session needs and the worker lacks."""
    UNKNOWN_NODE = "unknown node"
    """Nodes of plug-ins that are not loaded."""
    VARIABLE = "variable"
    """A path uses an environment variable that is not set."""
    SIDE_FILES = "side files"
    """Files beside the scene that are written when it is saved, and not when it is copied."""


class Severity(enum.StrEnum):
    """How bad it is."""

    ERROR = "error"
    """Calls will fail, or run on something else than what is on screen."""
    WARNING = "warning"
    """Results may differ from what they would be in this session."""
    NOTE = "note"
    """Fine on this machine; somewhere else it would not be."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        kind: What sort of thing.
        severity: How bad it is.
        cause: What is wrong, as a sentence without its stop.
        place: Where: nodes, a plug-in, a scene.
        fix: What to do about it, as a sentence.
        path: The file or folder in question, "" where there is none.
    """

    kind: Kind
    severity: Severity
    cause: str
    place: str
    fix: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.severity}: {self.place}: {self.cause}. {self.fix}"


def listed(names: list[str], most: int = 3) -> str:
    """Returns some of many names, for people: ``"a, b, c and 97 more"``."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
