"""Messages, and both ways in which they travel."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm
from farmfutures.engines.local import wire
from farmfutures.engines.local.ears import Ears
from farmfutures.engines.local.folder import Folder
from farmfutures.engines.local.pool import Pool
from farmfutures.settings import Settings

NONSENSE: list[list[bytes]] = [[b""], [b"[1]"], [b"{}"], [b'{"k": 1}'], [b"\xff\xfe"], [b'{"k": "x"'], [b"null", b"x"]]


class Heard:
    """A door, and what comes in there."""

    def __init__(self, folder: Folder, transport: str) -> None:
        self.door = wire.open_door(folder, transport)
        self.ears = Ears(self.door, Pool(folder, Settings(state=folder.root)))

    def next(self, timeout_s: float = 5.0) -> list[tuple[str, wire.Message]]:
        """Waits for messages."""
        for _ in range(100):
            found = self.door.receive(self.ears.wait(timeout_s / 100))
            if found:
                return found
        return []

    def close(self) -> None:
        self.ears.close()
        self.door.close()


@pytest.fixture(params=["ipc", "tcp"])
def heard(request: pytest.FixtureRequest, folder: Folder) -> Iterator[Heard]:
    heard = Heard(folder, request.param)
    yield heard
    heard.close()


@pytest.fixture
def line(heard: Heard, folder: Folder) -> Iterator[wire.Line]:
    line = wire.open_line(folder, heard.door.endpoint, "me")
    yield line
    line.close(linger=False)


def hello(line: wire.Line, client: str = "me", **more: Any) -> None:
    line.hello(wire.pack("hello", {"client": client, **more}))


def test_there_and_back(heard: Heard, line: wire.Line) -> None:
    assert heard.door.endpoint.startswith(("unix:///", "tcp://127.0.0.1:"))
    hello(line, n=[1, 2])
    ((client, (kind, header, _)),) = heard.next()
    assert (client, kind, header["n"]) == ("me", "hello", [1, 2])
    heard.door.send("me", wire.pack("reply", {"n": [1, 2]}, [b"a", b"bc"]))
    messages = line.receive(5)
    assert messages is not None
    ((kind, header, blob),) = messages
    assert (kind, list(wire.split(blob, header["n"]))) == ("reply", [b"a", b"bc"])


def test_large_messages(heard: Heard, line: wire.Line) -> None:
    hello(line)
    heard.next()
    blob = bytes(range(256)) * 40_000
    got: list[wire.Message] = []

    def listen() -> None:
        while not got:
            got.extend(line.receive(1) or ())

    thread = threading.Thread(target=listen)
    thread.start()
    heard.door.send("me", wire.pack("reply", {}, [blob]))
    while thread.is_alive():
        heard.door.receive(heard.ears.wait(0.01))  # What does not fit into the socket goes on from here.
    thread.join()
    assert got[0][2] == blob


def test_nothing_comes_and_nobody_is_there(heard: Heard, line: wire.Line) -> None:
    assert line.receive(0.01) == []
    heard.door.send("nobody", wire.pack("reply", {}))  # Dropped.
    line.wake()
    assert not line.receive(5)  # At once, in which no five seconds pass: the test's own limit would be near.


def test_a_client_that_comes_back_takes_its_place(heard: Heard, line: wire.Line, folder: Folder) -> None:
    hello(line)
    heard.next()
    another = wire.open_line(folder, heard.door.endpoint, "me")
    hello(another)
    assert heard.next()[0][0] == "me"
    heard.door.send("me", wire.pack("reply", {}))
    assert [kind for kind, _, _ in another.receive(5) or ()] == ["reply"]
    another.close(linger=False)


@pytest.mark.parametrize("frames", NONSENSE)
def test_what_is_no_message(frames: list[bytes]) -> None:
    assert wire.unpack(frames) is None


def test_a_farm_over_tcp(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    monkeypatch.setenv("FARMFUTURES_TRANSPORT", "tcp")
    with Executor() as executor, Farm() as farm:
        assert list(executor.map(pow, range(20), [2] * 20)) == [n**2 for n in range(20)]
        status = farm.broker_status()
        assert status is not None
        assert status["endpoint"].startswith("tcp://127.0.0.1:")


@pytest.mark.parametrize("transport", ["ipc", "tcp"])
def test_s1_nonsense_does_not_disturb_the_broker(state: Path, monkeypatch: pytest.MonkeyPatch, transport: str) -> None:
    """Even who may enter, and then talks nonsense, harms nobody else."""
    monkeypatch.setenv("FARMFUTURES_STATE", str(state))
    monkeypatch.setenv("FARMFUTURES_TRANSPORT", transport)
    with Executor() as executor, Farm() as farm:
        executor.submit(abs, 1).result(20)
        status = farm.broker_status()
        assert status is not None
        for frames in ([b"x" * 100], [b'{"k":"request"}'], [b'{"k":"bell"}'], [b'{"k":"watch","jobs":"x"}'], *NONSENSE):
            line = wire.open_line(Folder(state), status["endpoint"], "nonsense")
            hello(line, client="nonsense", version=wire.VERSION, journals=[], lease=False)
            line.send(frames)
            line.send(wire.pack("request", {"req": 1, "op": "__class__", "args": {}}))
            line.close(linger=True)
        assert executor.submit(abs, -2).result(20) == 2
