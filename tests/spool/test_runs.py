from __future__ import annotations

import dataclasses

import pytest

from farmfutures.errors import SealError
from farmfutures.spool import items, runs
from farmfutures.spool.layout import JobFolder, signature
from farmfutures.spool.runs import Running
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


def test_a_signature_changes_with_the_report(folder: JobFolder, seal: Seal) -> None:
    one, two = runs.begin(folder, "0-4"), runs.begin(folder, "5-9")
    before = {name: signature(folder.runs / name) for name in runs.names(folder)}
    runs.write(folder, seal, two)
    after = {name: signature(folder.runs / name) for name in runs.names(folder)}
    assert set(after) == {one.name, two.name}
    assert {name for name in after if after[name] != before[name]} == {two.name}
    assert signature(folder.runs / "7.0") is None


def test_names_tell_which_runs_need_not_be_read() -> None:
    scattered = items.as_name(items.as_text(range(1, 200, 2)))
    shared = [name for name in ("0-4.0", "5-9.0", "4,9.1", f"{scattered}.0") if runs.may_share(name, {4})]
    assert shared == ["0-4.0", "4,9.1", f"{scattered}.0"]
