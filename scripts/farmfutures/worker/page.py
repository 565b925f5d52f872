"""One page of memory that a supervisor and its child share: which item runs now, and what must not start any more.

The child writes what it is about to run and *then* looks whether it was revoked; the supervisor revokes and *then* looks
what runs. Whatever the order, the two agree: an item that the child begins after the revocation was seen by nobody as
running, and the child hands it back itself. The page is a file, so that after a crash of everything it still says which
item is to blame.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path
from typing import NamedTuple

_CURRENT = struct.Struct("<QId")
_REVOKED = struct.Struct("<Q")
_REVOKED_AT = 32
SIZE = 64


class Current(NamedTuple):
    """What runs: the grant (0: nothing), the item's place in it, and since when in Unix seconds."""

    grant: int
    ordinal: int
    started_s: float


class Page:
    """The shared page. The supervisor creates it, the child opens it."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        flags = os.O_RDWR | (os.O_CREAT | os.O_TRUNC if create else 0) | getattr(os, "O_BINARY", 0)
        file = os.open(path, flags, 0o600)
        try:
            if create:
                os.write(file, bytes(SIZE))
            self._map = mmap.mmap(file, SIZE)
        finally:
            os.close(file)

    def begin(self, grant: int, ordinal: int, started_s: float) -> bool:
        """Says that an item starts; returns False where it may not, because its grant was revoked."""
        _CURRENT.pack_into(self._map, 0, grant, ordinal, started_s)
        return bool(_REVOKED.unpack_from(self._map, _REVOKED_AT)[0] < grant)

    def idle(self) -> None:
        """Says that nothing runs."""
        _CURRENT.pack_into(self._map, 0, 0, 0, 0.0)

    def current(self) -> Current:
        """What runs now."""
        return Current(*_CURRENT.unpack_from(self._map, 0))

    def revoke(self, grant: int) -> None:
        """Nothing of this grant, or of an earlier one, may start from now on."""
        _REVOKED.pack_into(self._map, _REVOKED_AT, grant)

    def close(self) -> None:
        """Unmaps the page."""
        self._map.close()


def last_words(path: Path) -> Current:
    """What a page says after its processes have died."""
    try:
        data = path.read_bytes()
        return Current(*_CURRENT.unpack_from(data, 0))
    except (OSError, struct.error):
        return Current(0, 0, 0.0)
