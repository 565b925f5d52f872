"""The calls of a chunk, read some items ahead: one look into the shared folder brings many short ones."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from ..errors import SealError
from ..spool import package
from ..spool.layout import JobFolder
from ..spool.package import Package

_ITEMS = 64
_BYTES = 8 * 1024 * 1024


class Ahead:
    """Reads calls.

    Args:
        folder: The job's folder.
        about: The job.
    """

    def __init__(self, folder: JobFolder, about: Package) -> None:
        self._folder = folder
        self._about = about
        self._calls: dict[int, bytes | Path] = {}

    def take(self, work: int, following: Iterable[int]) -> bytes | Path:
        """Returns a packed call, or the file that holds a large one; checked.

        Args:
            work: The item.
            following: Those that will be asked for next.

        Raises:
            SealError: It is not what was submitted.
            OSError: It can't be read.
        """
        if work not in self._calls:
            self._calls |= self._read([work, *islice(following, _ITEMS)])
        return self._calls.pop(work)

    def _read(self, works: list[int]) -> dict[int, bytes | Path]:
        sizes = (self._about.table[work][1] for work in works)
        room, some = _BYTES, list[int]()
        for work, size in zip(works, sizes, strict=True):
            if some and (size > room or work in self._calls):
                break
            some.append(work)
            room -= size
        try:
            return package.read_calls(self._folder, self._about, some)
        except (SealError, OSError):
            if len(some) == 1:
                raise
            return package.read_calls(self._folder, self._about, some[:1])  # The trouble may be that of another one.
