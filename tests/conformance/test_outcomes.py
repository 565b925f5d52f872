"""N18: what calls come to, on every engine: results, exceptions, logs, large and odd payloads. R2-R4, R11-R14."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures import Executor, Farm, Future, State, as_completed
from farmfutures.engines.report import Feature
from farmfutures.errors import (
    BootstrapError,
    CallError,
    NotLoadableError,
    RemoteError,
    RemoteSystemExit,
    ResultError,
    WorkerDiedError,
    WorkTimeoutError,
)  # fmt: skip

from ..reliability.bombs import NAMES, Bomb, run_bomb
from ..reliability.tasks import fails_at_first, hang, note, poison
from .calls import KINDS, boot, exit_with, only_there, raise_odd, variables
from .conftest import LIMIT_S, Site, lines, pids, until

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

LARGE = 3_000_000
ROWS = [("segfault", "load"), ("SIGKILL", "dump"), ("0", "run"), ("sys.exit", "run"), ("SIGKILL", "after")]
"""Each costs three interpreters; all of the matrix is run on one machine, in tests/reliability."""


@pytest.fixture(scope="module")
def ran(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where tasks note that they ran."""
    return tmp_path_factory.mktemp("ran") / site.name


Futures = dict[str, Future]


@pytest.fixture(scope="module")
def well(executor: Executor, ran: Path) -> Futures:
    """One job of calls of all kinds that end by themselves, all tests of which look at its outcomes."""
    settings = {"scene": "shot one"}
    with executor.batch("of all kinds", bootstrap="tests.conformance.calls:boot", settings=settings, attempts=2) as batch:
        found = {
            "result": batch.submit(divmod, 17, 5), "by name": batch.submit("math:factorial", 20),
            "by value": batch.submit(lambda: [settings["scene"], os.path.sep]), "keywords": batch.submit(dict, a=1, fn=2),
            "raises": batch.submit(divmod, 1, 0), "large": batch.submit(bytes.upper, b"x" * LARGE),
            "unpicklable": batch.submit("threading:Lock"), "only there": batch.submit(only_there),
            "exit": batch.submit(exit_with, 7), "prints": batch.submit(print, "from over there"),
            "settings": batch.submit(variables, "SCENE", "SHOW"),
            "own": batch.submit_ext(
                variables, ["SCENE", "SHOW"], settings={"scene": "two"}, env={"SHOW": "comet"}, name="own one"
            ),
            "after": batch.submit(variables, "SCENE", "SHOW"), "once": batch.submit(fails_at_first, str(ran), str(ran), 1),
            "twice": batch.submit(fails_at_first, str(ran), "/no/such/file", 2),
        }  # fmt: skip
        for kind in KINDS:
            found[kind] = batch.submit_ext(raise_odd, [kind], attempts=1)
        # For this to be a fair test there is something for all interpreters to do.
        for number in range(100, 140):
            found[str(number)] = batch.submit(note, str(ran), number)
    wait(found.values(), LIMIT_S)
    return found


def test_results_come_back(well: Futures) -> None:
    assert [well[kind].result(LIMIT_S) for kind in ("result", "by name", "keywords", "prints")] == [
        (3, 2), 2432902008176640000, {"a": 1, "fn": 2}, None
    ]  # fmt: skip
    assert well["by value"].result(LIMIT_S) == ["shot one", "/"]
    assert [well[str(number)].result(LIMIT_S) for number in range(100, 140)] == [number**2 for number in range(100, 140)]


def test_futures_are_those_of_the_standard_library(well: Futures, farm: Farm) -> None:
    futures = list(well.values())
    assert wait(futures, LIMIT_S).not_done == set()
    assert set(as_completed(futures, LIMIT_S)) == set(futures)
    assert [future.work_id for future in futures] == list(range(len(futures)))
    assert len({future.job_id for future in futures}) == 1
    assert {future.status() for future in futures} == {State.COMPLETE, State.FAILED}
    assert well["own"].name == "own one"
    info = farm.job(futures[0].job_id)
    failed = sum(future.exception() is not None and not isinstance(future.exception(), NotLoadableError) for future in futures)
    assert (info.name, info.state, info.total, info.engine) == ("of all kinds", State.FAILED, len(futures), farm.settings.engine)
    assert info.counts == {State.COMPLETE: len(futures) - failed, State.FAILED: failed}
    assert info.finished_s is not None
    assert info.started_s is not None
    assert info.submitted_s - 5 <= info.started_s <= info.finished_s + 1


