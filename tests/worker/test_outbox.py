"""When outcomes are written, how many together, and what happens while that is not possible."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from farmfutures.job import State
from farmfutures.spool import outcomes, runs
from farmfutures.spool.layout import JobFolder, Spool
from farmfutures.spool.outcomes import Outcome
from farmfutures.spool.runs import Run
from farmfutures.worker import outbox as module
from farmfutures.worker.outbox import Outbox


def outcome(work: int, size: int = 10) -> Outcome:
    return Outcome(work, 1, State.COMPLETE, 1.0, 2.0, bytes(size))


@pytest.fixture
def folder(spool: Spool) -> JobFolder:
    return spool.new_job()


@pytest.fixture
def told() -> list[int]:
    """How many bundles each report that was written spoke of."""
    return []


@pytest.fixture
def outbox(spool: Spool, folder: JobFolder, told: list[int]) -> Outbox:
    return Outbox(folder, spool.seal(), runs.begin(folder, "0-9"), lambda run: told.append(run.bundles))


def written(folder: JobFolder) -> list[Path]:
    return sorted(folder.outcomes.iterdir())


def test_short_ones_are_gathered_and_a_long_one_takes_them_along(folder: JobFolder, outbox: Outbox, told: list[int]) -> None:
    outbox.add(outcome(0), 0.001)
    outbox.add(outcome(1), 0.001)
    outbox.write()
    assert written(folder) == []
    assert 0 < outbox.due_s() - time.monotonic() <= module.GATHER_S
    outbox.add(outcome(2), 5.0)
    outbox.write()
    (bundle,) = written(folder)
    assert bundle.name == "0-9.0.0"
    assert told == [1]  # Nobody looks for what no report speaks of.
    assert outbox.empty


def test_much_is_written_at_once(folder: JobFolder, outbox: Outbox) -> None:
    for work in range(5):
        outbox.add(outcome(work, 1024 * 1024), 0.001)
        outbox.write()
    assert len(written(folder)) == 1
    assert not outbox.empty


def test_a_report_waits_its_turn_unless_it_is_urgent(outbox: Outbox, told: list[int]) -> None:
    outbox.say(now=True)
    outbox.write()
    outbox.say()
    outbox.write()
    assert told == [0]
    assert 0 < outbox.due_s() - time.monotonic() <= module.REPORT_S
    outbox.say(now=True)
    outbox.write()
    assert told == [0, 0]


def test_what_can_not_be_written_is_kept_said_once_and_written_later(
    spool: Spool, folder: JobFolder, outbox: Outbox, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is away for a while, as a mount may be."""
    aside = folder.outcomes.rename(folder.root / "away")
    outbox.add(outcome(0), 5.0)
    for _ in range(3):
        outbox.write(all_of_it=True)
    assert not outbox.empty
    assert not outbox.write_all(0.0)
    aside.rename(folder.outcomes)
    assert outbox.write_all(10.0)
    assert outbox.trouble == ""
    run = runs.read(folder, spool.seal(), "0-9.0")
    assert isinstance(run, Run)
    assert [one.work for one in outcomes.read(folder, spool.seal(), run.name, 0)] == [0]
    said = capsys.readouterr().err
    assert said.count("can't be written now") == 1
    assert str(folder.root) in said
