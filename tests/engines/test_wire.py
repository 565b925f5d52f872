"""Who is let in: a private unix socket, or CurveZMQ with a list of keys."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq

from farmfutures import Executor, Farm
from farmfutures.engines.local import wire
from farmfutures.engines.local.folder import Folder


@pytest.fixture
def context() -> Iterator[zmq.Context[zmq.Socket[bytes]]]:
    context = zmq.Context[zmq.Socket[bytes]]()
    yield context
    context.destroy(0)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "s").create()


@pytest.fixture(params=["ipc", "tcp"])
def door(request: pytest.FixtureRequest, folder: Folder, context: zmq.Context[zmq.Socket[bytes]]) -> Iterator[wire.Door]:
    door = wire.Door(folder, request.param)
    yield door
    door.close()


def test_there_and_back(door: wire.Door, context: zmq.Context[zmq.Socket[bytes]]) -> None:
    router = wire.router(context)
    endpoint = door.bind(router)
    assert endpoint.startswith(("ipc:///", "tcp://127.0.0.1:"))
    dealer = wire.dealer(context, b"Rme")
    door.connect(dealer, endpoint)
    dealer.send_multipart(wire.pack("hello", {"n": [1, 2]}, [b"a", b"bc"]))
    assert router.poll(5000)
    identity, *frames = router.recv_multipart()
    kind, header, blob = wire.unpack(frames)
    assert (identity, kind, header["n"], list(wire.split(blob, [1, 2]))) == (b"Rme", "hello", [1, 2], [b"a", b"bc"])
    router.send_multipart([identity, *wire.pack("reply", {})])
    assert dealer.poll(5000)
    assert wire.unpack(dealer.recv_multipart())[0] == "reply"
    router.close(0)
    dealer.close(0)


def _stranger(socket: zmq.Socket[bytes], kind: str, public: bytes) -> None:
    if kind == "no keys":
        return
    mine, secret = zmq.curve_keypair()
    wrong, _ = zmq.curve_keypair()
    socket.setsockopt(zmq.CURVE_SERVERKEY, wrong if kind == "wrong server key" else public)
    socket.setsockopt(zmq.CURVE_PUBLICKEY, mine)
    socket.setsockopt(zmq.CURVE_SECRETKEY, secret)


@pytest.mark.parametrize("kind", ["no keys", "wrong server key", "keys of his own and the broker's public key"])
def test_s1_s2_strangers_are_not_heard(folder: Folder, context: zmq.Context[zmq.Socket[bytes]], kind: str) -> None:
    door = wire.Door(folder, "tcp")
    router = wire.router(context)
    endpoint = door.bind(router)
    public = (folder.keys / "broker").read_bytes().split(b"\n")[0]
    stranger = wire.dealer(context, b"Rstranger")
    _stranger(stranger, kind, public)
    stranger.connect(endpoint)
    for n in range(100):
        with contextlib.suppress(zmq.Again):  # Once it was refused, there is nobody to send to.
            stranger.send_multipart([os.urandom(20), b"%d" % n], zmq.NOBLOCK)
    friend = wire.dealer(context, b"Rfriend")
    door.connect(friend, endpoint)
    friend.send_multipart(wire.pack("hello", {}))
    assert router.poll(5000)
    assert router.recv_multipart()[0] == b"Rfriend"
    assert not router.poll(300)
    for socket in (router, stranger, friend):
        socket.close(0)
    door.close()


def test_s3_only_loopback(folder: Folder, context: zmq.Context[zmq.Socket[bytes]]) -> None:
    door = wire.Door(folder, "tcp")
    router = wire.router(context)
    assert door.bind(router).startswith("tcp://127.0.0.1:")
    assert bytes(router.getsockopt(zmq.LAST_ENDPOINT)).startswith(b"tcp://127.0.0.1:")
    router.close(0)
    door.close()


def test_s4_keys_are_private(folder: Folder, context: zmq.Context[zmq.Socket[bytes]]) -> None:
    door = wire.Door(folder, "tcp")
    router = wire.router(context)
    door.bind(router)
    router.close(0)
    assert sorted(path.name for path in folder.keys.iterdir()) == ["broker", "client"]
    assert {path.stat().st_mode & 0o777 for path in folder.keys.iterdir()} == {0o600}
    door.close()


@pytest.mark.parametrize("frames", [[b""], [b"[1]"], [b"{}"], [b'{"k": 1}'], [b"\xff\xfe"], [b'{"k": "x"'], [b"null", b"x"]])
def test_what_is_no_message(frames: list[bytes]) -> None:
    with pytest.raises(ValueError):
        wire.unpack(frames)


def test_a_farm_over_tcp(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    monkeypatch.setenv("FARMFUTURES_TRANSPORT", "tcp")
    with Executor() as executor, Farm() as farm:
        assert list(executor.map(pow, range(20), [2] * 20)) == [n**2 for n in range(20)]
        status = farm.broker_status()
        assert status is not None
        assert status["endpoint"].startswith("tcp://127.0.0.1:")


def test_s1_nonsense_does_not_disturb_the_broker(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even who may enter, and then talks nonsense, harms nobody else."""
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    with Executor() as executor, Farm() as farm:
        executor.submit(abs, 1).result(20)
        status = farm.broker_status()
        assert status is not None
        context = zmq.Context[zmq.Socket[bytes]]()
        dealer = wire.dealer(context, b"Rnonsense")
        wire.Door(Folder(state), "auto").connect(dealer, status["endpoint"])
        for frames in ([b""], [b"x" * 100], [b'{"k":"request"}'], [b'{"k":"bell"}'], [b'{"k":"watch","jobs":"x"}'], [b"{}"]):
            dealer.send_multipart(frames)
        dealer.send_multipart(wire.pack("request", {"req": 1, "op": "__class__", "args": {}}))
        assert executor.submit(abs, -2).result(20) == 2
        dealer.close(0)
        context.term()
