"""Between clients and broker where there are no unix sockets: pyzmq on loopback, with CurveZMQ.

Only clients whose public key is in the folder are let in: knowing the broker's key is not enough.
"""

from __future__ import annotations

import contextlib
import threading

import zmq
from zmq.auth.thread import ThreadAuthenticator

from ...errors import EngineUnavailableError, StateFolderError
from ...guard import check_private_file, write_new
from . import wire
from .folder import Folder

LINGER_MS = 2000
_BROKER_LINGER_MS = 200
_MESSAGES_AT_ONCE = 500
_EVENTS, _POLLIN = int(zmq.EVENTS), int(zmq.POLLIN)
"""Plain numbers: those of zmq make an enum of every answer."""


class CurveDoor:
    """The broker's socket, and who is let in."""

    changes = 0

    def __init__(self, folder: Folder) -> None:
        self.stuck: set[int] = set()
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        # A client that comes back under its old name takes its place instead of being turned away.
        self._socket.setsockopt(zmq.ROUTER_HANDOVER, 1)
        self._socket.setsockopt(zmq.MAXMSGSIZE, wire.MAX_FRAME_BYTES)
        _common(self._socket)
        public, secret = _keys(folder, "broker")
        allowed, _ = _keys(folder, "client")
        self._gate = ThreadAuthenticator(self._context)
        self._gate.start()
        self._gate.configure_curve_callback(credentials_provider=_Allowed(allowed))
        self._socket.setsockopt(zmq.CURVE_SERVER, 1)
        _show(self._socket, public, secret)
        try:
            port = self._socket.bind_to_random_port("tcp://127.0.0.1")
        except zmq.ZMQBindError as error:
            raise EngineUnavailableError(
                "no port of 127.0.0.1 was free for the broker (49152 to 65535 were tried): look at what holds them, or set "
                "FARMFUTURES_TRANSPORT=ipc where there are unix sockets."
            ) from error
        self.endpoint = f"tcp://127.0.0.1:{port}"
        self._file = int(self._socket.getsockopt(zmq.FD))

    def files(self) -> list[int]:
        """See `wire.Door`."""
        return [self._file]

    def pending(self) -> bool:
        """See `wire.Door`."""
        return bool(int(self._socket.getsockopt(_EVENTS)) & _POLLIN)

    def receive(self, ready: set[int]) -> list[tuple[str, wire.Message]]:
        """See `wire.Door`."""
        found: list[tuple[str, wire.Message]] = []
        while len(found) < _MESSAGES_AT_ONCE and self.pending():
            identity, *frames = self._socket.recv_multipart()
            message = wire.unpack(frames)
            if message is not None:
                found.append((identity[1:].decode("ascii", "replace"), message))
        return found

    def send(self, client: str, frames: list[bytes]) -> None:
        """See `wire.Door`."""
        self._socket.send_multipart([b"R" + client.encode(), *frames])

    def close(self) -> None:
        """See `wire.Door`."""
        self._socket.close(_BROKER_LINGER_MS)  # Clients that have gone are not waited for.
        self._gate.stop()
        self._context.term()


class CurveLine:
    """A client's two sockets: any thread sends on one, in turn, and one thread listens on the other."""

    def __init__(self, folder: Folder, endpoint: str, client: str) -> None:
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._lock = threading.Lock()
        self._out = self._dealer(folder, endpoint, b"S" + client.encode())
        self._in = self._dealer(folder, endpoint, b"R" + client.encode())
        self._bell, self._button = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        self._bell.bind("inproc://wake")
        self._button.connect("inproc://wake")
        self._poller = zmq.Poller()
        self._poller.register(self._in, zmq.POLLIN)
        self._poller.register(self._bell, zmq.POLLIN)

    def _dealer(self, folder: Folder, endpoint: str, identity: bytes) -> zmq.Socket[bytes]:
        socket = self._context.socket(zmq.DEALER)
        socket.setsockopt(zmq.ROUTING_ID, identity)
        _common(socket)
        socket.setsockopt(zmq.CURVE_SERVERKEY, _keys(folder, "broker")[0])
        _show(socket, *_keys(folder, "client"))
        socket.connect(endpoint)
        return socket

    def hello(self, frames: list[bytes]) -> None:
        """See `wire.Line`. The broker answers where it listens, so that this goes out there, too."""
        self._in.send_multipart(frames)

    def send(self, frames: list[bytes]) -> None:
        """See `wire.Line`."""
        with self._lock:
            if not self._out.closed:  # The broker has gone, and there is another line by now.
                self._out.send_multipart(frames)

    def receive(self, timeout_s: float) -> list[wire.Message] | None:
        """See `wire.Line`."""
        ready = dict(self._poller.poll(int(timeout_s * 1000)))
        if self._bell in ready:
            self._bell.recv()
        found: list[wire.Message] = []
        while len(found) < _MESSAGES_AT_ONCE and int(self._in.getsockopt(_EVENTS)) & _POLLIN:
            message = wire.unpack(self._in.recv_multipart())
            if message is not None:
                found.append(message)
        return found

    def wake(self) -> None:
        """See `wire.Line`."""
        self._button.send(b"")

    def close(self, *, linger: bool) -> None:
        """See `wire.Line`."""
        with self._lock:
            self._out.close(LINGER_MS if linger else 0)
        for socket in (self._in, self._bell, self._button):
            socket.close(0)
        self._context.term()


def _common(socket: zmq.Socket[bytes]) -> None:
    # ROUTER drops silently above its high-water mark, and a dropped outcome is a lost one: memory is the lesser evil.
    socket.setsockopt(zmq.SNDHWM, 0)
    socket.setsockopt(zmq.RCVHWM, 0)
    socket.setsockopt(zmq.LINGER, LINGER_MS)
    socket.setsockopt(zmq.RECONNECT_IVL, 20)
    socket.setsockopt(zmq.RECONNECT_IVL_MAX, 500)


def _show(socket: zmq.Socket[bytes], public: bytes, secret: bytes) -> None:
    socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
    socket.setsockopt(zmq.CURVE_SECRETKEY, secret)


def _keys(folder: Folder, name: str) -> tuple[bytes, bytes]:
    """Returns (public, secret) of a key pair in the folder, made on first use."""
    path = folder.keys / name
    if not path.exists():
        with contextlib.suppress(FileExistsError):  # Another process was first, and then its key is the one that counts.
            write_new(path, b"\n".join(zmq.curve_keypair()))
    check_private_file(path)
    data = path.read_bytes().split(b"\n")
    if len(data) != 2:
        raise StateFolderError(f"the key file {path} is damaged: stop the broker, remove it and start again.")
    return data[0], data[1]


class _Allowed:
    """Lets in the clients whose public key is known."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys

    def callback(self, domain: str, key: bytes) -> bool:
        """Answers for CurveZMQ (zmq.auth, ``configure_curve_callback``)."""
        return key in self._keys
