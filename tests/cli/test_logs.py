"""``farmfutures logs``, also while they grow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import farmfutures


@pytest.fixture
def printed(state: Path) -> int:
    """A job of two calls that print."""
    with farmfutures.Executor() as executor:
        with executor.batch("Print", cpus=1) as batch:
            for word in ("one", "two"):
                batch.submit_ext(print, [word], name=f"say {word}")
        for future in batch.futures:
            future.result(20)
    assert batch.job_id is not None
    return batch.job_id


def test_one_item(ff: Any, printed: int) -> None:
    assert ff("logs", printed, 1).stdout == "two\n"


def test_all_items(ff: Any, printed: int) -> None:
    expected = f"==> {printed}/0 say one <==\none\n==> {printed}/1 say two <==\ntwo\n"
    assert ff("logs", printed).stdout == expected


def test_where_it_is(ff: Any, printed: int) -> None:
    assert Path(ff("logs", printed, 0, "--path").stdout.strip()).read_text() == "one\n"


def test_silence_is_explained(ff: Any, state: Path) -> None:
    job = json.loads(ff("run", "--json", "-w", "1").stdout)["job_id"]
    done = ff("logs", job)
    assert done.stdout == ""
    assert done.stderr == f"farmfutures: item 0 of job {job} is complete and has printed nothing\n"


def test_follow_a_running_call(ff: Any, start: Any, state: Path, gated: str, gate: Path) -> None:
    job = json.loads(ff("run", "--json", gated).stdout)["job_id"]
    process = start("logs", job, "--follow")
    assert process.stdout.readline() == "before\n"
    assert process.poll() is None
    gate.touch()
    assert process.stdout.read() == "after\n"
    assert process.wait(20) == 0
