"""``farmfutures jobs``, ``show``, ``wait`` and the commands that steer, on the real local engine."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import farmfutures


@pytest.fixture
def batch(state: Path) -> int:
    """A job of four items, the third of which failed."""
    with farmfutures.Executor() as executor:
        with executor.batch("Divide", cpus=1) as batch:
            for number in (2, 1, 0, -1):
                batch.submit_ext(divmod, [4, number], name=f"by {number}")
        for future in batch.futures:
            future.exception(20)
    assert batch.job_id is not None
    return batch.job_id


@pytest.fixture
def waiting(ff: Any, state: Path, gated: str) -> int:
    """A job whose call waits for the gate."""
    return int(json.loads(ff("run", "--json", "-n", "Waiting", gated).stdout)["job_id"])


def test_jobs_as_a_table(ff: Any, batch: int) -> None:
    lines = ff("jobs").stdout.splitlines()
    assert lines[0].split()[:3] == ["job", "name", "state"]
    assert lines[-1].split()[:4] == [str(batch), "Divide", "✘", "failed"]
    assert "4/4" in lines[-1]


def test_jobs_as_json(ff: Any, batch: int) -> None:
    (job,) = json.loads(ff("jobs", "--json").stdout)
    assert [job[key] for key in ("id", "name", "state", "total", "done")] == [batch, "Divide", "failed", 4, 4]
    assert job["counts"]["failed"] == 1


@pytest.mark.parametrize(
    ("options", "there"),
    [
        (["--state", "failed"], True),
        (["--state", "running"], False),
        (["--search", "ivid"], True),
        (["--search", "nothing of the kind"], False),
        (["--user", "nobody at all"], False),
        (["--offset", "1"], False),
        (["--limit", "1"], True),
    ],
)
def test_jobs_that_are_asked_for(ff: Any, batch: int, options: list[str], there: bool) -> None:
    found = json.loads(ff("jobs", "--json", *options).stdout)
    assert [job["id"] for job in found] == ([batch] if there else [])


def test_an_empty_farm_says_so(ff: Any, state: Path) -> None:
    done = ff("jobs")
    assert (done.stdout, done.stderr) == ("", "farmfutures: there are no jobs yet\n")


def test_show_a_job(ff: Any, batch: int) -> None:
    text = ff("show", batch).stdout
    assert "Divide" in text
    assert "3 complete, 1 failed" in text
    assert "ZeroDivisionError" in text
    assert [name for name in ("by 2", "by 1", "by 0", "by -1") if name not in text] == []


def test_show_only_what_failed_and_one_item(ff: Any, batch: int) -> None:
    items = json.loads(ff("show", batch, "--state", "failed", "--json").stdout)["items"]
    assert [(item["work_id"], item["name"], item["state"]) for item in items] == [(2, "by 0", "failed")]
    item = json.loads(ff("show", batch, 2, "--json").stdout)
    assert "ZeroDivisionError" in item["error"]
    assert str(Path(item["log_path"])) in ff("show", batch, 2).stdout


def test_show_a_page(ff: Any, batch: int) -> None:
    text = ff("show", batch, "--limit", 2).stdout
    assert "by 1" in text
    assert "by 0" not in text
    assert "2 more: --offset 2" in text


def test_wait_says_how_each_job_ended(ff: Any, batch: int) -> None:
    done = ff("wait", batch, code=1)
    assert done.stdout.startswith(f"job {batch} ✘ failed: 3 complete, 1 failed")
    assert f"(farmfutures logs {batch} 2)" in done.stderr


def test_wait_as_json(ff: Any, batch: int) -> None:
    (job,) = json.loads(ff("wait", batch, "--json", code=1).stdout)
    assert job["state"] == "failed"


def test_wait_gives_up(ff: Any, waiting: int, gate: Path) -> None:
    done = ff("wait", "--timeout", 0.2, waiting, code=5)
    assert "gave up waiting" in done.stderr
    gate.touch()
    ff("wait", waiting)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals of this kind")
def test_wait_shows_a_bar_on_a_terminal(start: Any, waiting: int, gate: Path) -> None:
    import os
    import pty

    ours, theirs = pty.openpty()
    try:
        process = start("wait", waiting, stderr=theirs)
        seen = b""
        while b"0/1" not in seen:
            seen += os.read(ours, 4096)
        gate.touch()
        while b"1/1" not in seen:
            seen += os.read(ours, 4096)
        assert process.wait(20) == 0
        assert "Waiting" in seen.decode()
        assert "━" in seen.decode()
    finally:
        os.close(ours)
        os.close(theirs)


def test_cancel_what_waits_and_kill_what_runs(ff: Any, waiting: int) -> None:
    _until_running(waiting)
    assert "1 item killed" in ff("cancel", "--kill", waiting).stdout
    assert json.loads(ff("wait", "--json", waiting, code=1).stdout)[0]["state"] in ("killed", "cancelled")


def test_cancel_of_what_is_over_changes_nothing(ff: Any, batch: int) -> None:
    assert ff("cancel", batch).stdout == f"job {batch} is failed: there was nothing to change\n"
    assert json.loads(ff("cancel", batch, "--json").stdout) == {"job_id": batch, "cancelled": 0, "killed": 0}


def test_retry(ff: Any, batch: int) -> None:
    assert ff("retry", batch).stdout == f"job {batch}: 1 item retried\n"
    assert json.loads(ff("wait", "--json", batch, code=1).stdout)[0]["counts"]["failed"] == 1
    assert json.loads(ff("show", batch, 2, "--json").stdout)["attempt"] == 2


def test_pause_resume_and_priority(ff: Any, waiting: int, gate: Path) -> None:
    ff("pause", waiting)
    assert json.loads(ff("show", waiting, "--json").stdout)["paused"] is True
    ff("resume", waiting)
    ff("priority", waiting, 80)
    info = json.loads(ff("show", waiting, "--json").stdout)
    assert (info["paused"], info["priority"]) == (False, 80)
    gate.touch()
    ff("wait", waiting)


def _until_running(job: int) -> None:
    deadline = time.monotonic() + 20
    with farmfutures.Farm() as farm:
        while farm.item(job, 0).state is not farmfutures.State.RUNNING:
            assert time.monotonic() < deadline, farm.item(job, 0)
            time.sleep(0.01)


def test_mark_done(ff: Any, batch: int) -> None:
    assert ff("mark-done", batch, 0).stdout == f"job {batch} is failed: there was nothing to change\n"
    assert ff("mark-done", batch, 2).stdout == f"job {batch}: 1 item marked done\n"
    assert json.loads(ff("show", "--json", batch).stdout)["state"] == "complete"


def test_remove_asks_first(ff: Any, batch: int) -> None:
    assert "Remove job" in ff("remove", batch, input="n\n", code=130).stderr
    assert ff("show", batch).returncode == 0
    assert ff("remove", "--yes", batch).stdout == f"job {batch} removed\n"
    assert f"there is no job {batch}" in ff("show", batch, code=4).stderr


def test_what_is_not_over_is_not_removed(ff: Any, waiting: int) -> None:
    assert "is not over: cancel or kill it first" in ff("remove", "--yes", waiting, code=2).stderr


def test_why(ff: Any, batch: int, waiting: int) -> None:
    told = ff("why", batch)
    assert told.stdout == f"Job {batch} is over: failed.\n"
    assert f"what helps: farmfutures retry {batch}" in told.stderr
    assert json.loads(ff("why", "--json", waiting).stdout)["kind"] in ("running", "starting", "next")
