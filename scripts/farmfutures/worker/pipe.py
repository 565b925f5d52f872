"""The two pipes between a supervisor and its child, and what goes through them.

Down go runs: bundles of work items. Up come records: ready, outcomes, progress. Each outcome is written as soon as it is
there, in one ``write``: what is in a pipe survives the death of the child that wrote it, what waits in its memory to be
bundled does not, and would have to run again.

They are pipes of their own, not standard input and output, because mayapy and what it loads print there at will.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Iterator
from typing import Any, NamedTuple

READY, OUTCOME, PROGRESS, STOPPED, FAILED = range(1, 6)
"""Kinds of records that come up."""

ERROR, IN_FILE, LOGGED = 1, 2, 4
"""Flags of an outcome: it is an exception, the payload names the file that holds it, the item has a log."""

_HEAD = struct.Struct("<II")
_RECORD = struct.Struct("<IBQIBdd")
_CHUNK = 1 << 20


class Record(NamedTuple):
    """One record from the child. Times are Unix seconds."""

    kind: int
    grant: int
    ordinal: int
    flags: int
    started_s: float
    finished_s: float
    payload: bytes


def pack_record(
    kind: int, grant: int = 0, ordinal: int = 0, flags: int = 0, started_s: float = 0, finished_s: float = 0, payload: bytes = b""
) -> bytes:
    """Packs one record."""
    return _RECORD.pack(len(payload), kind, grant, ordinal, flags, started_s, finished_s) + payload


class Records:
    """Cuts what comes out of the upward pipe into records."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._rest = b""

    def read(self) -> list[Record] | None:
        """Waits for records and returns all that are there; None when the child has closed its end."""
        while True:
            data = os.read(self._file, _CHUNK)
            if not data:
                return None
            self._rest = self._rest + data if self._rest else data
            records = list(self._cut())
            if records:
                return records

    def _cut(self) -> Iterator[Record]:
        data, at, end = self._rest, 0, len(self._rest)
        while at + _RECORD.size <= end:
            size, kind, grant, ordinal, flags, started, finished = _RECORD.unpack_from(data, at)
            start = at + _RECORD.size
            if start + size > end:
                break
            at = start + size
            yield Record(kind, grant, ordinal, flags, started, finished, data[start:at])
        self._rest = data[at:]


def write_all(file: int, data: bytes) -> None:
    """Writes all of it; a pipe takes less at once when it is nearly full."""
    done = os.write(file, data)
    while done < len(data):
        done += os.write(file, memoryview(data)[done:])


def write_run(file: int, header: dict[str, Any], blob: bytes) -> None:
    """Sends a bundle of items down."""
    text = json.dumps(header, separators=(",", ":")).encode()
    write_all(file, _HEAD.pack(len(text), len(blob)) + text + blob)


def read_run(file: int) -> tuple[dict[str, Any], memoryview] | None:
    """Waits for the next bundle; None when the supervisor has closed its end."""
    head = _read_exactly(file, _HEAD.size)
    if head is None:
        return None
    text_size, blob_size = _HEAD.unpack(head)
    body = _read_exactly(file, text_size + blob_size)
    if body is None:
        return None
    return json.loads(body[:text_size]), memoryview(body)[text_size:]


def _read_exactly(file: int, size: int) -> bytes | None:
    data = os.read(file, min(size, _CHUNK))
    if len(data) == size:
        return data
    parts = [data]
    while data and (size := size - len(data)):
        data = os.read(file, min(size, _CHUNK))
        parts.append(data)
    return b"".join(parts) if data else None


def to_inherit(file: int) -> int:
    """Returns the number under which a child process knows a descriptor of ours, made inheritable."""
    if sys.platform == "win32":
        import msvcrt

        handle = msvcrt.get_osfhandle(file)
        os.set_handle_inheritable(handle, True)
        return handle
    os.set_inheritable(file, True)
    return file


def inherited(number: int, flags: int) -> int:
    """Returns the descriptor of what `to_inherit` named, kept from the child's own children."""
    if sys.platform == "win32":
        import msvcrt

        file = msvcrt.open_osfhandle(number, flags | os.O_BINARY)
    else:
        file = number
    os.set_inheritable(file, False)
    return file
