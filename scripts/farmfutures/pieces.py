"""A large payload in the pieces in which it was made, so that it reaches its file without being copied into one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

LARGE_BYTES = 1 << 16
"""From this size on the standard library's pickler hands bytes and text on as they are (FRAME_SIZE_TARGET of PEP 3154)."""

_FRAME_BYTES = 1 << 18
_BYTES = (bytes, bytearray, str)


def is_large(value: Any) -> bool:
    """Whether this is bytes or text that is worth it."""
    return type(value) in _BYTES and len(value) > LARGE_BYTES


class Pieces:
    """What a pickler writes.

    Args:
        head: The first bytes.
    """

    __slots__ = ("parts", "size")

    def __init__(self, head: bytes) -> None:
        self.parts = [head]
        self.size = len(head)

    def __len__(self) -> int:
        return self.size

    def __bytes__(self) -> bytes:
        return b"".join(self.parts)

    def write(self, data: Any) -> int:
        """Takes a piece. What may change before it is in its file (a bytearray) is copied."""
        self.parts.append(data if type(data) is bytes else bytes(data))
        self.size += len(self.parts[-1])
        return len(self.parts[-1])

    def mentions(self, word: bytes) -> bool:
        """Whether a word is in what the pickler made itself: the values that it handed on as they are were never code."""
        return any(word in part for part in self.parts if len(part) < _FRAME_BYTES)


def save(path: Path, data: bytes | Pieces) -> None:
    """Writes a payload to its file, which is the user's alone; nothing is left where that fails.

    Raises:
        OSError: The disk is full, say.
    """
    from .guard import open_private  # Late: most payloads are small, and importing us is to be quick.

    try:
        with open(open_private(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), "wb") as file:
            file.writelines(data.parts if isinstance(data, Pieces) else [data])
    except OSError:
        path.unlink(missing_ok=True)
        raise
