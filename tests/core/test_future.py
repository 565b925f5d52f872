"""`Future`. Rows Q15-Q22, QS18-QS25, QS44."""

from __future__ import annotations

import concurrent.futures
import re
import time
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import Executor, Farm, State
from farmfutures.errors import KilledError, RemoteSystemExit, ResultError, WorkerDiedError, WorkTimeoutError

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


def test_q15_q16_q17_ids(executor: Executor) -> None:
    with executor.batch() as batch:
        futures = [batch.submit(abs, n) for n in range(5)]
    assert [future.work_id for future in futures] == [0, 1, 2, 3, 4]
    assert {future.job_id for future in futures} == {batch.job_id}
    assert isinstance(futures[0], concurrent.futures.Future)


def test_q18_qs18_qs19_status_is_asked_live(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with executor.batch(cpus=1) as batch:
        first, second = batch.submit(wait_for, str(gate)), batch.submit(wait_for, str(gate))
    until(lambda: first.status() is State.RUNNING)
    assert second.status() is State.PENDING
    until(first.running)  # Nobody asked: the engine says so by itself, and nothing polls.
    gate.touch()
    assert second.result(20) == "through"
    assert [future.status() for future in batch.futures] == [State.COMPLETE, State.COMPLETE]


def fail_deep() -> None:
    def inner() -> None:
        raise ValueError("deep", 42)

    inner()


def test_q19_exceptions_come_back_as_themselves(executor: Executor) -> None:
    future = executor.submit(fail_deep)
    with pytest.raises(ValueError, match="deep") as caught:
        future.result(20)
    assert caught.value.args == ("deep", 42)
    text = str(caught.value.__cause__)
    assert "in inner" in text
    assert 'raise ValueError("deep", 42)' in text
    assert future.exception() is caught.value


def test_q20_there_is_no_results(executor: Executor) -> None:
    future = executor.submit(abs, 1)
    with pytest.raises(AttributeError, match="results"):
        future.results()
    assert future.result(20) == 1


def test_q21_attributes_of_the_callers_own(executor: Executor) -> None:
    with executor.batch() as batch:
        for node in ("a", "b"):
            future = batch.submit(abs, 1)
            future.node = node
            future.metadata["node"] = node
    done = list(farmfutures.as_completed(batch.futures, 20))
    assert {(future.node, future.metadata["node"]) for future in done} == {("a", "a"), ("b", "b")}
    assert all(any(future is other for other in batch.futures) for future in done)


def test_q22_as_completed_over_a_batch(executor: Executor) -> None:
    with executor.batch() as batch:
        for n in range(6):
            batch.submit(abs, -n)
    assert sorted(future.result() for future in concurrent.futures.as_completed(batch.futures, 20)) == list(range(6))


def test_as_completed_has_a_timeout(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    future = executor.submit(wait_for, str(gate))
    with pytest.raises(TimeoutError):
        next(farmfutures.as_completed([future], 0.01))
    with pytest.raises(TimeoutError):
        future.result(0.01)
    gate.touch()
    assert future.result(20) == "through"


def talk() -> str:
    import os
    import subprocess
    import sys

    print("from Python")
    print("to standard error", file=sys.stderr)
    os.write(1, b"from a descriptor\n")
    subprocess.run(["/bin/sh", "-c", "echo from a process"], check=True)
    return "said"


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="there is no /bin/sh here")
def test_the_log_has_all_that_was_printed(executor: Executor) -> None:
    future, silent = executor.submit(talk), executor.submit(abs, 1)
    assert future.result(20) == "said"
    assert future.log().splitlines() == ["from Python", "to standard error", "from a descriptor", "from a process"]
    assert Path(future.log_path or "").name == "0.1.log"
    silent.result(20)
    assert (silent.log(), silent.log_path) == ("", None)


def talk_and_wait(path: str) -> None:
    print("so far")
    wait_for(path)
    print("the rest")


def test_the_log_so_far(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    future = executor.submit(talk_and_wait, str(gate))
    until(lambda: future.log() == "so far\n")
    gate.touch()
    future.result(20)
    assert future.log() == "so far\nthe rest\n"


def advance(path: str) -> None:
    farmfutures.progress(1, 4, "a quarter")
    wait_for(path)
    farmfutures.progress(4, 4, "all")


def test_progress(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    future = executor.submit(advance, str(gate))
    until(lambda: future.progress is not None)
    assert future.progress == farmfutures.Progress(1, 4, "a quarter")
    assert farm.item(future.job_id, 0).progress == future.progress
    gate.touch()
    future.result(20)
    assert future.progress == farmfutures.Progress(4, 4, "all")
    assert farmfutures.Progress(1, 4).fraction == 0.25


def test_qs21_cancel_reaches_the_farm(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with executor.batch(cpus=1) as batch:
        first, second, third = (batch.submit(wait_for, str(gate)) for _ in range(3))
    until(first.running)
    assert second.cancel()
    assert not first.cancel()
    assert farm.item(batch.job_id, 1).state is State.CANCELLED
    gate.touch()
    assert [first.result(20), third.result(20)] == ["through", "through"]
    with pytest.raises(concurrent.futures.CancelledError):
        second.result(20)
    assert not third.cancel()


def test_qs22_kill_ends_a_future(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    with executor.batch(cpus=1) as batch:
        running, waiting = batch.submit(wait_for, str(tmp_path / "no")), batch.submit(wait_for, str(tmp_path / "no"))
    until(running.running)
    assert waiting.kill()
    assert running.kill()
    for future in batch.futures:
        with pytest.raises(KilledError, match="killed"):
            future.result(20)
    assert {item.state for item in farm.items(batch.job_id)} == {State.KILLED}
    assert not running.kill()


def test_qs22_cancelled_by_somebody_else(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    with executor.batch(cpus=1) as batch:
        running, waiting = batch.submit(wait_for, str(tmp_path / "no")), batch.submit(wait_for, str(tmp_path / "no"))
    until(running.running)
    assert farm.cancel(batch.job_id) == 1
    with pytest.raises(concurrent.futures.CancelledError):
        waiting.result(20)
    assert farm.kill(batch.job_id) == 1
    with pytest.raises(KilledError):
        running.result(20)


def leave(code: Any) -> None:
    import sys

    sys.exit(code)


@pytest.mark.parametrize("code", [0, 3, "words", None])
def test_qs25_sys_exit(executor: Executor, code: Any) -> None:
    with pytest.raises(RemoteSystemExit, match=re.escape(f"sys.exit({code!r})")) as caught:
        executor.submit(leave, code).result(20)
    assert caught.value.code == code


def die(code: int) -> None:
    import os

    os._exit(code)


def crash() -> None:
    import os
    import signal

    print("last words")
    os.kill(os.getpid(), signal.SIGSEGV)


def test_qs23_a_worker_that_dies(executor: Executor, farm: Farm) -> None:
    future = executor.submit(die, 7)
    with pytest.raises(WorkerDiedError, match="exited with code 7"):
        future.result(25)
    assert farm.item(future.job_id, 0).attempt == 3
    with pytest.raises(WorkerDiedError, match="was killed by SIGSEGV") as caught:
        executor.submit(crash).result(25)
    assert "last words" in str(caught.value)
    assert executor.submit(abs, -1).result(25) == 1


def test_qs24_a_result_that_can_not_be_pickled(executor: Executor) -> None:
    future = executor.submit("builtins:eval", "{'deep': [1, __import__('threading').Lock()]}")
    with pytest.raises(ResultError, match=r"returned a builtins.dict that can't be sent back: result\['deep'\]\[1\] is"):
        future.result(20)


def test_timeout_s(executor: Executor) -> None:
    started = time.monotonic()
    with pytest.raises(WorkTimeoutError, match=r"ran longer than its timeout_s of 0\.3 and was killed"):
        executor.submit_ext(time.sleep, [60], timeout_s=0.3).result(20)
    assert time.monotonic() - started < 5


def count_up(path: str) -> int:
    with open(path, "a") as file:
        file.write("x")
    with open(path) as file:
        seen = len(file.read())
    if seen < 3:
        raise OSError(f"try {seen}")
    return seen


def test_retries(executor: Executor, farm: Farm, tmp_path: Path) -> None:
    future = executor.submit_ext(count_up, [str(tmp_path / "tries")], retries=2)
    assert future.result(20) == 3
    assert future.attempt == 3
    assert farm.item(future.job_id, 0).attempt == 3
    with pytest.raises(OSError, match="try 1"):
        executor.submit_ext(count_up, [str(tmp_path / "once")]).result(20)


def test_qs44_repr(executor: Executor, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    future = executor.submit(wait_for, str(gate))
    assert re.fullmatch(r"<farmfutures\.Future \d+:0 (pending|running)>", repr(future))
    gate.touch()
    future.result(20)
    assert re.fullmatch(r"<farmfutures\.Future \d+:0 complete>", repr(future))
    batch = executor.batch()
    assert repr(batch.submit(abs, 1)) == "<farmfutures.Future not submitted pending>"
