"""What goes from a store of scenes, and what never does: N6."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import farmfutures
import farmfutures.maya
from farmfutures import Feature, Report, Support
from farmfutures.engines.engine import shared
from farmfutures.errors import EngineUnavailableError, NoSuchJobError
from farmfutures_maya import prune as room
from farmfutures_maya.prune import asking, prune, prune_later
from farmfutures_maya.store import Store
from farmfutures_maya.uses import Use, confirm, noted, uses

LONG_AGO = 1000.0


def put(store: Store, text: str, *, old: bool = True) -> Path:
    incoming = store.incoming("shot.ma")
    incoming.write_text(text)
    path = store.keep(incoming)[0]
    if old:
        os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def note(scene: Path, job: int | None = 1, **about: Any) -> Use:
    use = replace(Use.of_this_process("local", "/state"), since_s=LONG_AGO, **about)
    with noted([str(scene)], use) as notes:
        pass
    if job is not None:
        confirm(notes, use, job)
    return use


class FakeEngine:
    """Answers as an engine does."""

    name = "local"

    def __init__(
        self, *, job: dict[str, Any] | Exception | None = None, unfinished: tuple[str, ...] = (), spool: str = ""
    ) -> None:
        self.settings = SimpleNamespace(state=Path("/state"), spool=spool)
        self.job = job
        self.unfinished = unfinished
        self.asked: list[str] = []

    def report(self) -> Report:
        return Report(self.name, {Feature.MACHINES: Support(True)})

    def request(self, op: str, **args: Any) -> Any:
        self.asked.append(op)
        if op == "jobs":
            return [{}] if args["state"] in self.unfinished else []
        if isinstance(self.job, Exception):
            raise self.job
        return self.job


def row(state: str, finished_s: float | None = None) -> dict[str, Any]:
    return {"state": state, "finished_s": finished_s}


def test_n6_what_no_job_needs_goes_after_a_while(tmp_path: Path) -> None:
    store = Store(tmp_path)
    old, young = put(store, "old"), put(store, "young", old=False)
    assert prune(store, lambda use: None, 500) == [old.parent]
    assert (old.exists(), young.exists()) == (False, True)
    assert store.unfinished() == []


GONE = {"pid": 2**22 + 1, "started": "never"}


@pytest.mark.parametrize(
    ("job", "about", "engine", "stays"),
    [
        (1, {}, {"job": row("pending")}, True),
        (1, {}, {"job": row("running")}, True),
        (1, {}, {"job": row("blocked")}, True),
        (1, {}, {"job": row("starting")}, True),
        (1, {}, {"job": row("complete", time.time() - 10)}, True),
        (1, {}, {"job": row("failed", time.time() - 10)}, True),
        (1, {}, {"job": row("complete", LONG_AGO)}, False),
        (1, {}, {"job": row("failed", LONG_AGO)}, False),
        (1, {}, {"job": row("cancelled", LONG_AGO)}, False),
        (1, {}, {"job": row("killed", LONG_AGO)}, False),
        (1, {}, {"job": NoSuchJobError("forgotten")}, False),
        (1, {}, {"job": EngineUnavailableError("no answer")}, True),
        (1, {"host": "another-machine"}, {"job": row("complete", LONG_AGO)}, True),
        (1, {"state": "/another"}, {"job": row("complete", LONG_AGO)}, True),
        (1, {"engine": "another"}, {"job": row("complete", LONG_AGO)}, True),
        (None, {}, {}, True),
        (None, GONE, {"unfinished": ("running",)}, True),
        (None, GONE, {"unfinished": ("pending",)}, True),
        (None, GONE, {}, False),
    ],
)
def test_n6_a_scene_stays_while_a_job_that_needs_it_is_not_over(
    tmp_path: Path, job: int | None, about: dict[str, Any], engine: dict[str, Any], stays: bool
) -> None:
    store = Store(tmp_path)
    scene = put(store, "a")
    note(scene, job, **about)
    fake: Any = FakeEngine(**engine)
    assert prune(store, asking(fake), 500) == ([] if stays else [scene.parent])
    assert scene.exists() is stays


@pytest.mark.parametrize(
    ("job", "about", "stays"),
    [
        (1, {"host": "another-machine"}, False),
        (1, {"state": "/other/farm"}, True),
        (None, {"host": "another-machine", **GONE}, True),
        (None, GONE, False),
    ],
)
def test_n6_machines_that_share_a_folder_prune_for_each_other(
    tmp_path: Path, job: int | None, about: dict[str, Any], stays: bool
) -> None:
    store = Store(tmp_path)
    note(put(store, "a"), job, **{"state": "/farm", **about})
    fake: Any = FakeEngine(job=row("complete", LONG_AGO), spool="/farm")
    assert bool(prune(store, asking(fake), 500)) is not stays


def test_n6_one_job_of_several_is_enough(tmp_path: Path) -> None:
    store = Store(tmp_path)
    scene = put(store, "a")
    for job in (1, 2, 3):
        note(scene, job)
    assert prune(store, lambda use: None if use.job == 2 else LONG_AGO, 500) == []
    assert prune(store, lambda use: LONG_AGO, 500) == [scene.parent]


def test_n6_a_job_that_begins_to_use_it_while_it_is_pruned_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    scene = put(store, "a")
    claim = Store.claim

    def late(self: Store, folder: Path) -> Path:
        note(scene)
        return claim(self, folder)

    monkeypatch.setattr(Store, "claim", late)
    assert prune(store, lambda use: None, 500) == []
    assert scene.read_text() == "a"
    assert len(uses(scene.parent)) == 1


def test_young_scenes_are_not_asked_about(tmp_path: Path) -> None:
    store = Store(tmp_path)
    note(put(store, "a", old=False))
    fake: Any = FakeEngine(job=row("pending"))
    prune(store, asking(fake), 500)
    assert fake.asked == []


def test_n6_what_writers_left_that_died_goes_too(tmp_path: Path) -> None:
    store = Store(tmp_path)
    dead, alive = store.incoming("shot.ma"), store.incoming("shot.ma")
    for path in (dead, alive):
        path.write_text("half")
    os.utime(dead.parent, (LONG_AGO, LONG_AGO))
    prune(store, lambda use: None, 500)
    assert (dead.exists(), alive.exists()) == (False, True)


def test_n6_a_scene_whose_pruner_died_comes_back_where_it_is_needed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    scene = put(store, "a")
    note(scene)
    claimed = store.claim(scene.parent)
    os.utime(claimed, (LONG_AGO, LONG_AGO))
    prune(store, lambda use: None, 500)
    assert scene.read_text() == "a"


def test_keep_makes_a_scene_again_that_is_pruned_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    replace_once: list[Callable[..., None]] = [os.replace]

    def lose(source: Path, target: Path) -> None:
        if replace_once:
            replace_once.pop()
            target.parent.rmdir()
        os.rename(source, target)

    monkeypatch.setattr("farmfutures_maya.store.os.replace", lose)
    assert put(store, "a").read_text() == "a"


def test_a_store_is_looked_through_once_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, fake = Store(tmp_path), FakeEngine()
    scene = put(store, "a")
    engine: Any = fake
    assert prune_later(store, engine, 0) is None  # Keep them all.
    threads = [prune_later(store, engine, 500) for _ in range(2)]
    assert threads[1] is None
    assert threads[0] is not None
    threads[0].join()
    assert not scene.exists()
    os.utime(tmp_path / ".pruned", (LONG_AGO, LONG_AGO))
    again = prune_later(store, engine, 500)
    assert isinstance(again, threading.Thread)
    again.join()


def test_an_engine_is_kept_open_for_as_long_as_it_may_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users: list[int] = []
    monkeypatch.setattr(shared, "keep", lambda engine: users.append(1))
    monkeypatch.setattr(shared, "close", lambda engine: users.append(-1))
    engine: Any = FakeEngine(job=OSError("the share went away"))
    monkeypatch.setattr(Store, "folders", lambda self: (_ for _ in ()).throw(OSError("the share went away")))
    thread = prune_later(Store(tmp_path), engine, 500)
    assert thread is not None
    thread.join()
    assert users == [1, -1]


def test_a_store_that_is_not_ours_to_write_is_left_alone(tmp_path: Path) -> None:
    engine: Any = FakeEngine()
    assert prune_later(Store(tmp_path / "absent"), engine, 500) is None


def test_n6_a_real_job_holds_its_scene_until_it_was_over_for_a_while(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a real engine: the scene of a job that waits stays, that of one that is over goes."""
    monkeypatch.setattr(room, "EVERY_S", 0.0)
    store = Store(tmp_path / "store")
    scene = put(store, "a")
    with farmfutures.Executor(cpus=1) as executor:
        held = executor.submit(time.sleep, 30)
        use = Use.of_this_process("local", executor.settings.state)
        with noted([str(scene)], use) as notes:
            pass
        confirm(notes, use, held.job_id)
        assert use.host == socket.gethostname()
        assert prune(store, asking(executor._engine), 1e-9) == []
        held.kill()
        held.exception(timeout=20)
        assert prune(store, asking(executor._engine), 3600) == []
        assert prune(store, asking(executor._engine), 1e-9) == [scene.parent]
