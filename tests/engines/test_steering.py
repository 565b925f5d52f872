"""What is changed by hand of jobs on the farm: run again, done without running, in another order, submitted once more."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.local.queue import KEEP_ITEMS, WINDOW_JOBS
from farmfutures.errors import NoSuchJobError, OptionError, RefusedError
from farmfutures.job import STATES

pytestmark = pytest.mark.usefixtures("shared_farm")


@pytest.fixture
def executor(shared_farm: Path) -> Iterator[Executor]:
    with Executor(cpus=1) as executor:
        yield executor


@pytest.fixture
def farm(shared_farm: Path) -> Iterator[Farm]:
    with Farm() as farm:
        yield farm


def run(number: int, folder: str) -> int:
    """Notes that it ran, waits where there is no ``gate`` yet, fails where there is no file of its number."""
    import os
    import time

    with open(os.path.join(folder, "ran"), "a") as file:
        file.write(f"{number} ")
    while number == 0 and not os.path.exists(os.path.join(folder, "gate")):
        time.sleep(0.005)
    if number and number % 2 and not os.path.exists(os.path.join(folder, "healed")):
        raise ValueError(f"number {number} is odd")
    return number


def ran(folder: Path) -> list[int]:
    return [int(word) for word in (folder / "ran").read_text().split()]


def until(condition: Any) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def over(farm: Farm, job: int) -> bool:
    return farm.job(job).state.done


def batch(executor: Executor, folder: Path, numbers: Iterable[int], **options: Any) -> Any:
    with executor.batch(**options) as batch:
        for number in numbers:
            batch.submit(run, number, str(folder))
    return batch


def states(farm: Farm, job: int) -> list[str]:
    return [str(STATES[code]) for code in farm.states(job)]


def test_states_of_all_items(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    made = batch(executor, tmp_path, range(2, -1, -1))
    until(lambda: states(farm, made.job_id) == ["complete", "failed", "running"])
    (tmp_path / "gate").touch()
    made.futures[2].result(20)
    assert states(farm, made.job_id) == ["complete", "failed", "complete"]
    with pytest.raises(NoSuchJobError, match="there is no job 987654321"):
        farm.states(987654321)


def test_retry_while_others_of_the_job_run(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    """What runs meanwhile is not run twice, and the job ends with all of it."""
    made = batch(executor, tmp_path, range(3, -1, -1))
    until(made.futures[3].running)
    assert states(farm, made.job_id) == ["failed", "complete", "failed", "running"]
    (tmp_path / "healed").touch()
    assert farm.retry(made.job_id) == 2
    assert farm.job(made.job_id).counts == {State.COMPLETE: 1, State.RUNNING: 1, State.PENDING: 2}
    (tmp_path / "gate").touch()
    until(lambda: over(farm, made.job_id))
    assert farm.job(made.job_id).counts == {State.COMPLETE: 4}
    assert ran(tmp_path) == [3, 2, 1, 0, 3, 1]
    assert [farm.outcome(made.job_id, work) for work in range(4)] == [3, 2, 1, 0]


def test_retry_of_what_is_complete(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    made = batch(executor, tmp_path, range(2, 4))
    made.futures[1].exception(20)
    assert farm.retry(made.job_id, [0]) == 0
    assert farm.retry(made.job_id, [0], complete=True) == 1
    until(lambda: over(farm, made.job_id))
    assert ran(tmp_path) == [2, 3, 2]


def test_failures_with_their_tracebacks(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    made = batch(executor, tmp_path, range(1, 8))
    until(lambda: over(farm, made.job_id))
    found = farm.errors(made.job_id)
    assert [work for work, _ in found] == [0, 2, 4, 6]
    for work, text in found:
        assert text.startswith("Traceback (most recent call last)")
        assert text.strip().endswith(f"ValueError: number {work + 1} is odd")
    assert farm.errors(made.job_id, 2, 1) == found[1:3]


def test_a_page_of_failures_is_one_question(
    executor: Executor, farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    made = batch(executor, tmp_path, range(1, 8, 2))
    until(lambda: over(farm, made.job_id))
    asked: list[str] = []
    plain = farm._engine.request

    def request(op: str, **args: Any) -> Any:
        asked.append(op)
        return plain(op, **args)

    monkeypatch.setattr(farm._engine, "request", request)
    assert [item.error for item in farm.items(made.job_id)] == [f"ValueError: number {n} is odd" for n in range(1, 8, 2)]
    assert asked == ["items"]


def test_what_waits_or_failed_is_done_without_running(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    made = batch(executor, tmp_path, [1, 0, 10, 11, 12])
    until(made.futures[1].running)
    assert farm.mark_done(made.job_id, [3]) == 1
    assert made.futures[3].result(20) is None
    assert farm.mark_done(made.job_id) == 3  # What runs goes on.
    (tmp_path / "gate").touch()
    assert made.futures[1].result(20) == 0
    assert farm.job(made.job_id).counts == {State.COMPLETE: 5}
    assert farm.outcome(made.job_id, 0) is None
    assert ran(tmp_path) == [1, 0]


def test_a_job_that_is_over_is_done_by_hand(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    made = batch(executor, tmp_path, range(1, 5))
    until(lambda: over(farm, made.job_id))
    assert farm.mark_done(made.job_id, [0]) == 1
    assert farm.job(made.job_id).counts == {State.COMPLETE: 3, State.FAILED: 1}
    assert farm.mark_done(made.job_id) == 1
    assert (farm.job(made.job_id).state, farm.mark_done(made.job_id)) == (State.COMPLETE, 0)
    assert farm.retry(made.job_id) == 0


@pytest.mark.parametrize("total", [6, KEEP_ITEMS + 6])
def test_another_order(executor: Executor, farm: Farm, tmp_path: Path, total: int) -> None:
    """Also of items that the broker has not read from its database yet."""
    (tmp_path / "healed").touch()
    made = batch(executor, tmp_path, [0, *range(1, total)])
    until(made.futures[0].running)
    assert farm.reorder(made.job_id, [total - 1, 3, 3, 0, total]) == 2
    (tmp_path / "gate").touch()
    until(lambda: over(farm, made.job_id))
    rest = [number for number in range(1, total) if number not in (3, total - 1)]
    assert ran(tmp_path) == [0, total - 1, 3, *rest]
    assert farm.reorder(made.job_id, [0]) == 0


def test_items_read_before_their_turn_are_read_once(
    executor: Executor, farm: Farm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from farmfutures.engines.local import queue
    from farmfutures.engines.local.folder import Folder
    from farmfutures.engines.local.schema import item_key
    from farmfutures.engines.local.specs import spec_text
    from farmfutures.engines.local.store import Store
    from farmfutures.options import job_spec

    monkeypatch.setattr(queue, "ROOM_ITEMS", 0)
    folder = Folder(tmp_path / "own").create()
    store = Store(folder.database)
    number, text = spec_text(job_spec({}, executor.settings))
    with store.turn():
        store.add_spec(number, text)
        pairs = [(item_key(7, index), (b"call", "", "")) for index in range(2 * KEEP_ITEMS)]
        store.add((7, number, "many", len(pairs), 50, "", "", 1.0), pairs)
        store.write_arrivals()
        line = queue.Queue(store)
        job = queue.Job(7, line.spec(number), "many", len(pairs), 50, "")
        line.admit(job, pairs)
        assert (job.cursor, line.bring_forward(job, [item_key(7, work) for work in (1500, 3, 1500)])) == (0, 2)
        taken: list[int] = []
        while some := line.take(line.lane(job.spec), 1, 1000):
            taken += [ready[0] & 0xFFFFFF for _, ready in some]
    assert taken == [1500, 3, *(work for work in range(len(pairs)) if work not in (3, 1500))]
    store.close()


def test_a_job_is_removed_with_what_it_left(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    running = executor.submit(run, 0, str(tmp_path))
    until(running.running)
    with pytest.raises(RefusedError, match=f"job {running.job_id} is not over: cancel or kill it first"):
        farm.remove(running.job_id)
    (tmp_path / "gate").touch()
    running.result(20)
    failed = executor.submit(run, 1, str(tmp_path))
    assert failed.exception(20)
    log = Path(str(farm.item(failed.job_id, 0).log_path))
    assert log.exists()
    assert farm.remove(failed.job_id)
    assert not log.parent.exists()
    with pytest.raises(NoSuchJobError, match=f"there is no job {failed.job_id}"):
        farm.job(failed.job_id)
    assert farm.job(running.job_id).state is State.COMPLETE


def test_calls_are_submitted_once_more(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    made = batch(executor, tmp_path, range(1, 5), name="Odd", priority=30)
    until(lambda: over(farm, made.job_id))
    (tmp_path / "healed").touch()
    again = farm.resubmit(made.job_id, [2, 0], name="Odd again", priority=70, retries=1)
    futures = executor.attach(again)
    assert [future.result(20) for future in futures] == [1, 3]
    info, spec = farm.job(again), farm.spec(again)
    assert (info.name, info.priority, info.total, info.cpus) == ("Odd again", 70, 2, 1)
    assert (spec["attempts"], spec["launch"]) == (2, farm.spec(made.job_id)["launch"])
    assert [item.name for item in farm.items(again)] == [farm.items(made.job_id)[work].name for work in (0, 2)]
    assert farm.job(farm.resubmit(made.job_id, cpus=None)).cpus is None
    assert farm.job(made.job_id).counts == {State.COMPLETE: 2, State.FAILED: 2}


def test_large_calls_and_secrets_go_with_it(executor: Executor, farm: Farm) -> None:
    """A job has files of its own: it goes on when the one that it came from is removed."""
    data = os.urandom(3 * 1024 * 1024)
    first = executor.submit_ext(len, [data], secret_env={"MY_TOKEN": "word"})
    assert first.result(20) == len(data)
    secret = executor.submit_ext("os:getenv", ["MY_TOKEN"], secret_env={"MY_TOKEN": "word"}, name="token")
    assert secret.result(20) == "word"
    again = farm.resubmit(first.job_id)
    assert farm.remove(first.job_id)
    assert executor.attach(again)[0].result(20) == len(data)
    assert executor.attach(farm.resubmit(secret.job_id))[0].result(20) == "word"


@pytest.mark.parametrize(
    ("works", "changes", "error", "text"),
    [
        ([9], {}, NoSuchJobError, "has no work item 9; it has 1"),
        ([], {}, NoSuchJobError, "has no work item"),
        (None, {"prority": 3}, OptionError, "Did you mean 'priority'"),
        (None, {"cpus": 0}, OptionError, "must be at least 1"),
        (None, {"env": {}}, OptionError, "a resubmission has no option 'env'"),
    ],
)
def test_what_can_not_be_submitted_once_more(
    executor: Executor, farm: Farm, works: Any, changes: Any, error: type[Exception], text: str
) -> None:
    job = executor.submit(abs, -1).job_id
    with pytest.raises(error, match=text):
        farm.resubmit(job, works, **changes)


def test_a_broker_of_another_release_says_what_it_does_not_know(farm: Farm) -> None:
    with pytest.raises(RefusedError, match="it knows no request 'dance'; it may be older"):
        farm._engine.request("dance", job=1)


@pytest.mark.timeout(90)
def test_a_job_whose_turn_is_far_away_is_cancelled_too(tmp_path: Path) -> None:
    """The broker holds so many jobs in memory; those behind them are no less there."""
    with Executor(cpus=1) as executor, Farm() as farm:
        holds = executor.submit_ext(run, [0, str(tmp_path)], priority=90)
        until((tmp_path / "ran").exists)
        futures = [executor.submit(abs, -number) for number in range(WINDOW_JOBS + 10)]
        *_, killed, cancelled = futures
        assert cancelled.cancel()
        assert killed.kill()
        assert [farm.job(one.job_id).state for one in (killed, cancelled)] == [State.KILLED, State.CANCELLED]
        (tmp_path / "gate").touch()
        assert holds.result(20) == 0
        assert [future.result(60) for future in futures[:-2]] == list(range(WINDOW_JOBS + 8))
