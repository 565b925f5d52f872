"""Where a bundle and whoever runs it meet: what can be known of chunks, and wishes that are heard once."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from farmfutures.engines.local.lock import Lock
from farmfutures.engines.openjd.place import STALE_S, Place, Standing, Wish
from farmfutures.engines.openjd.starting import Start
from farmfutures.engines.spool.launcher import ChunkState, Stand

CHUNKS = {
    0: Stand(ChunkState.OVER, "exit code 0", "vm"), 1: Stand(ChunkState.RUNNING, "", "vm"), 2: Stand(ChunkState.WAITING),
    3: Stand(ChunkState.CANCELLED, "cancelled before it started"),
}  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    (tmp_path / "jobs" / "7").mkdir(parents=True)
    place = Place.of(tmp_path / "jobs" / "7", "ff-7-0-ab")
    place.create("here")
    return place


def states(place: Place) -> str:
    return " ".join(f"{number}:{stand.state}" for number, stand in sorted(place.look().items()))


def test_nobody_said_anything(place: Place) -> None:
    assert place.look() == {}
    place.standing.write_bytes(b'{"host": "v')
    assert place.look() == {}
    assert (place.target(), Place(place.root / "none").target()) == ("here", None)


def test_a_host_that_lives(place: Place) -> None:
    lock = Lock(place.lock)
    assert lock.take()
    place.write(Standing(socket.gethostname(), dict(CHUNKS)))
    assert place.look() == CHUNKS
    lock.release()


def test_what_a_host_that_died_left_is_lost(place: Place) -> None:
    place.write(Standing(socket.gethostname(), dict(CHUNKS)))
    assert states(place) == "0:over 1:lost 2:lost 3:cancelled"


def test_a_host_of_another_machine_is_believed_while_it_speaks(place: Place) -> None:
    place.write(Standing("elsewhere", dict(CHUNKS)))
    assert place.look() == CHUNKS
    old = time.time() - STALE_S - 1
    os.utime(place.standing, (old, old))
    assert states(place) == "0:over 3:cancelled"  # Of the others nobody knows, and that is never a failure.


def test_wishes_are_heard_in_order_and_once(place: Place) -> None:
    wished = [
        Wish(held=True),
        Wish(cancel=True, chunks=(1, 2)),
        Wish(cancel=True, running=True),
        Wish(launch=(8, "ff-8-0-c", 4, 2, False)),
    ]
    for wish in wished:
        place.wish(wish)
    assert list(place.wishes()) == wished
    assert list(place.wishes()) == []


def test_a_wish_leads_to_jobs_beside_it_only(place: Place) -> None:
    start = Start.wished(place, [8, "../../../ff-8-0-c", 4, 2, False])
    assert start.place.root == place.root.parents[2] / "8" / "openjd" / "ff-8-0-c"
    with pytest.raises(ValueError, match="invalid literal"):
        Start.wished(place, ["../8", "ff-8-0-c", 4, 2, False])
