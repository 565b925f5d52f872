"""Messages between clients and broker: bundled, columns instead of rows.

A message is a JSON header and a blob. Headers hold columns (lists), so that a thousand work items cost one message; the
payloads of all of them stand one behind the other in the blob, with their lengths in the header. Nothing in here, and
nothing in the broker, ever unpickles.

Where there are unix sockets they travel over one (`unix`), elsewhere over loopback with CurveZMQ (`curve`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from ...errors import EngineUnavailableError
from .folder import Folder

VERSION = 2
"""Client and broker must agree on it."""

MAX_FRAME_BYTES = 16 * 1024 * 1024
"""Calls go by journal and file, so that more is nothing that a client of ours sends: it is refused unread."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True)

Message = tuple[str, dict[str, Any], bytes]
"""Kind, header and blob."""


def pack(kind: str, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    """Returns the frames of a message."""
    header["k"] = kind
    return [_ENCODER.encode(header).encode(), b"".join(blobs)] if blobs else [_ENCODER.encode(header).encode()]


def unpack(frames: Sequence[bytes]) -> Message | None:
    """Returns what frames say, or None where that is no message of ours."""
    try:
        return known(json.loads(frames[0]), frames[1] if len(frames) > 1 else b"")
    except ValueError:
        return None


def known(header: Any, blob: bytes) -> Message | None:
    """Returns a message, or None where the header is none of ours."""
    if isinstance(header, dict) and isinstance(header.get("k"), str):
        return header["k"], header, blob
    return None


def split(blob: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    """Cuts a blob into the payloads whose lengths the header gave."""
    at = 0
    for size in sizes:
        yield blob[at : at + size]
        at += size


class Door(Protocol):
    """The broker's end."""

    endpoint: str
    changes: int
    """How often the descriptors changed."""
    stuck: set[int]
    """Descriptors to which something waits to be written."""

    def files(self) -> list[int]:
        """Returns the descriptors to wait for."""
        ...

    def pending(self) -> bool:
        """Whether there is something to receive that descriptors will not tell of."""
        ...

    def receive(self, ready: set[int]) -> list[tuple[str, Message]]:
        """Returns (client, message) pairs that have come in; `ready` are the descriptors that spoke."""
        ...

    def send(self, client: str, frames: list[bytes]) -> None:
        """Sends a message; it is dropped where the client has gone."""

    def close(self) -> None:
        """Lets nobody in any more."""


class Line(Protocol):
    """A client's end."""

    def hello(self, frames: list[bytes]) -> None:
        """Sends the first message, from the thread that listens."""

    def send(self, frames: list[bytes]) -> None:
        """Sends a message from any thread. It is lost where the broker has gone."""

    def receive(self, timeout_s: float) -> list[Message] | None:
        """Waits for messages; [] where none came in time, None where the broker has gone. One thread listens."""
        ...

    def wake(self) -> None:
        """Has the thread that listens come back soon, once and for all."""

    def close(self, *, linger: bool) -> None:
        """Closes it; with `linger` what was sent is on its way first."""


def open_door(folder: Folder, transport: str) -> Door:
    """Opens the broker's end.

    Raises:
        EngineUnavailableError: ``ipc`` was asked for, and there are no unix sockets that Python knows of.
    """
    if sys.platform != "win32" and transport != "tcp":
        from .unix import UnixDoor

        return UnixDoor(folder)
    if transport == "ipc":
        raise EngineUnavailableError("there are no unix sockets on Windows: set transport to auto, or to tcp.")
    from .curve import CurveDoor

    return CurveDoor(folder)


def open_line(folder: Folder, endpoint: str, client: str) -> Line:
    """Opens a client's end.

    Raises:
        OSError: There is nobody at that endpoint.
    """
    if sys.platform != "win32" and endpoint.startswith("unix:"):
        from .unix import UnixLine

        return UnixLine(endpoint, client)
    from .curve import CurveLine

    return CurveLine(folder, endpoint, client)
