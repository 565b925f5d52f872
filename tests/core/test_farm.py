"""`Farm`: look and steer."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.local.listener import Listener
from farmfutures.errors import EngineUnavailableError, NoSuchJobError, ResultError

pytestmark = pytest.mark.usefixtures("shared_farm")


def wait_for(path: str) -> str:
    import os
    import time

    while not os.path.exists(path):
        time.sleep(0.005)
    return "through"


def until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_threads_that_are_first_at_the_same_moment_are_all_answered(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    """None asks before the broker knows where to answer to, however late who listens says hello."""
    farm.jobs()  # The broker is there.
    farm.close()
    plain = Listener._hello

    def late(self: Listener, *, lease: bool) -> None:
        time.sleep(0.1)
        plain(self, lease=lease)

    monkeypatch.setattr(Listener, "_hello", late)
    together = threading.Barrier(4)

    def ask(_: int) -> int:
        with Farm() as mine:
            together.wait(5)
            return len(mine.jobs(1))

    with ThreadPoolExecutor(4) as pool:
        assert all(answer in (0, 1) for answer in pool.map(ask, range(4), timeout=10))


def test_jobs_by_page_state_user_and_name(executor: Executor, farm: Farm) -> None:
    for n in range(6):
        executor.submit_ext(abs, [n], name=f"page {n}", user="pager").result(20)
    assert executor.submit_ext(divmod, [1, 0], name="bad page", user="pager").exception(20)
    pages = [[job.name for job in farm.jobs(3, offset, user="pager")] for offset in (0, 3, 6)]
    assert pages == [["bad page", "page 5", "page 4"], ["page 3", "page 2", "page 1"], ["page 0"]]
    assert [job.name for job in farm.jobs(state="failed", user="pager")] == ["bad page"]
    assert [job.name for job in farm.jobs(search="bad pa")] == ["bad page"]


def test_a_job_and_its_items(executor: Executor, farm: Farm) -> None:
    with executor.batch("Items") as batch:
        for n in (1, 0):
            batch.submit(divmod, 1, n)
    batch.futures[0].result(20)
    batch.futures[1].exception(20)
    job = farm.job(batch.job_id)
    assert (job.state, job.total, job.done, job.fraction) == (State.FAILED, 2, 2, 1.0)
    assert job.counts == {State.COMPLETE: 1, State.FAILED: 1}
    good, bad = farm.items(batch.job_id)
    assert (good.state, good.error) == (State.COMPLETE, None)
    assert bad.error == "ZeroDivisionError: integer division or modulo by zero"
    assert [item.work_id for item in farm.items(batch.job_id, state="failed")] == [1]
    assert [item.work_id for item in farm.items(batch.job_id, 1, 1)] == [1]
    assert farm.outcome(batch.job_id, 0) == (1, 0)
    with pytest.raises(ZeroDivisionError):
        farm.outcome(batch.job_id, 1)
    assert "divmod" in farm.call(batch.job_id, 0)
    assert farm.log(batch.job_id, 1)[0].endswith("ZeroDivisionError: integer division or modulo by zero\n")


def test_what_is_not_there(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    with pytest.raises(NoSuchJobError, match="there is no job 987654321"):
        farm.job(987654321)
    job = executor.submit(abs, 1)
    with pytest.raises(NoSuchJobError, match=f"job {job.job_id} has no work item 5; it has 1, counted from 0"):
        farm.item(job.job_id, 5)
    gate = tmp_path / "gate"
    running = executor.submit(wait_for, str(gate))
    with pytest.raises(ResultError, match="has no outcome"):
        farm.outcome(running.job_id, 0)
    gate.touch()
    running.result(20)


def test_pause_and_resume(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with executor.batch(cpus=1) as batch:
        for _ in range(3):
            batch.submit(wait_for, str(gate))
    until(batch.futures[0].running)
    assert farm.pause(batch.job_id)
    gate.touch()
    batch.futures[0].result(20)
    assert executor.submit(abs, -1).result(20) == 1
    assert farm.job(batch.job_id).paused
    assert [future.status() for future in batch.futures[1:]] == [State.PENDING, State.PENDING]
    assert farm.resume(batch.job_id)
    assert [future.result(20) for future in batch.futures[1:]] == ["through", "through"]


def test_priority_and_fairness(farm: Farm, tmp_path: Path) -> None:
    gate, order = tmp_path / "gate", tmp_path / "order"
    with Executor(cpus=1, cwd=str(tmp_path)) as executor:  # A lane of its own: nobody else's interpreters.
        note = f"open({str(order)!r}, 'a').write"
        first = [executor.submit(wait_for, str(gate)) for _ in range(executor.settings.slots)]
        until(lambda: all(future.running() for future in first))
        low = executor.submit_ext("builtins:eval", [f"{note}('low ')"], priority=10)
        usual = executor.submit_ext("builtins:eval", [f"{note}('usual ')"])
        high = executor.submit_ext("builtins:eval", [f"{note}('high ')"], priority=20)
        assert farm.set_priority(high.job_id, 99)
        one = first[0]
        gate.touch()
        for future in (one, low, usual, high):
            future.result(20)
    words = order.read_text().split()
    assert words.index("high") < words.index("low")
    assert set(words) == {"low", "usual", "high"}


def fail_first(path: str) -> str:
    import os

    if not os.path.exists(path):
        open(path, "w").close()
        raise OSError("not yet")
    return "now"


def test_retry_by_hand(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    future = executor.submit(fail_first, str(tmp_path / "tried"))
    assert isinstance(future.exception(20), OSError)
    assert farm.retry(future.job_id) == 1
    (again,) = executor.attach(future.job_id)
    assert again.result(20) == "now"
    assert farm.item(future.job_id, 0).attempt == 2
    assert farm.job(future.job_id).state is State.COMPLETE
    assert farm.retry(future.job_id) == 0


def test_workers_are_kept_warm(executor: Executor, farm: Farm) -> None:
    first = executor.submit("os:getpid").result(20)
    assert first in [worker.pid for worker in farm.workers()]
    with Executor() as another:
        pids = {another.submit("os:getpid").result(20) for _ in range(5)}
    assert pids <= {worker.pid for worker in farm.workers()}


def test_broker_status(executor: Executor, farm: Farm) -> None:
    executor.submit(abs, 1).result(20)
    status = farm.broker_status()
    assert status is not None
    assert status["clients"] >= 1
    assert str(status["state"]) == str(farm.settings.state)


def test_there_is_nothing_to_rebuild(own_temp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_STATE", str(own_temp / "nowhere"))
    with Farm() as farm, pytest.raises(EngineUnavailableError, match="there is no database in .*nowhere"):
        farm.rebuild()
    assert not (own_temp / "nowhere").exists()
