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

_CURRENT = struct.Struct("<QIddQII")
_STARTED = struct.Struct("<d")
_STARTED_AT = 12
_LIMIT_AT = 20
_REVOKED = struct.Struct("<Q")
_REVOKED_AT = 64
_READY_AT = 80
SIZE = 128


class Current(NamedTuple):
    """What runs, or ran last: the grant (0: none yet) and the item's place in it; since when in Unix seconds (0: it is
    over); its limit in seconds (0: none); job, index and attempt."""

    grant: int
    ordinal: int
    started_s: float
    limit_s: float
    job: int
    work: int
    attempt: int


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

    def begin(self, current: tuple[int, int, float, float, int, int, int]) -> bool:
        """Says that an item starts; returns False where it may not, because its grant was revoked."""
        _CURRENT.pack_into(self._map, 0, *current)
        return bool(_REVOKED.unpack_from(self._map, _REVOKED_AT)[0] < current[0])

    def limit(self, limit_s: float) -> None:
        """Says that the item itself begins now, with this limit; the clock of a changed limit begins anew."""
        _STARTED.pack_into(self._map, _LIMIT_AT, limit_s)

    def idle(self) -> None:
        """Says that nothing runs; what ran last stays."""
        _STARTED.pack_into(self._map, _STARTED_AT, 0.0)

    def current(self) -> Current:
        """What runs now."""
        while True:  # Read until it is the same twice, since the child may be writing.
            one, two = _CURRENT.unpack_from(self._map, 0), _CURRENT.unpack_from(self._map, 0)
            if one == two:
                return Current(*one)

    def revoke(self, grant: int) -> None:
        """Nothing of this grant, or of an earlier one, may start from now on."""
        _REVOKED.pack_into(self._map, _REVOKED_AT, grant)

    @property
    def ready(self) -> bool:
        """Whether the interpreter is."""
        return self._map[_READY_AT] == 1

    def be_ready(self) -> None:
        """Says that the interpreter is ready."""
        self._map[_READY_AT] = 1

    def close(self) -> None:
        """Unmaps the page."""
        self._map.close()


def last_words(path: Path) -> Current:
    """What a page says after its processes have died."""
    try:
        return Current(*_CURRENT.unpack_from(path.read_bytes(), 0))
    except (OSError, struct.error):
        return Current(0, 0, 0.0, 0.0, 0, 0, 0)
