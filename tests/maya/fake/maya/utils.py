"""Deferred calls: they wait for `processIdleEvents`."""

from __future__ import annotations

from typing import Any

_waiting: list[Any] = []


def executeDeferred(function: Any) -> None:
    _waiting.append(function)


def processIdleEvents() -> None:
    while _waiting:
        _waiting.pop(0)()
