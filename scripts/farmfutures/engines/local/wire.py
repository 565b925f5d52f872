"""Messages between clients, broker and supervisors: pyzmq, bundled, columns instead of rows.

A message is a JSON header and a blob. Headers hold columns (lists), so that a thousand work items cost one message; the
payloads of all of them stand one behind the other in the blob, with their lengths in the header. Nothing in here, and
nothing in the broker, ever unpickles.

Where there are unix sockets the broker's is in a folder that only this user can enter. Elsewhere it is on loopback with
CurveZMQ, and only clients whose public key is in the folder are let in: knowing the broker's key is not enough.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import zmq
from zmq.auth.thread import ThreadAuthenticator

from ...errors import StateFolderError
from .folder import Folder, check_private_file, open_private

VERSION = 1
"""Client, broker and supervisors must agree on it."""

LINGER_MS = 2000
MAX_FRAME_BYTES = 16 * 1024 * 1024
_LARGE = 1 << 16
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True)


def pack(kind: str, header: dict[str, Any], blobs: Sequence[bytes] = ()) -> list[bytes]:
    """Returns the frames of a message."""
    header["k"] = kind
    return [_ENCODER.encode(header).encode(), b"".join(blobs)] if blobs else [_ENCODER.encode(header).encode()]


def unpack(frames: Sequence[bytes]) -> tuple[str, dict[str, Any], bytes]:
    """Returns kind, header and blob.

    Raises:
        ValueError: This is not a message of ours.
    """
    header = json.loads(frames[0])
    if not isinstance(header, dict) or not isinstance(header.get("k"), str):
        raise ValueError("not a message of farmfutures")
    return header["k"], header, frames[1] if len(frames) > 1 else b""


def split(blob: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    """Cuts a blob into the payloads whose lengths the header gave."""
    at = 0
    for size in sizes:
        yield blob[at : at + size]
        at += size


def dealer(context: zmq.Context[zmq.Socket[bytes]], identity: bytes) -> zmq.Socket[bytes]:
    """Makes a socket that talks to the broker under a name of its own."""
    socket = context.socket(zmq.DEALER)
    socket.setsockopt(zmq.ROUTING_ID, identity)
    _common(socket)
    return socket


def router(context: zmq.Context[zmq.Socket[bytes]]) -> zmq.Socket[bytes]:
    """Makes the broker's socket."""
    socket = context.socket(zmq.ROUTER)
    # A client that comes back under its old name takes its place instead of being turned away.
    socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
    # Calls go by journal and file, so that a large frame is nothing that a client of ours sends; it is refused unread.
    socket.setsockopt(zmq.MAXMSGSIZE, MAX_FRAME_BYTES)
    _common(socket)
    return socket


def _common(socket: zmq.Socket[bytes]) -> None:
    # ROUTER drops silently above its high-water mark, and a dropped outcome is a lost one: memory is the lesser evil.
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.setsockopt(zmq.RCVHWM, 0)
    socket.setsockopt(zmq.LINGER, LINGER_MS)
    socket.setsockopt(zmq.RECONNECT_IVL, 20)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)


def send(socket: zmq.Socket[bytes], frames: list[bytes]) -> None:
    """Sends a message; a large one without a copy of it, which for a small one costs more than it saves."""
    socket.send_multipart(frames, copy=len(frames[-1]) < _LARGE)


def has_more(socket: zmq.Socket[bytes]) -> bool:
    """Whether another message can be received at once."""
    return bool(int(socket.getsockopt(zmq.EVENTS)) & zmq.POLLIN)


def has_unix_sockets() -> bool:
    """Whether ipc:// can be relied on here."""
    return sys.platform != "win32"


class Door:
    """The broker's address and who is let in."""

    def __init__(self, folder: Folder, transport: str) -> None:
        self.folder = folder
        self.ipc = transport == "ipc" or (transport == "auto" and has_unix_sockets())
        self._gate: ThreadAuthenticator | None = None

    def bind(self, socket: zmq.Socket[bytes]) -> str:
        """Opens the broker's socket and returns its endpoint."""
        if self.ipc:
            path = self.folder.socket()
            path.unlink(missing_ok=True)
            socket.bind(f"ipc://{path}")
            return f"ipc://{path}"
        self._guard(socket)
        port = socket.bind_to_random_port("tcp://127.0.0.1")
        return f"tcp://127.0.0.1:{port}"

    def _guard(self, socket: zmq.Socket[bytes]) -> None:
        public, secret = self._keys("broker")
        allowed, _ = self._keys("client")
        self._gate = ThreadAuthenticator(socket.context)
        self._gate.start()
        self._gate.configure_curve_callback(credentials_provider=_Allowed(allowed))
        socket.setsockopt(zmq.CURVE_SERVER, 1)
        socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
        socket.setsockopt(zmq.CURVE_SECRETKEY, secret)

    def connect(self, socket: zmq.Socket[bytes], endpoint: str) -> None:
        """Connects a client's or a supervisor's socket."""
        if endpoint.startswith("tcp:"):
            public, secret = self._keys("client")
            socket.setsockopt(zmq.CURVE_SERVERKEY, self._keys("broker")[0])
            socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
            socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
        socket.connect(endpoint)

    def close(self) -> None:
        """Ends the gate and removes the socket."""
        if self._gate is not None:
            self._gate.stop()
        if self.ipc:
            self.folder.socket().unlink(missing_ok=True)

    def _keys(self, name: str) -> tuple[bytes, bytes]:
        """Returns (public, secret) of a key pair in the folder, made on first use."""
        path = self.folder.keys / name
        if not path.exists():
            _write_key(path.with_name(f"{name}.{os.getpid()}"), path, b"\n".join(zmq.curve_keypair()))
        check_private_file(path)
        data = path.read_bytes().split(b"\n")
        if len(data) != 2:
            raise StateFolderError(f"the key file {path} is damaged: stop the broker, remove it and start again.")
        return data[0], data[1]


def _write_key(temporary: os.PathLike[str], path: os.PathLike[str], data: bytes) -> None:
    file = open_private(Path(temporary), os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    try:
        os.write(file, data)
    finally:
        os.close(file)
    try:
        os.link(temporary, path)  # Fails where another process was first, and then its key is the one that counts.
    except FileExistsError:
        pass
    os.unlink(temporary)


class _Allowed:
    """Lets in the clients whose public key is known."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys

    def callback(self, domain: str, key: bytes) -> bool:
        """Answers for CurveZMQ (zmq.auth, ``configure_curve_callback``)."""
        return key in self._keys
