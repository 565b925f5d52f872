"""One suite over every engine: each test runs on each of them, or is skipped with the reason."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Executor, Farm, available_engines
from farmfutures.engines.report import Feature, Report

from ..spool import processes

ROOT = Path(__file__).resolve().parents[2]
LIMIT_S = 60.0
"""So long is waited for anything: machines that run tests are busy."""

QUICK = {
    "SPOOL_POLL_S": "0.05", "SPOOL_POLL_MOST_S": "0.2", "ENGINE_POLL_S": "0.2", "SPOOL_DELAY_S": "0.5", "CHUNK_SHARE": "0.5",
    "INTERPRETER_IDLE_S": "2",
}  # fmt: skip
"""Nothing here comes over a network, so that nobody needs to wait for one."""


@dataclass(frozen=True, slots=True)
class Site:
    """An engine that is there.

    Attributes:
        name: The engine's name.
        folder: Where it keeps everything: the state folder, or the shared one.
        environ: What leads to it.
        report: What it can do.
    """

    name: str
    folder: Path
    environ: Mapping[str, str]
    report: Report

    def must(self, *features: Feature) -> None:
        """Skips a test of what the engine says that it can't do."""
        for feature in features:
            support = self.report.get(feature)
            if not support.can:
                pytest.skip(f"{self.name} has no {feature.value!r}: {support.how}")

    def apply(self, patch: pytest.MonkeyPatch) -> None:
        """Has executors of this process, and processes that it starts, use it."""
        for name, value in self.environ.items():
            patch.setenv(name, value)


@contextlib.contextmanager
def _local(request: pytest.FixtureRequest, folder: Path) -> Iterator[dict[str, str]]:
    environ = {"FARMFUTURES_STATE": str(folder), "FARMFUTURES_SLOTS": "2"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**environ, "TMPDIR": str(folder.parent)}.items():
            patch.setenv(name, value)
        with Farm("local") as farm:
            farm.jobs()
    try:
        yield environ
    finally:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("FARMFUTURES_STATE", str(folder))
            with Farm("local") as farm:
                farm.stop_broker(timeout_s=LIMIT_S)


@contextlib.contextmanager
def _processes(request: pytest.FixtureRequest, folder: Path) -> Iterator[dict[str, str]]:
    """A third party's engine, found by its entry point; there is one wherever tests run."""
    if not request.config.getoption("--full"):
        pytest.skip("an engine of plain processes, with --full; tests/spool has its own tests of it")
    plugin = folder.parent / "plugin"
    about = plugin / "ff_processes-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: ff-processes\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[farmfutures.engines]\nprocesses = tests.spool.processes:engine\n")
    farm = processes.Farm(2, folder.parent / "farm.log")
    door = processes.Door(farm, str(folder.parent / "door"))
    path = os.pathsep.join([str(plugin), str(ROOT)])
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(plugin))
            yield {"FARMFUTURES_SPOOL": str(folder), processes.ADDRESS: door.address, "PYTHONPATH": path}
    finally:
        farm.close()
        door.close()


@contextlib.contextmanager
def _slurm(request: pytest.FixtureRequest, folder: Path) -> Iterator[dict[str, str]]:
    cluster = request.getfixturevalue("slurm_cluster")
    try:
        yield {"FARMFUTURES_SPOOL": str(folder), "SLURM_CONF": str(cluster.conf)}
    finally:
        cluster.cancel_all()
        cluster.wait_until_idle()


@contextlib.contextmanager
def _dask(request: pytest.FixtureRequest, folder: Path) -> Iterator[dict[str, str]]:
    cluster = request.getfixturevalue("dask_cluster")
    yield {"FARMFUTURES_SPOOL": str(folder), **cluster.environ}


@contextlib.contextmanager
def _openjd(request: pytest.FixtureRequest, folder: Path) -> Iterator[dict[str, str]]:
    pytest.importorskip("openjd.sessions", reason="it needs its runtime: pip install 'farmfutures[openjd]'")
    yield {"FARMFUTURES_SPOOL": str(folder)}


ENGINES: Mapping[str, Any] = {
    "local": _local, "processes": _processes, "slurm": _slurm, "dask": _dask, "openjd": _openjd,
}  # fmt: skip


@pytest.fixture(scope="module", params=ENGINES)
def site(request: pytest.FixtureRequest, temp_root: Path) -> Iterator[Site]:
    """An engine, for all tests of a module."""
    name = request.param
    root = Path(tempfile.mkdtemp(prefix="c", dir=temp_root))
    folder = root / "s"
    folder.mkdir(mode=0o700)
    with ENGINES[name](request, folder) as environ:
        shared = {f"FARMFUTURES_{key}": value for key, value in QUICK.items()}
        own = {**shared, "FARMFUTURES_ENGINE": name, "FARMFUTURES_SETTINGS": str(root / "none.toml"), **environ}
        with pytest.MonkeyPatch.context() as patch:
            for variable, value in own.items():
                patch.setenv(variable, value)
            engines = available_engines()
            if name not in engines.reports:
                pytest.skip(f"the engine {name} is not there: {engines.problems.get(name, 'nobody has made it yet')}")
            yield Site(name, folder, own, engines.reports[name])
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(autouse=True)
def engine(site: Site, own_temp: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Has the test use it."""
    site.apply(monkeypatch)
    return site.name


KEPT = {
    # Its client keeps the lines that it has opened, and its workers keep interpreters warm.
    "dask": (" of socket:", "farmfutures.engines.dask.serve", "farmfutures.worker.supervisor", "farmfutures.worker.child"),
    # What a call has started ends with its interpreter: the host of a job that a call submitted, too, without a goodbye.
    "openjd": ("/farmfutures-",),
}


@pytest.fixture
def lasting(site: Site) -> tuple[str, ...]:
    """What is there for as long as a module's executor is open, and its cluster."""
    return KEPT.get(site.name, ())


@pytest.fixture(scope="module")
def executor(site: Site) -> Iterator[Executor]:
    """An executor that all tests of a module share, so that nothing is connected anew each time."""
    executor = Executor()
    # Whatever an engine keeps for as long as it is open (threads, a connection) is there before a test looks.
    assert executor.submit(abs, -1).result(LIMIT_S) == 1
    yield executor
    executor.shutdown(wait=False)
    executor._finalizer()


@pytest.fixture(scope="module")
def farm(executor: Executor) -> Iterator[Farm]:
    with Farm() as farm:
        yield farm


def until(condition: Callable[[], object], what: str = "it") -> None:
    deadline = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come to be in {LIMIT_S:g} s"
        time.sleep(0.02)


def lines(path: Path) -> list[int]:
    """What tasks noted, in order."""
    return [int(line.split()[0]) for line in path.read_text().splitlines()] if path.exists() else []


def pids(path: Path) -> dict[int, int]:
    """The process that ran each task last."""
    rows = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return {int(row[0]): int(row[1]) for row in rows}


def python(code: str, *arguments: str, **how: Any) -> Any:
    """Runs Python in a process of its own."""
    import subprocess

    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "scripts"), str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, **how,
    )  # fmt: skip
