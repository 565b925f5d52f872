"""Starts and ends a Maya without interface."""

from __future__ import annotations

from mayasim import startup


def initialize(name: str = "python") -> None:
    """Starts Maya; see `mayasim.startup.batch`.

    Raises:
        RuntimeError: It is up already, or there is no licence.
    """
    startup.batch(name)


def uninitialize() -> None:
    """Ends Maya."""
    startup.end()
