"""A job in a shared folder."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from farmfutures import Executor, Farm
from farmfutures.call import pack_call
from farmfutures.engines.spool.engine import SpoolEngine
from farmfutures.job import JobSpec, Launch, WorkSpec
from farmfutures.spool import package
from farmfutures.spool.layout import JobFolder, Spool
from farmfutures.spool.seal import Seal

from . import processes
from .paper import Actor, Paper

ROOT = Path(__file__).resolve().parents[2]

LIMITS = {"inline_limit_bytes": 4096}


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    root = tmp_path / "shared"
    root.mkdir()
    return Spool(root, "ann").create()


@pytest.fixture
def seal(spool: Spool) -> Seal:
    return spool.seal()


@pytest.fixture
def folder(spool: Spool) -> JobFolder:
    return spool.new_job()


@pytest.fixture
def works() -> list[WorkSpec]:
    calls = [pack_call(divmod, (number, 7), {}) for number in range(5)] + [pack_call(len, (b"x" * 5000,), {})]
    return [WorkSpec(call, f"frame {number:04d}") for number, call in enumerate(calls)]


@pytest.fixture
def spec() -> JobSpec:
    return JobSpec(Launch((sys.executable,), env={"SHOW": "comet"}, secrets={"RENDER_TOKEN": "canary-8d1f"}))


@pytest.fixture
def written(folder: JobFolder, seal: Seal, spec: JobSpec, works: list[WorkSpec]) -> package.Package:
    return package.write(folder, seal, spec, "comet: tail", works, path_rules=["P:/ <-> /mnt/p"], limits=LIMITS)


# --- with an engine


SPEED = {"SPOOL_POLL_S": "0.01", "SPOOL_POLL_MOST_S": "0.05", "ENGINE_POLL_S": "0.02", "SPOOL_DELAY_S": "0.15"}
"""Nothing here comes over a network, so that nobody needs to wait for one."""


@pytest.fixture
def shared_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shared folder of this test, in the settings."""
    root = tmp_path / "net"
    root.mkdir()
    monkeypatch.setenv("FARMFUTURES_SPOOL", str(root))
    for name, value in SPEED.items():
        monkeypatch.setenv(f"FARMFUTURES_{name}", value)
    return root


@pytest.fixture
def paper(shared_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Paper:
    """What executors and farms of this test use, by whatever name."""
    paper = Paper()
    monkeypatch.setattr("farmfutures.engines.engine.make", lambda name, settings: SpoolEngine(settings, paper))
    return paper


@pytest.fixture
def executor(paper: Paper) -> Iterator[Executor]:
    executor = Executor(engine="paper")
    yield executor
    executor.shutdown(wait=False)
    executor._finalizer()


@pytest.fixture
def farm(paper: Paper) -> Iterator[Farm]:
    with Farm("paper") as farm:
        yield farm


@pytest.fixture
def engine(executor: Executor) -> SpoolEngine:
    """The engine of the executor."""
    assert isinstance(executor._engine, SpoolEngine)
    return executor._engine


@pytest.fixture
def act(engine: SpoolEngine) -> Callable[..., Actor]:
    """Makes a runner of a job's items that has started."""
    return lambda job, items, **about: Actor(engine.spool.job(job), engine.seal, items).start(**about)


# --- with real processes


@pytest.fixture
def works_farm(
    shared_folder: Path, own_temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[processes.Farm]:  # fmt: skip
    """A farm that starts real runners, two at once; ``engine="processes"`` names it, here and in processes of this test."""
    if sys.platform == "win32":
        pytest.skip("this engine speaks over unix sockets")
    farm = processes.Farm(2, tmp_path / "farm.log")
    door = processes.Door(farm, str(own_temp / "door"))
    plugin = tmp_path / "plugin"
    about = plugin / "ff_processes-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: ff-processes\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[farmfutures.engines]\nprocesses = tests.spool.processes:engine\n")
    monkeypatch.syspath_prepend(str(plugin))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(plugin), str(ROOT)]))
    monkeypatch.setenv(processes.ADDRESS, door.address)
    yield farm
    farm.close()
    door.close()
    for left in own_temp.glob("farmfutures-*") if farm.killed else ():
        shutil.rmtree(left)


@pytest.fixture
def real(works_farm: processes.Farm) -> Iterator[Executor]:
    """An executor of that farm."""
    executor = Executor(engine="processes")
    yield executor
    executor.shutdown(wait=False)
    executor._finalizer()


@pytest.fixture
def real_farm(works_farm: processes.Farm) -> Iterator[Farm]:
    with Farm("processes") as farm:
        yield farm
