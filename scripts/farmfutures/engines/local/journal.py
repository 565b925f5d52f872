"""What a client hands over, appended to a file before ``submit`` returns.

A record that ``write`` took survives ``kill -9`` of the client and of the broker alike, which a message in a socket's
buffer does not; and one ``write`` costs less than a microsecond where a round trip costs two hundred. The broker reads
the file when the client rings, commits what it found to the database, and deletes a file whose client has gone or has
begun another.

The file begins with a page of flags that both map. A broker that is about to sleep says so there, so that a client that
hands over thousands of calls rings once.

    record = length of body (4 bytes), kind (1 byte), body
    SPEC   = id of the spec (8 bytes), JSON
    JOB    = job id (8), id of its spec (8), number of items (4), length of its name (2), the name,
             then columns of 4 bytes each: length of call, of name, of extras, for each item;
             then all names, all extras (JSON), all calls.
"""

from __future__ import annotations

import errno
import mmap
import os
import struct
from array import array
from collections.abc import Sequence
from pathlib import Path

from ...errors import StoreFullError
from ...guard import open_private

SPEC = 1
JOB = 2

_HEAD = struct.Struct("<IB")
_JOB = struct.Struct("<QQIH")
_ONE = struct.Struct("<III")
_SPEC = struct.Struct("<Q")

_FIRST, _CHUNK = 1 << 16, 1 << 20
"""What is read first, since mostly there is little, and then."""

START = 64
"""Where the records begin."""

_ASLEEP, _CLOSED = 0, 1


Item = tuple[bytes, str, str]
"""Call, name and extras of a work item; name and extras are empty where they are the default. Plain, as there are many."""


Job = tuple[int, int, str, list[Item]]
"""Id, id of the spec, name and items of a job."""


def spec_record(number: int, text: str) -> bytes:
    """Packs the specification that later jobs refer to by `number`, its id."""
    body = _SPEC.pack(number) + text.encode()
    return _HEAD.pack(len(body), SPEC) + body


def single_record(job: int, spec: int, name: bytes, call: bytes, item_name: bytes = b"", extra: bytes = b"") -> bytes:
    """Packs a job of one work item: the hot path of ``submit``."""
    size = _JOB.size + len(name) + _ONE.size + len(item_name) + len(extra) + len(call)
    return b"".join((
        _HEAD.pack(size, JOB), _JOB.pack(job, spec, 1, len(name)), name,
        _ONE.pack(len(call), len(item_name), len(extra)), item_name, extra, call,
    ))  # fmt: skip


def job_record(job: int, spec: int, name: bytes, items: Sequence[tuple[bytes, bytes, bytes]]) -> bytes:
    """Packs a job of (call, name, extras) items."""
    calls, names, extras = zip(*items, strict=True)
    columns = array("I")
    for column in (calls, names, extras):
        columns.extend(map(len, column))
    body = [_JOB.pack(job, spec, len(items), len(name)), name, columns.tobytes(), *names, *extras, *calls]
    return _HEAD.pack(sum(map(len, body)), JOB) + b"".join(body)


class Flags:
    """The head of a journal, mapped by its writer and its reader."""

    def __init__(self, file: int) -> None:
        self._map = mmap.mmap(file, START)

    @property
    def asleep(self) -> bool:
        """Whether the reader waits to be rung."""
        return self._map[_ASLEEP] == 1

    @asleep.setter
    def asleep(self, value: bool) -> None:
        self._map[_ASLEEP] = value

    @property
    def closed(self) -> bool:
        """Whether the writer will append no more."""
        return self._map[_CLOSED] == 1

    def close_journal(self) -> None:
        """Says that nothing more will be appended."""
        self._map[_CLOSED] = 1

    def close(self) -> None:
        """Unmaps."""
        self._map.close()


