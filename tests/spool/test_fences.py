"""Whose word counts, where an engine ran a chunk more than once."""

from __future__ import annotations

import threading

import pytest

from farmfutures.spool import fences, items, runs
from farmfutures.spool.fences import Fences
from farmfutures.spool.layout import JobFolder
from farmfutures.spool.runs import Run
from farmfutures.spool.seal import Seal


def begun(folder: JobFolder, seal: Seal, text: str, **said: int) -> Run:
    """A run that took its items over and wrote so many bundles since."""
    run = runs.begin(folder, text)
    fences.take_over(folder, seal, run, 0)
    for name, value in said.items():
        setattr(run, name, value)
    runs.write(folder, seal, run)
    return run


def test_what_a_run_writes_after_it_was_taken_over_is_refused() -> None:
    found = [Run("0-4.0", "0-4"), Run("0-4.1", "0-4", accepted={"0-4.0": 3}), Run("2.0", "2", accepted={"0-4.0": 2, "0-4.1": 0})]
    fence = Fences(found)
    assert [fence.counts("0-4.0", bundle, 1) for bundle in range(5)] == [True, True, True, False, False]
    assert [fence.counts("0-4.0", bundle, 2) for bundle in range(5)] == [True, True, False, False, False]
    assert [fence.counts("0-4.1", 0, work) for work in range(5)] == [True, True, False, True, True]
    assert [fence.lost(run) for run in found] == [{0, 1, 2, 3, 4}, {2}, set()]


def test_a_run_goes_on_from_what_others_of_its_items_have_written(folder: JobFolder, seal: Seal) -> None:
    scattered = items.as_text(range(1, 200, 2))
    for text in ("0-4", "5-9", "200-299", scattered):
        begun(folder, seal, text, bundles=2)
    run = runs.begin(folder, "4-5")
    others = fences.take_over(folder, seal, run)
    assert {other.items for other in others} == {"0-4", "5-9", scattered}
    assert run.accepted == {"0-4.0": 2, "5-9.0": 2, f"{items.as_name(scattered)}.0": 2}


def test_of_a_run_that_died_before_it_said_anything_nothing_counts(folder: JobFolder, seal: Seal) -> None:
    runs.begin(folder, "0-4")
    again = begun(folder, seal, "0-4")
    assert again.accepted == {"0-4.0": 0}


def test_a_run_that_was_taken_over_before_its_first_word_takes_nothing_back(folder: JobFolder, seal: Seal) -> None:
    slow = runs.begin(folder, "0-4")
    quick = begun(folder, seal, "0-4")
    others = fences.take_over(folder, seal, slow)
    assert slow.accepted == {}
    assert Fences(others).lost(slow) == {0, 1, 2, 3, 4}
    assert Fences([slow, quick]).lost(quick) == set()


@pytest.mark.parametrize("texts", [("0-4", "0-4"), ("0-4", "3-7"), ("3-7", "0-4"), ("0", "0,2,4")])
def test_of_two_runs_that_begin_at_once_one_takes_over(folder: JobFolder, seal: Seal, texts: tuple[str, str]) -> None:
    found = [runs.begin(folder, text) for text in texts]  # Each of them is there before the other one looks.

    def go_on(run: Run) -> None:
        fences.take_over(folder, seal, run)
        runs.write(folder, seal, run)

    threads = [threading.Thread(target=go_on, args=(run,)) for run in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shared = set(items.parse(texts[0])) & set(items.parse(texts[1]))
    lost = [Fences(found).lost(run) for run in found]
    assert sorted(lost, key=len) == [set(), shared]