def test_exceptions_come_back_as_themselves_with_their_traceback(well: Futures) -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        well["raises"].result(LIMIT_S)
    assert "Traceback" in str(caught.value.__cause__)
    with pytest.raises(RemoteSystemExit, match=r"sys\.exit\(7\)"):
        well["exit"].result(LIMIT_S)


def test_items_may_differ_in_settings_and_environment(well: Futures) -> None:
    found = [well[kind].result(LIMIT_S) for kind in ("settings", "own", "after")]
    assert found == [["shot one", None], ["two", "comet"], ["shot one", None]]
    assert boot.__module__.endswith("calls")


def test_attempts(well: Futures, ran: Path, farm: Farm) -> None:
    assert well["once"].result(LIMIT_S) == 1
    with pytest.raises(ValueError, match="2"):
        well["twice"].result(LIMIT_S)
    assert [lines(ran).count(task) for task in (1, 2)] == [1, 2]
    item = farm.item(well["twice"].job_id, well["twice"].work_id)
    assert (item.attempt, item.attempts, item.state) == (2, 2, State.FAILED)
    assert "ValueError" in (item.error or "")


def test_what_was_printed_is_in_the_log(well: Futures, farm: Farm) -> None:
    well["prints"].result(LIMIT_S)
    assert well["prints"].log() == "from over there\n"
    assert farm.log(well["prints"].job_id, well["prints"].work_id) == ("from over there\n", 16)
    well["raises"].exception(LIMIT_S)
    assert "ZeroDivisionError" in well["raises"].log()


def test_r14_large_payloads(well: Futures) -> None:
    assert well["large"].result(LIMIT_S) == b"X" * LARGE


def test_r11_what_can_not_be_pickled_is_told_at_once_or_with_the_path_to_it(well: Futures, executor: Executor) -> None:
    import threading

    with pytest.raises(CallError, match=r"args\[0\]"):
        executor.submit(abs, threading.Lock())
    with pytest.raises(ResultError, match=r"_thread\.lock"):
        well["unpicklable"].result(LIMIT_S)


@pytest.mark.parametrize("kind", KINDS)
def test_r12_exceptions_that_do_not_travel_well(well: Futures, kind: str) -> None:
    error = well[kind].exception(LIMIT_S)
    assert error is not None
    if isinstance(error, RemoteError):
        assert kind == "bad text" or "salt" in str(error.__cause__)
    else:
        assert kind == "bad text" or "salt" in str(error)


def test_r13_a_result_that_can_not_be_loaded_here(well: Futures, farm: Farm) -> None:
    with pytest.raises(NotLoadableError, match="only_on_the_worker"):
        well["only there"].result(LIMIT_S)
    assert well["only there"].status() is State.COMPLETE


# --- interpreters that die


@pytest.fixture(scope="module")
def badly(executor: Executor, ran: Path) -> Futures:
    """Deaths, hangs and what is beside them, in one job that all tests of them look at."""
    with executor.batch("deaths") as batch:
        found = {"poison": batch.submit(poison, str(ran) + ".poison", -1)}
        for how, where in ROWS:
            argument = Bomb(how, where)
            found[f"{how} {where}"] = batch.submit(len, [argument]) if where == "load" else batch.submit(run_bomb, how, where)
        for kind in ("sleep", "GIL held"):
            found[kind] = batch.submit_ext(hang, [f"{ran}.{kind}", kind], timeout_s=1)
        for number in range(20):
            found[f"good {number}"] = batch.submit(note, str(ran) + ".good", number)
    wait(found.values(), LIMIT_S)
    return found


