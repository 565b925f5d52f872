"""What workers run. Here, and not in a ``__main__``, so that every peer sends it by reference."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any


def noop(value: Any = None) -> Any:
    """Returns its argument: all that is measured is the way there and back."""
    return value


def nap(seconds: float) -> float:
    """Waits. Work that waits takes as long however busy the machine is, so that what a peer adds can be seen."""
    time.sleep(seconds)
    return seconds


def make(size: int) -> bytes:
    """Returns so many bytes."""
    return b"x" * size


def slow_start(settings: dict[str, Any]) -> None:
    """A bootstrap that takes its time, as Maya's does."""
    time.sleep(settings["seconds"])


def gated_start(settings: dict[str, Any]) -> None:
    """A bootstrap that waits for a file to appear: until then everything stays in the queue."""
    while not Path(settings["gate"]).exists():
        time.sleep(0.01)
