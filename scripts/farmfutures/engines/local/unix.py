"""Between clients and broker where there are unix sockets: one in a folder that only this user can enter.

A message over pyzmq's ipc passes a thread at either end: twice two more switches of thread for a round trip, which took
longer than all else that is done for a call. What is framed here is what workers speak, too (`worker.channel`).
"""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import sys
import threading
from pathlib import Path

from ...worker import channel
from . import wire
from .folder import Folder

assert sys.platform != "win32"  # Type checkers need not go on there.

log = logging.getLogger("farmfutures.broker")

SCHEME = "unix://"
_BACKLOG = 128


def _cut(data: bytes) -> tuple[list[channel.Message], int]:
    if channel.announced(data) > wire.MAX_FRAME_BYTES:
        raise ValueError("not a message of farmfutures")
    return channel.cut_messages(data)


class UnixDoor:
    """The broker's socket, and a link to each client that came in."""

    def __init__(self, folder: Folder) -> None:
        self._path = folder.socket()
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        self._socket.setblocking(False)
        self._socket.listen(_BACKLOG)
        self.endpoint = f"{SCHEME}{self._path}"
        self._file = self._socket.fileno()
        self.changes = 0
        self.stuck: set[int] = set()
        self._links: dict[int, channel.Link[channel.Message]] = {}
        self._names: dict[int, str] = {}
        self._clients: dict[str, channel.Link[channel.Message]] = {}

    def files(self) -> list[int]:
        """See `wire.Door`."""
        return [self._file, *self._links]

    def pending(self) -> bool:
        """See `wire.Door`."""
        return False

    def receive(self, ready: set[int]) -> list[tuple[str, wire.Message]]:
        """See `wire.Door`."""
        if self._file in ready:
            self._accept()
        found: list[tuple[str, wire.Message]] = []
        for file in ready & self._links.keys():
            found += self._hear(file, self._links[file])
        return found

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # Nobody is left at the door, or there are no descriptors left for now.
            while True:
                end, _ = self._socket.accept()
                link = channel.Link(end, _cut, self.stuck)
                self._links[link.file] = link
                self.changes += 1

    def _hear(self, file: int, link: channel.Link[channel.Message]) -> list[tuple[str, wire.Message]]:
        link.flush()
        try:
            messages = [wire.known(header, bytes(blob)) for header, blob in link.receive()]
        except ValueError:
            log.warning("somebody at the door talks nonsense, and is shown out")
            messages, link.ended = [], True
        found = []
        for kind, header, blob in filter(None, messages):
            if kind == "hello" and isinstance(header.get("client"), str):
                self._names[file] = header["client"]
                self._clients[header["client"]] = link
            if file in self._names:
                found.append((self._names[file], (kind, header, blob)))
        if link.ended:
            self._drop(file, link)
        return found

    def _drop(self, file: int, link: channel.Link[channel.Message]) -> None:
        self.changes += 1
        del self._links[file]
        name = self._names.pop(file, None)
        if name is not None and self._clients[name] is link:
            del self._clients[name]
        link.close()

    def send(self, client: str, frames: list[bytes]) -> None:
        """See `wire.Door`."""
        link = self._clients.get(client)
        if link is not None:
            link.send(channel.frame(*frames))

    def close(self) -> None:
        """See `wire.Door`."""
        self._path.unlink(missing_ok=True)
        self._socket.close()
        for link in self._links.values():
            link.close()


class UnixLine:
    """A client's end."""

    def __init__(self, endpoint: str, client: str) -> None:
        self._client = client
        end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            end.connect(str(Path(endpoint.removeprefix(SCHEME))))
        except BaseException:
            end.close()
            raise
        self._channel = channel.Channel(end.detach())
        self._poll = select.poll()
        self._poll.register(self._channel.socket, select.POLLIN)
        self._woken = threading.Event()
        self._gone = False

    def hello(self, frames: list[bytes]) -> None:
        """See `wire.Line`."""
        self.send(frames)

    def send(self, frames: list[bytes]) -> None:
        """See `wire.Line`."""
        try:
            self._channel.write(channel.frame(*frames))
        except OSError:
            self._woken.set()  # Whoever listens takes notice, and says it again where that is needed.

    def receive(self, timeout_s: float) -> list[wire.Message] | None:
        """See `wire.Line`."""
        if self._gone:
            self._woken.wait(timeout_s)
            self._woken.clear()
            return None
        if not self._poll.poll(timeout_s * 1000):
            return []
        found: list[wire.Message] = []
        while not found or self._channel.waiting:
            message = self._channel.read()
            if message is None:
                self._gone = True
                return found or None
            known = wire.known(message[0], bytes(message[1]))
            if known is not None:
                found.append(known)
        return found

    def wake(self) -> None:
        """See `wire.Line`."""
        self._woken.set()
        with contextlib.suppress(OSError):
            self._channel.socket.shutdown(socket.SHUT_RD)

    def close(self, *, linger: bool) -> None:
        """See `wire.Line`."""
        self._channel.close()
