"""Workers and schedulers that die."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from farmfutures.engines.dask import link
from farmfutures.engines.dask.launcher import DaskLauncher
from farmfutures.engines.spool.launcher import ChunkState, Order
from farmfutures.errors import EngineUnavailableError
from farmfutures.settings import Settings

from ...dask_cluster import DaskCluster
from .conftest import file_of, stands, states, until, until_over, until_states

WAITING, RUNNING, OVER, LOST = ChunkState.WAITING, ChunkState.RUNNING, ChunkState.OVER, ChunkState.LOST
NOTE = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getppid()} {os.getpid()}\\n')"
STOPPER = f"{NOTE}; import time\nwhile not os.path.exists(sys.argv[1] + '.go'): time.sleep(0.02)"
"""A chunk that notes which worker started it and itself, and stays until it may go."""

Make = Callable[..., Order]

pytestmark = pytest.mark.timeout(120)  # Schedulers and workers start, and the machine may be busy.


@pytest.fixture
def launcher(own_cluster: DaskCluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[DaskLauncher]:
    monkeypatch.setattr(link, "CONNECT_S", 1.0)
    made = DaskLauncher(Settings.load(own_cluster.environ))
    yield made
    made.close()


def starts(order: Order, chunk: int = 0) -> list[tuple[int, int]]:
    """Which worker started a chunk, and the chunk's own process; a pair each time."""
    path = file_of(order, chunk)
    found = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
    return [(int(worker), int(own)) for worker, own in found]


def go(order: Order) -> None:
    for chunk in range(len(order.commands)):
        Path(f"{file_of(order, chunk)}.go").touch()


def name_of(cluster: DaskCluster, pid: int) -> str:
    return next(name for name, process in cluster.workers.items() if process.pid == pid)


def test_what_a_dead_worker_ran_is_run_by_another_and_given_up_with_the_second_one(
    own_cluster: DaskCluster, launcher: DaskLauncher, order: Make
) -> None:  # fmt: skip
    for name in ("one", "two", "three"):
        own_cluster.start_worker(name)
    made = order([STOPPER, NOTE], cpus=1)
    handle = launcher.launch(made)
    ((worker, _),) = until(lambda: starts(made))
    own_cluster.kill(name_of(own_cluster, worker))
    _, (second, own) = until(lambda: found if len(found := starts(made)) == 2 else None, "a second start")
    assert second != worker
    until_states(launcher, handle, RUNNING, WAITING)
    own_cluster.kill(name_of(own_cluster, second))
    until(lambda: states(launcher, handle)[0] is LOST)
    assert "KilledWorker" in stands(launcher, handle)[0].why
    assert until_over(launcher, handle)[1].state is OVER, "the next chunk did not start"
    end_strays(made)


def end_strays(order: Order) -> None:
    """Ends plain command lines that outlived a worker that was killed; runners notice that, these scripts don't."""
    for _, own in starts(order):
        if psutil.pid_exists(own):
            psutil.Process(own).kill()


def test_a_worker_that_is_told_to_leave_hands_its_chunk_over(
    own_cluster: DaskCluster, launcher: DaskLauncher, order: Make
) -> None:  # fmt: skip
    own_cluster.start_worker("one")
    made = order([STOPPER])
    handle = launcher.launch(made)
    ((_, own),) = until(lambda: starts(made))
    own_cluster.start_worker("two")
    own_cluster.stop("one")
    assert not psutil.pid_exists(own)
    until(lambda: len(starts(made)) == 2, "a second start")
    go(made)
    assert [stand.state for stand in until_over(launcher, handle)] == [OVER]


def test_chunks_wait_for_the_first_worker(own_cluster: DaskCluster, launcher: DaskLauncher, order: Make) -> None:
    made = order([NOTE] * 3)
    handle = launcher.launch(made)
    assert {stand.why for stand in stands(launcher, handle)} == {"there is no worker"}
    own_cluster.start_worker("one")
    assert {stand.state for stand in until_over(launcher, handle)} == {OVER}


def test_a_scheduler_that_is_down_is_named_and_one_that_is_back_knows_nothing(
    own_cluster: DaskCluster, launcher: DaskLauncher, order: Make
) -> None:  # fmt: skip
    handle = launcher.launch(order([NOTE]))
    assert states(launcher, handle) == [WAITING]
    own_cluster.kill("scheduler")
    for attempt in (lambda: launcher.look([handle]), lambda: launcher.launch(order([NOTE])), lambda: launcher.find("ff-1")):
        with pytest.raises(EngineUnavailableError, match=f"127.0.0.1:{own_cluster.port}"):
            attempt()
    own_cluster.start_scheduler()
    assert states(launcher, handle) == [LOST]
    assert "started anew" in stands(launcher, handle)[0].why
    own_cluster.start_worker("one")
    assert until_over(launcher, launcher.launch(order([NOTE])))[0].state is OVER


def test_a_scheduler_that_hangs_does_not_hang_us(
    own_cluster: DaskCluster, launcher: DaskLauncher, order: Make, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    handle = launcher.launch(order([NOTE]))
    monkeypatch.setattr(link, "ANSWER_S", 1.0)
    assert own_cluster.scheduler is not None
    hung = psutil.Process(own_cluster.scheduler.pid)
    hung.suspend()
    try:
        began = time.monotonic()
        with pytest.raises(EngineUnavailableError):
            launcher.look([handle])
        assert time.monotonic() - began < 15
    finally:
        hung.resume()
    assert until(lambda: states(launcher, handle)) == [WAITING]


def test_what_is_held_back_waits_longer_than_the_scheduler_has_tasks_wait(own_temp: Path, order: Make) -> None:
    cluster = DaskCluster(own_temp / "dask", SCHEDULER__NO_WORKERS_TIMEOUT="0.6s")
    try:
        cluster.start_scheduler()
        cluster.start_worker("one")
        launcher = DaskLauncher(Settings.load(cluster.environ))
        held, hopeless = order([NOTE], held=True), order([NOTE], requirements="houdini=1")
        handles = [launcher.launch(held), launcher.launch(hopeless)]
        until_states(launcher, handles[1], LOST)  # Dask has looked.
        assert "no-workers-timeout" in stands(launcher, handles[1])[0].why
        again = launcher.launch(order([NOTE], requirements="houdini=1"))
        until_states(launcher, again, LOST)
        assert states(launcher, handles[0]) == [WAITING]
        launcher.hold(handles[0], False)
        assert until_over(launcher, handles[0])[0].state is OVER
        launcher.close()
    finally:
        cluster.close()


def test_restarted_workers_have_lost_what_they_ran(own_cluster: DaskCluster, launcher: DaskLauncher, order: Make) -> None:
    handle = launcher.launch(order([NOTE]))
    launcher.link.call(lambda client: client.restart(wait_for_workers=False))
    assert states(launcher, handle) == [LOST]
