"""A log of any size. Only where each of its blocks begins is remembered, and which lines are errors; lines are read as needed.

No Qt in here. Threads of the feed read and search at the same time.
"""

from __future__ import annotations

import glob
import os
import re
import threading
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .kinds import wrong_lines

BLOCK = 256 * 1024
STEP = 16 * 1024 * 1024
"""So much is read or searched at a time; then whoever waits is told how far it is."""

LONGEST = 4000
"""So many characters of a line are shown."""

MOST_MARKS = 100_000
MOST_COPIED = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a log.

    Attributes:
        path: Where it is, "" where there is none.
        size: How large it is, in bytes.
        read: How much of that was read.
        lines: How many lines that is.
        errors: Which of them are errors.
        version: Another number when it is another file, or was cut.
        whole: All of it was read.
    """

    path: str = ""
    size: int = 0
    read: int = 0
    lines: int = 0
    errors: Sequence[int] = ()
    version: int = 0
    whole: bool = True


class LogFile:
    """The log of one work item. It may grow, and move to another place when the item is over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._path = ""
        self._version = 0
        self._file: tuple[int, int] | None = None
        self._clear()

    def _clear(self) -> None:
        self._starts, self._firsts, self._errors = array("Q", [0]), array("Q", [0]), array("Q")
        self._end = self._lines = self._size = 0

    def look(self, path: str, step: int = STEP) -> Known:
        """Reads on, for `step` bytes at most; returns what is known then. A file that is not there is an empty log."""
        with self._lock:
            whole = True
            try:
                with Path(path or os.devnull).open("rb", buffering=0) as file:
                    self._meet(path, file.fileno())
                    whole = self._read_on(file.fileno(), step)
            except OSError:
                self._meet_none(path)
            tail = int(whole and self._size > self._end)  # The last line, which has no end yet.
            return Known(self._path, self._size, self._end, self._lines + tail, self._errors[:], self._version, whole)

    def _meet(self, path: str, number: int) -> None:
        """Begins anew where it is not the file of the last look."""
        about = os.fstat(number)
        identity = about.st_dev, about.st_ino
        if identity != self._file or about.st_size < self._end:
            self._clear()
            self._version += 1
        self._path, self._file, self._size = path, identity, about.st_size

    def _meet_none(self, path: str) -> None:
        if self._file is not None or path != self._path:
            self._clear()
            self._version += 1
        self._path, self._file = path, None

    def _read_on(self, number: int, step: int) -> bool:
        """Reads a step; returns whether that was all."""
        last = self._end + step
        os.lseek(number, self._end, os.SEEK_SET)
        rest = b""
        while self._end < last:
            data = os.read(number, BLOCK)
            if not data:
                return True
            block = rest + data
            cut = block.rfind(b"\n") + 1
            if not cut and len(block) >= BLOCK:
                cut = len(block)  # A line without end is cut, so that nothing has to hold all of it.
            rest = block[cut:]
            if cut:
                self._take(block[:cut])
        return False

    def _take(self, block: bytes) -> None:
        if len(self._errors) < MOST_MARKS:
            self._errors.extend(self._lines + number for number in wrong_lines(block))
        self._lines += block.count(b"\n") + (not block.endswith(b"\n"))
        self._end += len(block)
        self._starts.append(self._end)
        self._firsts.append(self._lines)

    # --- what is in it

    def _blocks(self) -> tuple[str, array[int], array[int], int]:
        with self._lock:
            return self._path, self._starts[:], self._firsts[:], self._size

    def lines(self, first: int, count: int) -> list[str]:
        """Returns some lines, long ones cut."""
        lines = self._read(first, first + count - 1)
        return [line.rstrip("\r") if len(line) <= LONGEST else f"{line[:LONGEST]} …" for line in lines]

    def text(self, first: int, last: int) -> str:
        """Returns the text from a line to another one, up to `MOST_COPIED` bytes of it."""
        return "\n".join(self._read(first, last))

    def _read(self, first: int, last: int) -> list[str]:
        path, starts, firsts, size = self._blocks()
        block = bisect_right(firsts, max(0, first)) - 1
        end = bisect_right(firsts, last)
        begin, stop = starts[block], starts[end] if end < len(starts) else size
        try:
            with Path(path or os.devnull).open("rb") as file:
                file.seek(begin)
                data = file.read(min(stop - begin, MOST_COPIED))
        except OSError:
            return []
        lines = data.decode("utf-8", "replace").split("\n")
        if lines and not lines[-1]:
            lines.pop()
        return lines[max(0, first) - firsts[block] : last + 1 - firsts[block]]

    def find(self, wanted: Wanted, block: int, step: int = STEP) -> tuple[array[int], int | None]:
        """Searches from a block on, through `step` bytes or a little more.

        Returns:
            The lines that have it, and the block to go on from; None at the end.
        """
        path, starts, firsts, size = self._blocks()
        found = array("Q")
        last = min(starts[block] + step, size)
        try:
            with Path(path or os.devnull).open("rb") as file:
                file.seek(starts[block])
                while block < len(starts) and starts[block] < last:
                    stop = starts[block + 1] if block + 1 < len(starts) else size
                    found.extend(firsts[block] + line for line in wanted.lines(file.read(stop - starts[block])))
                    block += 1
        except OSError:
            return found, None  # It was removed meanwhile.
        return found, block if block < len(starts) and starts[block] < size else None


_OF_ATTEMPT = re.compile(r"(.+)\.(\d+)\.log")


def attempts(path: str) -> dict[int, str]:
    """Returns the logs of all attempts of an item, by their numbers, where the engine keeps them beside the last one's."""
    last = _OF_ATTEMPT.fullmatch(Path(path).name)
    if last is None:
        return {}
    found: dict[int, str] = {}
    for other in Path(path).parent.glob(f"{glob.escape(last[1])}.*.log"):
        match = _OF_ATTEMPT.fullmatch(other.name)
        if match is not None and match[1] == last[1]:
            found[int(match[2])] = str(other)
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text that is searched for, with letters as they stand or not. Without regular expressions: these take far longer."""

    text: str
    case: bool = False

    def lines(self, data: bytes) -> list[int]:
        """Returns the lines of a block that have it, each once."""
        needle = self.text.encode()
        if not self.case:
            data, needle = data.lower(), needle.lower()
        found: list[int] = []
        line = at = 0
        place = data.find(needle)
        while place >= 0:
            line += data.count(b"\n", at, place)
            found.append(line)
            at = data.find(b"\n", place)
            place = data.find(needle, at) if at >= 0 else -1
        return found

    def places(self, line: str) -> list[int]:
        """Returns where in a line it stands."""
        text, needle = (line, self.text) if self.case else (line.lower(), self.text.lower())
        found: list[int] = []
        place = text.find(needle)
        while place >= 0:
            found.append(place)
            place = text.find(needle, place + len(needle))
        return found
