"""N18: who submits, and who asks, on every engine: other processes, calls that submit, clients that die. R9, R10, R27."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, State
from farmfutures.engines.report import Feature
from farmfutures.errors import OptionError, RefusedError

from ..reliability.tasks import note
from .calls import again, variables
from .conftest import LIMIT_S, Site, lines, python

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
]

SUBMITS = """
import os, sys
import farmfutures
executor = farmfutures.Executor()
with executor.batch("of another process") as batch:
    batch.submit("tests.reliability.tasks:wait_for", sys.argv[1])
    for number in range(1, 5):
        batch.submit(lambda number=number: number * 7)
print(batch.job_id, flush=True)
"""

ENDS = {
    "dies": "os._exit(3)",
    "exception": "raise ValueError('its own')",
    "ends": "sys.exit(0)",
    "interrupted": "batch.futures[0].result()",
}


@pytest.mark.parametrize("end", ENDS)
def test_r9_r27_work_outlives_its_client_and_is_found_again(
    executor: Executor, farm: Farm, site: Site, tmp_path: Path, end: str
) -> None:
    site.must(Feature.ATTACH)
    gate = tmp_path / "gate"
    client = python(SUBMITS + ENDS[end], str(gate))
    job = int(client.stdout.readline())
    started = time.monotonic()
    _, errors = _interrupted(client) if end == "interrupted" else client.communicate(timeout=LIMIT_S)
    assert time.monotonic() - started < 20
    assert errors.count("Traceback") == (end in ("exception", "interrupted")) + errors.count("Exception ignored in")  # Its own.
    assert client.returncode == {"dies": 3, "exception": 1, "ends": 0, "interrupted": -signal.SIGINT}[end]
    gate.touch()
    assert [future.result(LIMIT_S) for future in executor.attach(job)] == [None, 7, 14, 21, 28]
    info = farm.job(job)
    assert (info.name, info.state) == ("of another process", State.COMPLETE)


def _interrupted(client: Any) -> tuple[str, str]:
    """Presses Ctrl-C, once more where Python lost the first: in a weak reference's callback it is printed only."""
    for _ in range(2):
        client.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return client.communicate(timeout=7)  # type: ignore[no-any-return]
    return client.communicate(timeout=LIMIT_S)  # type: ignore[no-any-return]


def test_another_process_sees_our_jobs(executor: Executor, site: Site, tmp_path: Path) -> None:
    site.must(Feature.ATTACH)
    with executor.batch("ours") as batch:
        for number in range(4):
            batch.submit(note, str(tmp_path / "ran"), number)
    code = "import sys, farmfutures\nwith farmfutures.Executor() as e: print([f.result(60) for f in e.attach(int(sys.argv[1]))])"
    out, errors = python(code, str(batch.job_id)).communicate(timeout=LIMIT_S)
    assert (out, errors) == ("[0, 1, 4, 9]\n", "")
    assert [future.result(LIMIT_S) for future in batch.futures] == [0, 1, 4, 9]
    assert lines(tmp_path / "ran") == [0, 1, 2, 3] or sorted(lines(tmp_path / "ran")) == [0, 1, 2, 3]


def test_calls_submit_to_the_engine_that_they_came_from(executor: Executor, farm: Farm, site: Site) -> None:
    future = executor.submit(again, 1)
    where = executor.submit_ext(variables, ["FARMFUTURES_ENGINE", "FARMFUTURES_LEVEL"])
    assert future.result(LIMIT_S) == [1, 0]
    engine, level = where.result(LIMIT_S)
    assert (engine or "local", level) == (site.name, "1")
    names = [job.name for job in farm.jobs(10)]
    assert names.count("FarmFutures: tests.conformance.calls.again") == 2


def test_secrets_are_seen_by_calls_and_by_nobody_else(executor: Executor, site: Site) -> None:
    site.must(Feature.SECRETS)
    canary = "canary-5f17-" + site.name
    with executor.batch("secret", secret_env={"SHOT_TOKEN": canary}) as batch:
        batch.submit("builtins:eval", "len(__import__('os').environ['SHOT_TOKEN'])")
        batch.submit("time:sleep", 0.3)
    held = _holding(site.folder, canary)
    assert batch.futures[0].result(LIMIT_S) == len(canary)
    held |= _holding(site.folder, canary)
    assert all("secrets" in path.parts for path in held)
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert canary not in listing
    assert batch.futures[1].result(LIMIT_S) is None


def _holding(folder: Path, text: str) -> set[Path]:
    found = set()
    for path in folder.rglob("*"):
        try:
            if path.is_file() and text.encode() in path.read_bytes():
                assert path.stat().st_mode & 0o077 == 0
                found.add(path)
        except FileNotFoundError:
            continue
    return found


OPTIONS: dict[Feature, dict[str, Any]] = {
    Feature.REQUIREMENTS: {"requirements": "no such thing"}, Feature.GROUPS: {"groups": ["nobody"]},
    Feature.ATTACHED: {"detached": False}, Feature.CHUNK: {"chunk": 3}, Feature.CPUS: {"cpus": 2},
}  # fmt: skip


def test_what_an_engine_can_not_honour_is_refused_at_submit(executor: Executor, farm: Farm, site: Site) -> None:
    before = [job.id for job in farm.jobs(1)]
    lacking = [feature for feature in OPTIONS if not site.report.supports(feature)]
    for feature in lacking:
        with pytest.raises(RefusedError, match=rf"{site.name} engine can't honour {feature.value.partition('=')[0]}"):
            executor.submit_ext(abs, [1], **OPTIONS[feature])
    foreign: dict[str, Any] = {"dask_workers" if site.name != "dask" else "slurm_partition": "one"}
    with pytest.raises(OptionError, match="is an option of the"):
        executor.submit_ext(abs, [1], **foreign)
    with pytest.raises(OptionError, match="Did you mean 'priority'"):
        executor.submit_ext(abs, [1], priorty=3)
    assert [job.id for job in farm.jobs(1)] == before


def test_r10_a_chunk_that_is_started_twice_runs_once(executor: Executor, site: Site, tmp_path: Path) -> None:
    if site.name == "local":
        pytest.skip("no command lines; what its broker is told twice is tested in tests/reliability")
    with executor.batch("twice") as batch:
        for number in range(4):
            batch.submit(note, str(tmp_path / "ran"), number)
    assert [future.result(LIMIT_S) for future in batch.futures] == [0, 1, 4, 9]
    folder = next(site.folder.glob(f"*/jobs/{batch.job_id}"))
    for text in ("0-3", "0-1", "2,3"):
        command = [sys.executable, "-m", "farmfutures.worker", str(folder), "--items", text]
        assert subprocess.run(command, capture_output=True, check=False, timeout=LIMIT_S).returncode == 0
    assert sorted(lines(tmp_path / "ran")) == [0, 1, 2, 3]
    assert [future.result(LIMIT_S) for future in executor.attach(batch.job_id)] == [0, 1, 4, 9]
