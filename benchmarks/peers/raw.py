"""pyzmq by itself: how fast messages can travel on this machine when nobody keeps, checks or runs anything.

A message is 60 bytes, as a packed short call is, and comes back as it is.
"""

from __future__ import annotations

import itertools
import multiprocessing
import tempfile
from collections.abc import Callable, Sequence
from multiprocessing.process import BaseProcess
from typing import Any, ClassVar

import zmq

from ..model import Peer, Pending

_BODY = b"x" * 52
_ANSWER_MS = 20_000


def _echo(address: str) -> None:
    """A worker: sends back what comes."""
    socket = zmq.Context().socket(zmq.DEALER)
    socket.set_hwm(0)
    socket.connect(address)
    socket.send(b"hello")
    while True:
        socket.send_multipart(socket.recv_multipart())


def _broke(front_address: str, back_address: str, workers: int) -> None:
    """A broker: hands what clients send to workers in turn, and their answers back."""
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    front, back = context.socket(zmq.ROUTER), context.socket(zmq.ROUTER)
    for socket, address in ((front, front_address), (back, back_address)):
        socket.set_hwm(0)
        socket.bind(address)
    known = [back.recv_multipart()[0] for _ in range(workers)]
    turns = itertools.cycle(known)
    poller = zmq.Poller()
    poller.register(front, zmq.POLLIN)
    poller.register(back, zmq.POLLIN)
    while True:
        for socket, _ in poller.poll():
            message = socket.recv_multipart()
            if socket is front:
                back.send_multipart([next(turns), *message])
            else:
                front.send_multipart(message[1:])


class _Answer:
    """Knows its number, and reads on until that has come."""

    def __init__(self, peer: RawBrokered, number: int) -> None:
        self.peer = peer
        self.number = number

    def result(self) -> int:
        """Waits for the answer."""
        while self.number not in self.peer.answers:
            self.peer.read()
        self.peer.answers.discard(self.number)
        return self.number


class RawBrokered(Peer):
    """A client, a broker, and workers behind it, on unix sockets where the platform has them."""

    name: ClassVar[str] = "raw"
    title: ClassVar[str] = "limit: raw pyzmq client, broker, two workers"
    module: ClassVar[str] = "zmq"

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Starts the processes and waits for a first answer."""
        self.folder = tempfile.TemporaryDirectory(prefix="raw")
        self.processes: list[BaseProcess] = []
        self.answers: set[int] = set()
        self.numbers = itertools.count()
        self.context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.set_hwm(0)
        self.socket.rcvtimeo = _ANSWER_MS
        self.connect(workers)
        self.submit(print).result()

    def connect(self, workers: int) -> None:
        """Starts what is at the other end."""
        front, back = self._address("front"), self._address("back")
        self._spawn(_broke, front, back, workers)
        for _ in range(workers):
            self._spawn(_echo, back)
        self.socket.connect(front)

    def _address(self, name: str) -> str:
        if zmq.has("ipc"):
            return f"ipc://{self.folder.name}/{name}"
        with zmq.Context() as context, context.socket(zmq.DEALER) as probe:
            return f"tcp://127.0.0.1:{probe.bind_to_random_port('tcp://127.0.0.1')}"

    def _spawn(self, target: Callable[..., None], *args: Any) -> None:
        process = multiprocessing.get_context("spawn").Process(target=target, args=args, daemon=True)
        process.start()
        self.processes.append(process)

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Sends one message; nothing is called."""
        number = next(self.numbers)
        self.socket.send(number.to_bytes(8, "little") + _BODY)
        return _Answer(self, number)

    def read(self) -> None:
        """Takes one answer."""
        self.answers.add(int.from_bytes(self.socket.recv()[:8], "little"))

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Sends a message for each item, 64 of them under way at a time."""
        self.pump(len(items), 64, 1)
        return items

    def pump(self, messages: int, in_flight: int, calls: int) -> None:
        """Sends messages, so many of them under way at a time, each of so many calls, a frame for each."""
        frames = [b"x" * 60] * calls
        for _ in range(min(in_flight, messages)):
            self.socket.send_multipart(frames)
        for _ in range(messages - in_flight):
            self.socket.recv_multipart()
            self.socket.send_multipart(frames)
        for _ in range(min(in_flight, messages)):
            self.socket.recv_multipart()

    def close(self) -> None:
        """Stops everything."""
        for process in self.processes:
            process.kill()
            process.join()
        self.context.destroy(linger=0)
        self.folder.cleanup()


class RawDirect(RawBrokered):
    """A client and one worker, nobody between them."""

    name: ClassVar[str] = "raw-direct"
    title: ClassVar[str] = "limit: raw pyzmq client and one worker"

    def connect(self, workers: int) -> None:
        """Starts the worker, and takes its hello."""
        address = self._address("direct")
        self.socket.bind(address)
        self._spawn(_echo, address)
        self.socket.recv()