@pytest.mark.parametrize(("how", "where"), ROWS)
def test_r2_how_interpreters_die(badly: Futures, how: str, where: str) -> None:
    future = badly[f"{how} {where}"]
    if where == "after":
        assert future.result(LIMIT_S) == "done"
    else:
        with pytest.raises(RemoteSystemExit if how == "sys.exit" else WorkerDiedError, match=NAMES[how]):
            future.result(LIMIT_S)


def test_r3_a_poison_runs_three_times_and_costs_nobody_else_an_attempt(badly: Futures, ran: Path, farm: Farm) -> None:
    with pytest.raises(WorkerDiedError, match=r"\(exited with code 9, exited with code 9, exited with code 9\)"):
        badly["poison"].result(LIMIT_S)
    assert lines(Path(f"{ran}.poison")) == [-1] * 3
    good = [badly[f"good {number}"] for number in range(20)]
    assert [future.result(LIMIT_S) for future in good] == [number**2 for number in range(20)]
    assert sorted(lines(Path(f"{ran}.good"))) == list(range(20))
    items = {item.work_id: item for item in farm.items(good[0].job_id, 200)}
    charged = [future for future in good if items[future.work_id].attempt != 1]
    assert len(charged) <= 1, "but for the one that runs when the bomb of a former item goes off"


@pytest.mark.parametrize("kind", ["sleep", "GIL held"])
def test_r4_what_hangs_is_ended_with_all_that_it_started(badly: Futures, ran: Path, kind: str) -> None:
    with pytest.raises(WorkTimeoutError, match="timeout_s of 1"):
        badly[kind].result(LIMIT_S)
    started = lines(Path(f"{ran}.{kind}"))
    assert len(started) == 2
    until(lambda: not [pid for pid in started if psutil.pid_exists(pid)], "the end of its processes")


def test_r1_r5_interpreters_are_killed_and_stopped(executor: Executor, site: Site, tmp_path: Path, farm: Farm) -> None:
    """What is charged is the item that ran; every item runs once more for each death at most, and none is lost."""
    ran, count, hit = tmp_path / "ran", 40, 0
    with executor.batch("killed", attempts=10) as batch:
        for number in range(count):
            batch.submit(note, str(ran), number, 0.1 if number % 2 else 0.0)
        batch.submit(note, str(ran), count, 4.0)
    for do in (psutil.Process.kill, psutil.Process.kill, psutil.Process.suspend):
        seen = len(lines(ran))
        until(lambda: len(lines(ran)) > seen + 4 or batch.futures[count - 1].done())  # noqa: B023
        victims = {pid for pid in pids(ran).values() if psutil.pid_exists(pid)}
        for pid in list(victims)[:1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                do(psutil.Process(pid))
                hit += 1
    assert [future.result(LIMIT_S) for future in batch.futures] == [number**2 for number in range(count + 1)]
    assert hit
    assert set(lines(ran)) == set(range(count + 1))
    assert len(lines(ran)) <= count + 1 + hit
    assert farm.job(batch.job_id).counts == {State.COMPLETE: count + 1}


def test_r22_interpreters_that_can_not_be_made_ready_charge_nobody(
    executor: Executor, farm: Farm, site: Site, tmp_path: Path
) -> None:
    settings = {"starts": str(tmp_path / "starts")}
    started = time.monotonic()
    one: dict[str, Any] = {"chunk": 4} if site.report.supports(Feature.CHUNK) else {}
    with executor.batch(bootstrap="tests.conformance.calls:boot_badly", settings=settings, cpus=1, **one) as batch:
        futures = [batch.submit(abs, -number) for number in range(4)]
    for future in futures:
        with pytest.raises(BootstrapError, match=r"\(3 tries\): RuntimeError: no floating licence") as caught:
            future.result(LIMIT_S)
        assert "License checkout failed" in str(caught.value)
    assert time.monotonic() - started < 60
    assert {item.attempt for item in farm.items(batch.job_id)} == {0}
    assert (tmp_path / "starts").read_text().count("start") >= 3
