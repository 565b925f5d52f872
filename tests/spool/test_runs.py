from __future__ import annotations

import dataclasses

import pytest

from farmfutures.errors import SealError
from farmfutures.spool import items, runs
from farmfutures.spool.layout import JobFolder
from farmfutures.spool.runs import Run, Running
from farmfutures.spool.seal import Seal


def test_a_report_comes_back(folder: JobFolder, seal: Seal) -> None:
    run = runs.begin(folder, "0-4")
    full = dataclasses.replace(
        run, state=runs.RUNNING, host="node7", bundles=3, accepted={"0-4.7": 2}, running=Running(3, 1, 12.5, (1, None, "x")),
        tries={2: (1, 1)}, left="3-4", note="a\nb",
    )  # fmt: skip
    runs.write(folder, seal, full)
    assert runs.read(folder, seal, run.name) == full


def test_runs_of_the_same_items_are_numbered(folder: JobFolder, seal: Seal) -> None:
    assert [runs.begin(folder, "0-4").name for _ in range(3)] == ["0-4.0", "0-4.1", "0-4.2"]
    assert runs.read(folder, seal, "0-4.0") is None


def test_the_report_of_another_run_is_refused(folder: JobFolder, seal: Seal) -> None:
    for _ in range(2):
        runs.write(folder, seal, runs.begin(folder, "0-4"))
    (folder.runs / "0-4.1").write_bytes((folder.runs / "0-4.0").read_bytes())
    with pytest.raises(SealError, match=r"as run 1 0-4\.1"):
        runs.read(folder, seal, "0-4.1")


def test_a_listing_shows_what_changed(folder: JobFolder, seal: Seal) -> None:
    one, two = runs.begin(folder, "0-4"), runs.begin(folder, "5-9")
    before = runs.listing(folder)
    runs.write(folder, seal, two)
    after = runs.listing(folder)
    assert {name for name in after if after[name] != before[name]} == {two.name}
    assert set(after) == {one.name, two.name}


def test_what_later_runs_accept_is_the_limit(folder: JobFolder) -> None:
    found = [Run("0-4.0", "0-4"), Run("0-4.1", "0-4", accepted={"0-4.0": 3}), Run("2.0", "2", accepted={"0-4.0": 2, "0-4.1": 0})]
    assert runs.limits(found) == {"0-4.0": 2, "0-4.1": 0}
    assert [runs.fenced(run, runs.limits(found)) for run in found] == [True, True, False]


def test_runs_that_share_an_item_are_found_whatever_they_are_called(folder: JobFolder, seal: Seal) -> None:
    scattered = items.as_text(range(1, 200, 2))
    for text in ("0-4", "5-9", "200-299", scattered):
        runs.write(folder, seal, runs.begin(folder, text))
    runs.begin(folder, "5")  # It has only begun, and accepts nothing yet.
    run = runs.begin(folder, "4-5")
    assert sorted(other.items for other in runs.overlapping(folder, seal, run)) == sorted(["0-4", "5-9", scattered])
