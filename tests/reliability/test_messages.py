"""Messages that come three times and in any order: R10."""

from __future__ import annotations

import contextlib
import json
import random
import sys
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

from .muddle import QUIET_S, Muddle
from .tasks import fails_at_first, note

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sockets that are inherited by number")

COMPLETE = 4


class Proxy(threading.Thread):
    """Stands between the broker and its clients."""

    def __init__(self, endpoint: str, own: Folder, dice: random.Random) -> None:
        super().__init__(daemon=True)
        self.endpoint = endpoint
        self.folder = own
        self.door = wire.open_door(own, "ipc")
        self.ears = Ears(self.door, Pool(own, Settings(state=own.root)))
        self.dice = dice
        self.backs: dict[str, tuple[wire.Line, Muddle]] = {}
        self.down = Muddle(dice, lambda one: self.door.send(*one))
        self.stopping = threading.Event()

    @property
    def count(self) -> int:
        """How many frames it let through."""
        return self.down.count + sum(muddle.count for _, muddle in self.backs.values())

    def run(self) -> None:
        while not self.stopping.is_set():
            ready = self.ears.wait(QUIET_S)
            for client, message in self.door.receive(ready):
                self._up(client, _frames(message))
            down = [(client, _frames(message)) for client, (line, _) in self.backs.items() for message in line.receive(0) or ()]
            for one in down:
                self.down.put(one)
            if not ready and not down:
                self._quiet()
        for line, _ in self.backs.values():
            line.close(linger=False)
        self.ears.close()
        self.door.close()

    def _up(self, client: str, frames: list[bytes]) -> None:
        if client not in self.backs:
            line = wire.open_line(self.folder, self.endpoint, client)
            line.hello(frames)  # Who it is comes first, however bad a line is; and then once more.
            self.backs[client] = (line, Muddle(self.dice, line.send))
        self.backs[client][1].put(frames)

    def _quiet(self) -> None:
        self.down.quiet()
        for _, muddle in self.backs.values():
            muddle.quiet()


def _frames(message: wire.Message) -> list[bytes]:
    kind, header, blob = message
    return wire.pack(kind, header, [blob] if blob else ())


@pytest.fixture
def proxy(state: Path, dice: random.Random) -> Iterator[Proxy]:
    """Everybody who looks for the broker finds the proxy."""
    with Farm() as farm:
        farm.jobs()
        connection = farm.settings.state / "broker.json"
    straight = connection.read_text()
    found = json.loads(straight)
    proxy = Proxy(found["endpoint"], Folder(state / "proxy").create(), dice)
    proxy.start()
    connection.write_text(json.dumps({**found, "endpoint": proxy.door.endpoint}))
    yield proxy
    connection.write_text(straight)
    proxy.stopping.set()
    proxy.join()


@pytest.mark.timeout(300)
def test_r10_every_frame_three_times_and_shuffled(
    proxy: Proxy, state: Path, journal: Any, checker: Any, dice: random.Random, size: Any
) -> None:
    tasks = size(400, 2000)
    environ = {"MUDDLE_SEED": str(dice.randrange(1 << 30))}
    interpreter = [sys.executable, str(Path(__file__).with_name("muddle.py"))]
    with Executor(interpreter=interpreter, env=environ) as executor:
        futures = [executor.submit(note, str(journal.path), task) for task in range(tasks - 100)]
        with executor.batch() as batch:
            futures += [batch.submit(note, str(journal.path), task) for task in range(tasks - 100, tasks)]
        assert [future.result(120) for future in futures] == [task * task for task in range(tasks)]
        assert len({(future.job_id, future.work_id) for future in futures}) == tasks
    assert journal.runs() == dict.fromkeys(range(tasks), 1)
    assert checker.states() == {COMPLETE: tasks}
    assert proxy.count > tasks / 4  # Many go in one message, but not all of them.


def test_r10_verbs_are_done_once(proxy: Proxy, tmp_path: Path, journal: Any) -> None:
    with Executor() as executor, Farm() as farm:
        with executor.batch() as batch:
            for task in range(5):
                batch.submit(fails_at_first, str(journal.path), str(tmp_path / "mended"), task)
        for future in batch.futures:
            assert isinstance(future.exception(20), ValueError)
        (tmp_path / "mended").touch()
        assert farm.retry(batch.job_id) == 5
        again = executor.attach(batch.job_id)
        with contextlib.suppress(ValueError):  # Told of the first run's end, where the message about it comes late.
            [future.result(20) for future in again]
        waiting = executor.submit_ext("time:sleep", [30])
        assert farm.pause(waiting.job_id)
        assert farm.kill(waiting.job_id) == 1
    assert journal.runs() == dict.fromkeys(range(5), 2)
