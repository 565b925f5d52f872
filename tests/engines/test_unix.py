"""The unix socket between clients and broker."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator

import pytest

from farmfutures.engines.local import wire
from farmfutures.engines.local.ears import Ears
from farmfutures.engines.local.folder import Folder
from farmfutures.engines.local.pool import Pool
from farmfutures.engines.local.unix import UnixDoor, UnixLine
from farmfutures.settings import Settings

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Python knows of no unix sockets there")


@pytest.fixture
def door(folder: Folder) -> Iterator[UnixDoor]:
    door = UnixDoor(folder)
    yield door
    door.close()


@pytest.fixture
def ears(door: UnixDoor, folder: Folder) -> Iterator[Ears]:
    ears = Ears(door, Pool(folder, Settings(state=folder.root)))
    yield ears
    ears.close()


def heard(door: UnixDoor, ears: Ears, rounds: int = 20) -> list[tuple[str, str]]:
    return [(client, message[0]) for _ in range(rounds) for client, message in door.receive(ears.wait(0.01))]


def test_s13_only_its_user_can_enter(door: UnixDoor, folder: Folder) -> None:
    assert folder.socket().stat().st_mode & 0o777 == 0o600
    assert folder.socket().parent.stat().st_mode & 0o077 == 0
    assert door.endpoint == f"unix://{folder.socket()}"


@pytest.mark.parametrize(
    "said",
    [b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"\x02\x00\x00\x00\x00\x00\x00\x00{]", b"\x02\x00\x00\x00\x00\x00\x00\x00{}"],
)
def test_s1_s10_who_talks_nonsense_is_not_heard(door: UnixDoor, ears: Ears, folder: Folder, said: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(str(folder.socket()))
        stranger.sendall(said)
        assert heard(door, ears) == []
        friend = UnixLine(door.endpoint, "friend")
        friend.hello(wire.pack("hello", {"client": "friend"}))
        assert heard(door, ears) == [("friend", "hello")]
        friend.close(linger=False)


def test_who_does_not_say_who_it_is_is_not_heard(door: UnixDoor, ears: Ears) -> None:
    line = UnixLine(door.endpoint, "me")
    line.send(wire.pack("bell", {"journal": "x"}))
    assert heard(door, ears) == []
    line.close(linger=False)


def test_a_broker_that_has_gone_is_noticed_at_once(door: UnixDoor, ears: Ears) -> None:
    line = UnixLine(door.endpoint, "me")
    line.hello(wire.pack("hello", {"client": "me"}))
    heard(door, ears)
    door.close()
    assert line.receive(20) is None
    line.send(wire.pack("bell", {"journal": "x"}))  # Lost, without an error: whoever listens says it again.
    assert line.receive(20) is None
    line.close(linger=False)


def test_nobody_at_the_door(folder: Folder) -> None:
    with pytest.raises(OSError, match="No such file"):
        UnixLine(f"unix://{folder.socket()}", "me")
