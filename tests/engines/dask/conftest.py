"""A real scheduler and workers with mutual TLS, for all tests in here."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from farmfutures.engines.spool.launcher import ChunkState, Order, Stand
from farmfutures.job import JobSpec, Launch
from farmfutures.settings import Settings

from ...dask_cluster import DaskCluster

pytest.importorskip("distributed", reason="it needs Dask: pip install 'farmfutures[dask]'")

from farmfutures.engines.dask.launcher import DaskLauncher

LIMIT_S = 40.0
_tokens = itertools.count()


@pytest.fixture(scope="session", autouse=True)
def offload(dask_thread: None) -> None:
    """Scheduler and workers of ``local`` live in this process, too."""


@pytest.fixture
def launcher(dask_cluster: DaskCluster) -> Iterator[DaskLauncher]:
    made = DaskLauncher(Settings.load(dask_cluster.environ))
    yield made
    made.close()


@pytest.fixture
def own_cluster(own_temp: Path) -> Iterator[DaskCluster]:
    """A scheduler of the test's own, without workers so far."""
    made = DaskCluster(own_temp / "dask")
    try:
        made.start_scheduler()
        yield made
    finally:
        made.close()


@pytest.fixture
def order(tmp_path: Path) -> Callable[..., Order]:
    """Makes orders of Python scripts; each finds the path of a file of its own in ``sys.argv[1]``."""

    def make(scripts: Sequence[str], *, held: bool = False, **spec: Any) -> Order:
        number = next(_tokens)
        commands = [(sys.executable, "-c", text, str(tmp_path / f"{number}.{place}")) for place, text in enumerate(scripts)]
        made = JobSpec(Launch((sys.executable,)), engine_options=spec.pop("options", {}), **spec)
        items = [str(place) for place in range(len(scripts))]
        return Order(number, "a job", f"ff-{number}-0-{id(made):x}", str(tmp_path), commands, items, {"MARK": "1"}, made, held)

    return make


def file_of(order: Order, chunk: int) -> Path:
    """The file of a chunk's script."""
    return Path(order.commands[chunk][3])


def until(question: Callable[[], Any], what: str = "it") -> Any:
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + LIMIT_S
    while not (answer := question()):
        assert time.monotonic() < deadline, f"{what} did not happen in {LIMIT_S:g} s"
        time.sleep(0.02)
    return answer


def stands(launcher: DaskLauncher, handle: str) -> list[Stand]:
    return list(launcher.look([handle])[handle].values())


def states(launcher: DaskLauncher, handle: str) -> list[ChunkState]:
    return [stand.state for stand in stands(launcher, handle)]


def until_states(launcher: DaskLauncher, handle: str, *wanted: ChunkState) -> None:
    until(lambda: states(launcher, handle) == list(wanted), f"{[state.value for state in wanted]}")


def until_over(launcher: DaskLauncher, handle: str) -> list[Stand]:
    """Waits until nothing waits and nothing runs."""
    busy = {ChunkState.WAITING, ChunkState.RUNNING}
    until(lambda: not busy.intersection(states(launcher, handle)), "the end")
    return stands(launcher, handle)
