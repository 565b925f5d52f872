"""CurveZMQ with a list of keys: who is let in where there are no unix sockets."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

import pytest
import zmq

from farmfutures.engines.local import wire
from farmfutures.engines.local.curve import CurveDoor, CurveLine
from farmfutures.engines.local.folder import Folder


@pytest.fixture
def door(folder: Folder) -> Iterator[CurveDoor]:
    door = CurveDoor(folder)
    yield door
    door.close()


@pytest.fixture
def stranger() -> Iterator[zmq.Socket[bytes]]:
    context = zmq.Context[zmq.Socket[bytes]]()
    socket = context.socket(zmq.DEALER)
    socket.setsockopt(zmq.ROUTING_ID, b"Rstranger")
    yield socket
    socket.close(0)
    context.term()


def _dress(socket: zmq.Socket[bytes], kind: str, public: bytes) -> None:
    if kind == "no keys":
        return
    mine, secret = zmq.curve_keypair()
    wrong, _ = zmq.curve_keypair()
    socket.setsockopt(zmq.CURVE_SERVERKEY, wrong if kind == "wrong server key" else public)
    socket.setsockopt(zmq.CURVE_PUBLICKEY, mine)
    socket.setsockopt(zmq.CURVE_SECRETKEY, secret)


def heard(door: CurveDoor, rounds: int) -> list[str]:
    found: list[str] = []
    for _ in range(rounds):
        found += [client for client, _ in door.receive(set())]
        zmq.zmq_poll([(next(iter(door.files())), zmq.POLLIN)], 10)
    return found


@pytest.mark.parametrize("kind", ["no keys", "wrong server key", "keys of his own and the broker's public key"])
def test_s1_s2_strangers_are_not_heard(folder: Folder, door: CurveDoor, stranger: zmq.Socket[bytes], kind: str) -> None:
    _dress(stranger, kind, (folder.keys / "broker").read_bytes().split(b"\n")[0])
    stranger.connect(door.endpoint)
    for n in range(100):
        with contextlib.suppress(zmq.Again):  # Once it was refused, there is nobody to send to.
            stranger.send_multipart([os.urandom(20), b"%d" % n], zmq.NOBLOCK)
    friend = CurveLine(folder, door.endpoint, "friend")
    friend.hello(wire.pack("hello", {}))
    assert heard(door, 50) == ["friend"]
    friend.close(linger=False)


def test_s3_only_loopback(door: CurveDoor) -> None:
    assert door.endpoint.startswith("tcp://127.0.0.1:")
    assert bytes(door._socket.getsockopt(zmq.LAST_ENDPOINT)).startswith(b"tcp://127.0.0.1:")


@pytest.mark.usefixtures("door")
def test_s4_keys_are_private(folder: Folder) -> None:
    assert sorted(path.name for path in folder.keys.iterdir()) == ["broker", "client"]
    assert {path.stat().st_mode & 0o777 for path in folder.keys.iterdir()} == {0o600}
