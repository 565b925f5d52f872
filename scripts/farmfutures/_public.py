"""Where a public name is at home."""

from __future__ import annotations

from typing import TypeVar

Thing = TypeVar("Thing")


def public(thing: Thing) -> Thing:
    """Has a class or function say that it lives at the door, ``farmfutures``, so that rooms can change and pickles stay."""
    thing.__module__ = "farmfutures"
    return thing
