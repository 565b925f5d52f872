"""A value as text: laid out, and however large it is, never more than somebody reads."""

from __future__ import annotations

import pprint
from collections.abc import Mapping, Sequence, Set
from typing import cast

MOST_TEXT = 200_000
MOST_PARTS = 5_000
_DEPTH = 8
_WIDTH = 96


def readable(value: object) -> str:
    """Returns a value as text: strings as they stand, everything else as Python writes it."""
    if isinstance(value, str):
        return _cut(value)
    if isinstance(value, (bytes, bytearray)):
        return _cut(f"{len(value):,} bytes: {bytes(value[:2000])!r}")
    return _cut(pprint.pformat(_Parts().take(value, 0), width=_WIDTH, compact=True, sort_dicts=False))


def describe(value: object) -> str:
    """Returns what kind of value it is: ``list of 3``, ``str of 12 letters``, ``Vector``."""
    name = type(value).__name__
    if isinstance(value, str):
        return f"{name} of {len(value):,} letters"
    if isinstance(value, (list, tuple, dict, set, frozenset, bytes, bytearray)):
        return f"{name} of {len(cast('Sequence[object]', value)):,}"
    return name


class _Left:
    """Stands for what is left out."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __repr__(self) -> str:
        return f"… {self.count:,} more …"


class _Parts:
    """Copies the part of a value that is shown: laying out a million numbers would take minutes."""

    def __init__(self) -> None:
        self._left = MOST_PARTS

    def take(self, value: object, depth: int) -> object:
        """Returns what is shown of a value."""
        self._left -= 1
        kind = type(value)
        if depth < _DEPTH and kind is dict:
            return self._take_dict(cast("Mapping[object, object]", value), depth)
        if depth < _DEPTH and kind in (list, tuple):
            found = self._take_some(cast("Sequence[object]", value), depth)
            return tuple(found) if kind is tuple else found
        if isinstance(value, (Mapping, Set, list, tuple)):
            count = len(cast("Sequence[object]", value))
            return _Left(count) if count > MOST_PARTS else cast("object", value)
        return value

    def _take_some(self, values: Sequence[object], depth: int) -> list[object]:
        found: list[object] = []
        for value in values:
            if self._left <= 0:
                return [*found, _Left(len(values) - len(found))]
            found.append(self.take(value, depth + 1))
        return found

    def _take_dict(self, values: Mapping[object, object], depth: int) -> dict[object, object]:
        found: dict[object, object] = {}
        for key, value in values.items():
            if self._left <= 0:
                return {**found, "…": _Left(len(values) - len(found))}
            found[key] = self.take(value, depth + 1)
        return found


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]}\n… {len(text) - MOST_TEXT:,} letters more"
