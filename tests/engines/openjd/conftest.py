"""An engine of Open Job Description with a shared folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import farmfutures
from farmfutures.call import pack_call
from farmfutures.job import JobSpec, Launch, WorkSpec
from farmfutures.spool import orders, package
from farmfutures.spool.layout import JobFolder, Spool

pytest.importorskip("openjd.sessions", reason="pip install 'farmfutures[openjd]'")


@pytest.fixture
def spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shared folder, named by the settings."""
    root = tmp_path / "shared"
    root.mkdir()
    for name, value in {
        "SPOOL": root,
        "ENGINE": "openjd",
        "SPOOL_POLL_S": 0.05,
        "ENGINE_POLL_S": 0.2,
        "SLOTS": 2,
        "SPOOL_DELAY_S": 1,
    }.items():
        monkeypatch.setenv(f"FARMFUTURES_{name}", str(value))
    return root


@pytest.fixture
def executor(spool: Path) -> Iterator[farmfutures.Executor]:
    executor = farmfutures.Executor(cpus=1)
    yield executor
    executor.shutdown(wait=False)


@pytest.fixture(autouse=True)
def nothing_goes_on(spool: Path) -> Iterator[None]:
    """A test that failed half way leaves no job that waits for ever."""
    yield
    with farmfutures.Farm() as farm:
        for job in farm.jobs():
            if not job.state.done:
                farm.kill(job.id)


@pytest.fixture
def farm(spool: Path) -> Iterator[farmfutures.Farm]:
    with farmfutures.Farm() as farm:
        yield farm


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    """A job of six items, the third of which fails, with an order of two chunks; nobody runs it."""
    (tmp_path / "hand").mkdir()
    spool = Spool(tmp_path / "hand", "ann").create()
    seal, folder = spool.seal(), spool.new_job()
    works = [WorkSpec(pack_call(divmod, (100, number - 2), {}), str(number + 1)) for number in range(6)]
    spec = JobSpec(Launch((sys.executable,), sys_path=tuple(sys.path)))
    package.write(
        folder, seal, spec, "by hand", works, limits={"spool_poll_s": 0.05, "spool_delay_s": 1.0, "inline_limit_bytes": 4096}
    )
    orders.intend(folder, seal, "openjd", ["0-3", "4,5"], 0)
    return folder
