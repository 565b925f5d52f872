"""How broker, supervisor and child speak: over socket pairs that they inherit, so that nobody else can connect.

Each interpreter has two pairs. The *data* pair joins broker and child without a detour: runs (bundles of work items) go
down, records (ready, outcomes, progress) come up. The *control* pair joins broker and supervisor. An outcome is written
as soon as it is there: what is in a socket's buffer survives the death of the child that wrote it, what waits in its
memory to be bundled does not, and would have to run again.

They are descriptors of their own, not standard input and output, because mayapy and what it loads print there at will.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

READY, OUTCOME, PROGRESS, STOPPED, FAILED = range(1, 6)
"""Kinds of records that come up."""

ERROR, IN_FILE, LOGGED, HEAVY = 1, 2, 4, 8
"""Flags of an outcome: it is an exception, the payload names the file that holds it, the item has a log, and the
interpreter holds more memory than it should."""

_HEAD = struct.Struct("<II")
_RECORD = struct.Struct("<IBQIBdd")
_CHUNK = 1 << 16
"""What is read at once: from 128 KiB on an allocator asks the system for pages, and gives them back, each time."""

_LARGE_CHUNK = 1 << 20

Message = tuple[dict[str, Any], memoryview]
"""A JSON header and a blob."""


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


def pack_message(header: dict[str, Any], blob: bytes = b"") -> bytes:
    """Packs a run, or a word on the control pair."""
    return frame(json.dumps(header, separators=(",", ":")).encode(), blob)


def pack_run(
    grant: int, jobs: Sequence[int], works: Sequence[int], attempts: Sequence[int], levels: Sequence[int],
    calls: Sequence[bytes], extras: dict[str, Any], limits: dict[str, float],
) -> bytes:  # fmt: skip
    """Packs a run: a grant's items in columns, and their calls behind each other.

    Args:
        grant: Its number.
        jobs: Each item's job.
        works: Each item's index.
        attempts: Which run of each item it is.
        levels: How deep jobs have submitted jobs.
        calls: Packed calls.
        extras: What differs for single items, by their places as text.
        limits: Their limits in seconds, in the same way.
    """
    header = {
        "g": grant, "j": jobs, "w": works, "a": attempts, "n": [*map(len, calls)], "l": levels, "x": extras, "t": limits,
    }  # fmt: skip
    return pack_message(header, b"".join(calls))


def frame(text: bytes, blob: bytes = b"") -> bytes:
    """Packs a message whose header is JSON already."""
    return _HEAD.pack(len(text), len(blob)) + text + blob


def announced(data: bytes) -> int:
    """Returns how many bytes the message at the head of `data` has behind its first ones, 0 where that is not known yet."""
    return sum(_HEAD.unpack_from(data)) if len(data) >= _HEAD.size else 0


def cut_records(data: bytes) -> tuple[list[Record], int]:
    """Returns the whole records at the head of `data`, and how many bytes they are."""
    found, at, end = [], 0, len(data)
    while at + _RECORD.size <= end:
        size, kind, grant, ordinal, flags, started, finished = _RECORD.unpack_from(data, at)
        start = at + _RECORD.size
        if start + size > end:
            break
        at = start + size
        found.append(Record(kind, grant, ordinal, flags, started, finished, data[start:at]))
    return found, at


def cut_messages(data: bytes) -> tuple[list[Message], int]:
    """The same for messages."""
    found: list[Message] = []
    at, end = 0, len(data)
    while at + _HEAD.size <= end:
        text, blob = _HEAD.unpack_from(data, at)
        start = at + _HEAD.size
        if start + text + blob > end:
            break
        at = start + text + blob
        found.append((json.loads(data[start : start + text]), memoryview(data)[start + text : at]))
    return found, at


T = TypeVar("T")


class Link(Generic[T]):
    """The broker's end: never blocks. What does not fit into the socket's buffer waits here.

    Args:
        end: Our end of the pair.
        cut: Cuts what came in into messages.
        stuck: Descriptors of links with something that waits; this one puts itself in and takes itself out.
    """

    def __init__(self, end: socket.socket, cut: Callable[[bytes], tuple[list[T], int]], stuck: set[int] | None = None) -> None:
        end.setblocking(False)
        self.socket = end
        self.file = end.fileno()
        self._cut = cut
        self._out: list[memoryview] = []
        self._in: list[bytes] = []
        self._stuck = set() if stuck is None else stuck
        self.ended = False
        """Whether the other end was closed."""

    def send(self, data: bytes) -> None:
        """Sends now what can be sent."""
        self._out.append(memoryview(data))
        self.flush()

    def flush(self) -> None:
        """Sends on."""
        if not self._out:
            return
        try:
            while self._out:
                sent = self.socket.send(self._out[0])
                if sent == len(self._out[0]):
                    self._out.pop(0)
                else:
                    self._out[0] = self._out[0][sent:]
        except BlockingIOError:
            self._stuck.add(self.file)
            return
        except OSError:
            self._out.clear()  # The other end is gone, which is noticed elsewhere.
        self._stuck.discard(self.file)

    def receive(self) -> list[T]:
        """Returns what has come in whole."""
        while True:
            try:
                data = self.socket.recv(_CHUNK)
            except BlockingIOError:
                break
            except ConnectionError:
                data = b""
            if data:
                self._in.append(data)
            else:
                self.ended = True
            if len(data) < _CHUNK:
                break
        if not self._in:
            return []
        data = b"".join(self._in)
        found, used = self._cut(data)
        self._in = [data[used:]] if used < len(data) else []
        return found

    def finish(self) -> None:
        """Says that nothing more will be sent."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Closes the socket."""
        self._stuck.discard(self.file)
        self.socket.close()


