"""`Batch`: one job of many work items. Rows Q23-Q32, QS5, QS41-QS43."""

from __future__ import annotations

import asyncio
import concurrent.futures
import os
from collections.abc import Callable
from typing import Any

import pytest

import farmfutures
from farmfutures import Batch, Executor, Farm, Future
from farmfutures.errors import NotSubmittedError, OptionError

pytestmark = pytest.mark.usefixtures("shared_farm")


def test_q23_q24_q26_q30_q31_one_job_in_order(executor: Executor, farm: Farm) -> None:
    with executor.batch("Mixed") as batch:
        first = batch.submit(abs, -1)
        second = batch.submit_ext(pow, [2, 3])
        mapped = batch.map(abs, [-5, -6])
    assert [future.work_id for future in batch.futures] == [0, 1, 2, 3]
    assert batch.futures[:2] == [first, second]
    assert {future.job_id for future in batch.futures} == {batch.job_id}
    assert list(mapped) == [5, 6]
    assert [future.result(20) for future in batch.futures] == [1, 8, 5, 6]
    assert farm.job(batch.job_id).total == 4


def test_q25_qs43_commit_by_hand(executor: Executor) -> None:
    batch = executor.batch()
    future = batch.submit(abs, -1)
    assert batch.commit() == [future]
    assert future.result(20) == 1
    with pytest.raises(RuntimeError, match="committed already"):
        batch.commit()
    with pytest.raises(RuntimeError, match="committed; start another one"):
        batch.submit(abs, 1)


def test_q27_q28_qs5_extras_go_to_the_work_item(executor: Executor, farm: Farm) -> None:
    with executor.batch(env={"A": "job", "B": "job"}) as batch:
        one = batch.submit_ext(os.getenv, ["A"], env={"A": "item"}, name="work name", retries=1, timeout_s=20)
        two = batch.submit(os.getenv, "A")
        batch.map(os.getenv, ["B"], name="mapped", env={"B": "item"})
    assert [future.result(20) for future in batch.futures] == ["item", "job", "item"]
    item = farm.item(batch.job_id, one.work_id)
    assert (item.name, item.attempts) == ("work name", 2)
    assert farm.item(batch.job_id, two.work_id).attempts == 1
    assert farm.item(batch.job_id, 2).name == "mapped"


@pytest.mark.parametrize(
    ("extra", "text"),
    [
        ({"cpus": 2}, "a work item has no option 'cpus'"),
        ({"timeout": 2}, r"Did you mean 'timeout_s'\?"),
        ({"env": {"A": None}}, r"env\['A'\] is a NoneType"),
    ],
)
def test_q27_extras_of_items_are_checked(executor: Executor, extra: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text), executor.batch() as batch:
        batch.submit_ext(abs, [1], **extra)


ASKING: dict[str, Callable[[Future], Any]] = {
    "job_id": lambda future: future.job_id,
    "work_id": lambda future: future.work_id,
    "status": lambda future: future.status(),
    "log": lambda future: future.log(),
    "log_path": lambda future: future.log_path,
    "kill": lambda future: future.kill(),
    "arguments": lambda future: future.arguments(),
    "result": lambda future: future.result(),
    "exception": lambda future: future.exception(),
    "wait": lambda future: concurrent.futures.wait([future]),
    "stdlib as_completed": lambda future: next(concurrent.futures.as_completed([future])),
    "as_completed": lambda future: next(farmfutures.as_completed([future])),
}


@pytest.mark.parametrize("question", ASKING.values(), ids=ASKING.keys())
def test_q29_qs41_before_the_commit_every_question_raises_at_once(executor: Executor, question: Callable[[Future], Any]) -> None:
    batch = executor.batch()
    future = batch.submit(abs, -1)
    with pytest.raises(NotSubmittedError, match="is not submitted: leave the batch's with block, or call batch.commit"):
        question(future)
    with pytest.raises(NotSubmittedError, match="not committed"):
        _ = batch.job_id
    batch.commit()
    assert next(concurrent.futures.as_completed([future], 20)).result() == 1
    question(future)


def test_q29_iterating_a_map_early(executor: Executor) -> None:
    batch = executor.batch()
    results = batch.map(abs, [-1])
    with pytest.raises(NotSubmittedError):
        next(results)
    batch.commit()


def test_callbacks_and_asyncio_may_come_before_the_commit(executor: Executor) -> None:
    async def main() -> Any:
        with executor.batch() as batch:
            wrapped = asyncio.wrap_future(batch.submit(abs, -1))
        return await wrapped

    assert asyncio.run(main()) == 1


def test_a_future_that_was_cancelled_before_the_commit(executor: Executor, farm: Farm) -> None:
    batch = executor.batch(cpus=1)
    keep, drop = batch.submit(abs, -1), batch.submit(abs, -2)
    assert drop.cancel()
    batch.commit()
    assert keep.result(20) == 1
    with pytest.raises(concurrent.futures.CancelledError):
        drop.result(20)


def test_q32_the_constructor(executor: Executor, farm: Farm) -> None:
    with Batch(executor, {"name": "By hand"}) as batch:
        batch.submit(abs, 1)
    assert farm.job(batch.job_id).name == "By hand"


def test_qs42_an_empty_batch_submits_nothing(executor: Executor, farm: Farm) -> None:
    before = farm.jobs(limit=1)
    assert executor.batch().commit() == []
    with executor.batch() as batch:
        pass
    assert batch.futures == []
    assert farm.jobs(limit=1) == before


def test_qs42_an_exception_submits_nothing(executor: Executor, farm: Farm) -> None:
    before = farm.jobs(limit=1)
    batch = executor.batch()
    future = batch.submit(abs, 1)
    with pytest.raises(KeyError), batch:
        raise KeyError
    assert farm.jobs(limit=1) == before
    with pytest.raises(NotSubmittedError, match="given up by a KeyError"):
        future.result()


def test_what_is_wrong_with_the_job_reaches_the_futures(executor: Executor) -> None:
    batch = executor.batch()
    future = batch.submit(abs, 1)
    batch.job["requirements"] = "gpu"
    with pytest.raises(farmfutures.errors.RefusedError):
        batch.commit()
    assert isinstance(future.exception(), farmfutures.errors.RefusedError)