class Writer:
    """The client's end. Not thread-safe: the caller holds a lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = 0
        self._file = open_private(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND)
        try:
            self.append(bytes(START))
            self.flags = Flags(self._file)
        except BaseException:
            os.close(self._file)
            path.unlink()
            raise

    def append(self, record: bytes) -> None:
        """Writes one record; it is safe from any crash of a process when this returns.

        Raises:
            StoreFullError: The disk is full; nothing of the record is left in the file.
        """
        try:
            written = os.write(self._file, record)
            while written < len(record):  # Only records of 2 GiB and a disk that is nearly full get here.
                written += os.write(self._file, memoryview(record)[written:])
        except OSError as error:
            os.ftruncate(self._file, self.end)
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise StoreFullError(
                error.errno,
                f"no room on the disk of {self.path.parent} for this job ({len(record)} bytes): nothing was submitted, "
                "and what was accepted before is safe. Free some space, or set FARMFUTURES_STATE to another disk",
            ) from error
        self.end += len(record)

    def close(self) -> None:
        """Closes the file, which stays until the broker has taken all of it."""
        self.flags.close_journal()
        self.flags.close()
        os.close(self._file)


class Reader:
    """The broker's end: reads on from where it stopped."""

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = max(offset, START)
        self._file = open_private(path, os.O_RDWR)
        try:
            self.flags = Flags(self._file)
        except ValueError:  # Its client died while it made the file: there is nothing in it.
            os.close(self._file)
            raise

    def read(self, limit: int = 4 * _CHUNK) -> list[tuple[int, bytes]]:
        """Returns whole (kind, body) records, about `limit` bytes of them, and moves on behind them."""
        data = self._read_bytes(self.offset, limit)
        records, used = _records(data)
        if not records and len(data) >= _HEAD.size:
            records, used = _records(self._read_bytes(self.offset, _HEAD.size + _HEAD.unpack_from(data)[0]))
        self.offset += used
        return records

    def _read_bytes(self, offset: int, size: int) -> bytes:
        os.lseek(self._file, offset, os.SEEK_SET)  # There is no pread on Windows.
        data = os.read(self._file, min(size, _FIRST))
        if len(data) < min(size, _FIRST):
            return data
        parts = [data]
        while (size := size - len(data)) > 0 and (data := os.read(self._file, min(size, _CHUNK))):
            parts.append(data)
        return b"".join(parts)

    def sleep(self) -> bool:
        """Says that the reader waits to be rung; returns False where something came in at the same moment."""
        self.flags.asleep = True
        if not self._read_bytes(self.offset, 1):
            return True
        self.flags.asleep = False
        return False

    def close(self) -> None:
        """Closes the file."""
        self.flags.close()
        os.close(self._file)


def _records(data: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """Returns the whole records at the head of `data`, and how many bytes they are."""
    found, at, end = [], 0, len(data)
    while at + _HEAD.size <= end:
        size, kind = _HEAD.unpack_from(data, at)
        start = at + _HEAD.size
        if start + size > end:
            break
        at = start + size
        found.append((kind, data[start:at]))
    return found, at


def parse_spec(body: bytes) -> tuple[int, str]:
    """Returns number and JSON text."""
    return _SPEC.unpack_from(body)[0], body[_SPEC.size :].decode()


def parse_job(body: bytes) -> Job:
    """Unpacks a JOB record."""
    job, spec, count, name_size = _JOB.unpack_from(body)
    at = _JOB.size + name_size
    name = body[_JOB.size : at].decode()
    if count > 1:
        return job, spec, name, _items(body, at, count)
    _, item_name, extra = _ONE.unpack_from(body, at)
    at += _ONE.size
    if not item_name and not extra:
        return job, spec, name, [(body[at:], "", "")]
    mid, end = at + item_name, at + item_name + extra
    return job, spec, name, [(body[end:], body[at:mid].decode(), body[mid:end].decode())]


def _items(body: bytes, at: int, count: int) -> list[Item]:
    columns = array("I", body[at : at + 12 * count])
    calls, names, extras = columns[:count], columns[count : 2 * count], columns[2 * count :]
    at_name = at + 12 * count
    at_extra = at_name + sum(names)
    at_call = at_extra + sum(extras)
    items = []
    for call, name, extra in zip(calls, names, extras, strict=True):
        items.append((
            body[at_call : at_call + call], body[at_name : at_name + name].decode(), body[at_extra : at_extra + extra].decode()
        ))  # fmt: skip
        at_call, at_name, at_extra = at_call + call, at_name + name, at_extra + extra
    return items
