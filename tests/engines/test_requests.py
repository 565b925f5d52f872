"""What the broker is asked, when its database says what nobody wrote."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from farmfutures import Executor, Farm
from farmfutures.errors import EngineUnavailableError, NoSuchJobError


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM specs",
        "UPDATE jobs SET counts='5: 1}'",
        "UPDATE jobs SET total='x', counts='{\"5\": 1}'",
        "DELETE FROM items",
        "UPDATE items SET state=99",
        "UPDATE items SET extra='{'",
    ],
)
def test_r17_rows_that_make_no_sense_are_a_damaged_database(state: Path, damage: str) -> None:
    with Executor() as executor, Farm() as farm:
        job = executor.submit(abs, -1)
        assert job.result(20) == 1
        farm.stop_broker(timeout_s=20)
    with contextlib.closing(sqlite3.connect(state / "farm.db")) as database, database:
        database.execute(damage)

    def look() -> None:
        farm.jobs(10)
        farm.items(job.job_id)
        farm.outcome(job.job_id, 0)

    with Farm() as farm, pytest.raises(EngineUnavailableError, match="is damaged .* 'farmfutures broker rebuild' saves"):
        look()


def test_what_is_not_there_is_no_damage(state: Path) -> None:
    with Executor() as executor, Farm() as farm:
        job = executor.submit(abs, -1)
        assert job.result(20) == 1
        with pytest.raises(NoSuchJobError, match=f"job {job.job_id} has no work item 7; it has 1, counted from 0"):
            farm.outcome(job.job_id, 7)
        with pytest.raises(NoSuchJobError, match="there is no job 12345"):
            farm.job(12345)