class Channel:
    """The other end, in the child or the supervisor: blocks."""

    def __init__(self, number: int) -> None:
        self.socket = socket.socket(fileno=number)
        self.socket.setblocking(True)
        self.socket.set_inheritable(False)
        self._rest = b""
        self._found: list[Message] = []
        self._lock = threading.Lock()

    @property
    def waiting(self) -> bool:
        """Whether a message is there already."""
        return bool(self._found)

    def read(self) -> Message | None:
        """Waits for the next message; None when the other end is closed.

        Raises:
            TimeoutError: A timeout is set on the socket, and it passed.
        """
        while not self._found:
            try:
                data = self.socket.recv(_CHUNK)
            except ConnectionError:
                return None
            if not data:
                return None
            self._take(data)
        return self._found.pop(0)

    def _take(self, data: bytes) -> None:
        parts, have, need = [self._rest, data], len(self._rest) + len(data), 0
        if have >= _HEAD.size:
            need = _HEAD.size + announced(self._rest + data if self._rest else data)
        while have < need:  # A large one is collected, not joined and cut again for each part of it.
            part = self.socket.recv(min(need - have, _LARGE_CHUNK))
            if not part:
                break
            parts.append(part)
            have += len(part)
        whole = b"".join(parts)
        self._found, used = cut_messages(whole)
        self._rest = whole[used:]

    def write(self, data: bytes) -> None:
        """Sends all of it, from any thread."""
        with self._lock:
            self.socket.sendall(data)

    def close(self) -> None:
        """Closes the socket."""
        self.socket.close()


def pair() -> tuple[socket.socket, socket.socket]:
    """Makes a socket pair of which the second end can be inherited."""
    ours, theirs = socket.socketpair()
    theirs.set_inheritable(True)
    return ours, theirs


def to_inherit(*ends: socket.socket) -> dict[str, Any]:
    """Returns the arguments for ``subprocess.Popen`` that hand these sockets down under their numbers."""
    numbers = [end.fileno() for end in ends]
    if sys.platform == "win32":  # Sockets are handles there, and inherited as such.
        return {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": numbers}), "close_fds": True}
    return {"pass_fds": numbers}
