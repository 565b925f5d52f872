"""The engine in the page of engines is whole: installed as a third party's, it runs jobs."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures import Executor, Farm, available_engines
from farmfutures.checkup import Verdict, examine_engine
from farmfutures.engines.probe import probe
from farmfutures.errors import OptionError, RefusedError
from farmfutures.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "engines.md"

pytestmark = [pytest.mark.timeout(90), pytest.mark.skipif(sys.platform == "win32", reason="it starts processes by sh")]


@pytest.fixture(autouse=True)
def engine(plug: Any, tmp_path: Path, own_temp: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    block = re.search(r"<!-- launcher -->\n```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    plug("my_farm", block[1], nice="engine")
    (tmp_path / "shared").mkdir()
    for name, value in {"SPOOL": tmp_path / "shared", "ENGINE": "nice", "SPOOL_POLL_S": 0.05}.items():
        monkeypatch.setenv(f"FARMFUTURES_{name}", str(value))
    yield
    _until_gone(tmp_path)


def _until_gone(folder: Path) -> None:
    """Its processes say goodbye to their interpreters after the last outcome."""
    deadline = time.monotonic() + 20
    while any(str(folder) in " ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_is_there_and_says_what_it_can_do() -> None:
    report = available_engines().reports["nice"]
    assert report.supports("retry")  # What all engines with a shared folder can.
    assert not report.supports("priority")
    assert report.options == {"nice_by": "how nice the processes are, 0 to 19"}


def test_it_runs_jobs() -> None:
    with Executor(chunk=3, nice_by=5) as executor:
        assert list(executor.map(pow, range(5), [2] * 5)) == [0, 1, 4, 9, 16]
        assert executor.submit("os:nice", 0).result(25) >= 5
        with pytest.raises(OptionError, match="nice_by=30: give a whole number from 0 to 19"):
            executor.submit_ext(abs, [1], nice_by=30)
        with pytest.raises(RefusedError, match="the nice engine can't honour priority=60: all chunks start at once"):
            executor.submit_ext(abs, [1], priority=60)
    with Farm() as farm:
        assert {job.engine for job in farm.jobs()} == {"nice"}


def test_it_is_well() -> None:
    findings = [*examine_engine("nice", Settings.load()), *probe("nice", 25)]
    assert [found.what for found in findings if found.verdict is Verdict.OK] == [
        "shared folder", "nice", "a call", "worker's folder",
    ]  # fmt: skip
