"""Work items as text, as they stand in command lines and file names: ``"10-19"``, ``"3,7,9-12"``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from ..errors import OptionError
from ..frames import frames_text

_LONGEST_NAME = 40


def as_text(items: Iterable[int]) -> str:
    """Returns indices, in ascending order, as text."""
    return frames_text(items, ",")  # No blank: it is one word of a command line.


def parse(text: str) -> list[int]:
    """Returns the indices, from 0 on.

    Raises:
        OptionError: It is no such text.
    """
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        if not (first.isdecimal() and (not last or last.isdecimal())) or part.endswith("-"):
            raise OptionError(f"{text!r} does not name work items: write it as 10-19 or 3,7,9-12.")
        found.extend(range(int(first), int(last or first) + 1))
    return found


def as_name(text: str) -> str:
    """Returns what a file about these items is called: the text itself, or where that is long a digest of it."""
    return text if len(text) <= _LONGEST_NAME else f"x{hashlib.sha256(text.encode()).hexdigest()[:16]}"
