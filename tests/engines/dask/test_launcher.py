"""The launcher against a real cluster: what Dask makes of chunks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures.engines.dask.launcher import DaskLauncher, Handle
from farmfutures.engines.spool.launcher import ChunkState, Order
from farmfutures.errors import OptionError
from farmfutures.job import JobSpec, Launch
from farmfutures.settings import Settings

from ...dask_cluster import DaskCluster
from .conftest import file_of, stands, states, until, until_over, until_states

WAITING, RUNNING, OVER, CANCELLED, LOST = (
    ChunkState.WAITING, ChunkState.RUNNING, ChunkState.OVER, ChunkState.CANCELLED, ChunkState.LOST,
)  # fmt: skip
NOTE = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getpid()} {os.environ[\"MARK\"]}\\n')"
"""A chunk that says that it ran."""

PARENT = "import os, sys; open(sys.argv[1], 'a').write(f'{os.getppid()}\\n')"
"""One that says which worker started it."""

SIT = f"{NOTE}; import time; time.sleep(600)"
"""One that says so and stays."""

FAIL = f"{NOTE}; sys.exit(3)"
UNTIL_GONE = "import os, sys, time\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.02)"
"""One that stays until its file is there."""

Make = Callable[..., Order]


def lines(order: Order, chunk: int) -> list[str]:
    path = file_of(order, chunk)
    return path.read_text().splitlines() if path.exists() else []


def pid(order: Order, chunk: int) -> int:
    return int(until(lambda: lines(order, chunk), "a start")[0].split()[0])


def test_each_chunk_runs_once_with_its_variables(launcher: DaskLauncher, order: Make) -> None:
    made = order([NOTE] * 9)
    handle = launcher.launch(made)
    assert {stand.state for stand in until_over(launcher, handle)} == {OVER}
    assert [len(lines(made, chunk)) for chunk in range(9)] == [1] * 9
    assert {line.split()[1] for chunk in range(9) for line in lines(made, chunk)} == {"1"}


def test_a_chunk_that_runs_says_where(launcher: DaskLauncher, order: Make) -> None:
    import socket

    handle = launcher.launch(order([SIT]))
    until_states(launcher, handle, RUNNING)
    assert stands(launcher, handle)[0].where == socket.gethostname()
    launcher.cancel(handle, None, running=True)


def test_cancel_takes_away_what_waits_and_lets_the_rest_run(launcher: DaskLauncher, order: Make) -> None:
    made = order([UNTIL_GONE] * 4, cpus=1)
    handle = launcher.launch(made)
    until_states(launcher, handle, RUNNING, WAITING, WAITING, WAITING)
    launcher.cancel(handle, [0, 2], running=False)
    until_states(launcher, handle, RUNNING, WAITING, CANCELLED, WAITING)
    for chunk in range(4):
        file_of(made, chunk).touch()
    assert [stand.state for stand in until_over(launcher, handle)] == [OVER, OVER, CANCELLED, OVER]


def test_cancel_ends_what_runs_with_all_that_it_started(launcher: DaskLauncher, order: Make) -> None:
    child = "import subprocess; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    made = order([SIT.replace("; import time", f"; {child}; import time")])
    handle = launcher.launch(made)
    tree = until(lambda: psutil.Process(pid(made, 0)).children(), "a child")
    launcher.cancel(handle, None, running=True)
    assert states(launcher, handle) == [CANCELLED]
    _, alive = psutil.wait_procs([*tree], 5)
    assert alive == []
    assert not psutil.pid_exists(pid(made, 0))


def test_what_is_cancelled_on_the_scheduler_is_cancelled_and_asked_to_stop(launcher: DaskLauncher, order: Make) -> None:
    from distributed import Future

    async def cancel(client: Any) -> None:
        await client.cancel([Future(f"farmfutures-{made.token}-0", client)], force=True)

    made = order([SIT])
    handle = launcher.launch(made)
    running = pid(made, 0)
    launcher.link.call(cancel)
    until_states(launcher, handle, CANCELLED)
    assert "on the scheduler" in stands(launcher, handle)[0].why
    until(lambda: not psutil.pid_exists(running), "the end of its process")


def test_no_more_than_cpus_run_at_once_and_an_end_of_any_kind_lets_the_next_one_start(
    launcher: DaskLauncher, order: Make
) -> None:
    made = order([SIT, FAIL, NOTE, NOTE], cpus=1, options={"dask_retries": 0})
    handle = launcher.launch(made)
    until_states(launcher, handle, RUNNING, WAITING, WAITING, WAITING)
    assert "cpus" in stands(launcher, handle)[1].why
    launcher.cancel(handle, [0], running=True)
    assert [stand.state for stand in until_over(launcher, handle)] == [CANCELLED, OVER, OVER, OVER]


def test_cpus_counts_for_all_orders_of_a_job(launcher: DaskLauncher, order: Make) -> None:
    first, second = order([UNTIL_GONE], cpus=1), order([NOTE], cpus=1)
    handle, other = launcher.launch(first), launcher.launch(second)
    until_states(launcher, handle, RUNNING)
    assert states(launcher, other) == [WAITING]
    file_of(first, 0).touch()
    until_over(launcher, handle)
    until_over(launcher, other)


def test_a_paused_job_starts_when_it_is_let_go(launcher: DaskLauncher, order: Make) -> None:
    made = order([NOTE, NOTE], held=True)
    handle = launcher.launch(made)
    assert stands(launcher, handle)[0].why == "the job is paused"
    beside = order([NOTE])
    until_over(launcher, launcher.launch(beside))  # Another job's chunks go on meanwhile.
    assert states(launcher, handle) == [WAITING, WAITING]
    launcher.hold(handle, False)
    until_over(launcher, handle)
    assert [len(lines(made, chunk)) for chunk in range(2)] == [1, 1]


def test_hold_lets_run_what_runs(launcher: DaskLauncher, order: Make) -> None:
    made = order([UNTIL_GONE] * 5)
    handle = launcher.launch(made)
    until(lambda: states(launcher, handle).count(RUNNING) == 2)
    launcher.hold(handle, True)
    for chunk in range(5):
        file_of(made, chunk).touch()
    until(lambda: states(launcher, handle).count(OVER) == 2)
    assert states(launcher, handle).count(WAITING) == 3
    launcher.cancel(handle, None, running=True)


def test_the_priority_of_what_waits_can_be_changed(launcher: DaskLauncher, order: Make, tmp_path: Path) -> None:
    log = tmp_path / "log"
    tell = f"open({str(log)!r}, 'a').write(sys.argv[1] + chr(10))"
    gate = order([UNTIL_GONE], options={"dask_workers": "one"})
    gate_handle = launcher.launch(gate)
    until_states(launcher, gate_handle, RUNNING)
    low = order([f"import sys; {tell}"], options={"dask_workers": "one"}, priority=20)
    high = order([f"import sys; {tell}"], options={"dask_workers": "one"}, priority=10)
    handles = [launcher.launch(low), launcher.launch(high)]
    launcher.set_priority(handles[1], 90)
    file_of(gate, 0).touch()
    for handle in handles:
        until_over(launcher, handle)
    assert log.read_text().split() == [str(file_of(high, 0)), str(file_of(low, 0))]


def test_requirements_are_resources_of_workers(launcher: DaskLauncher, dask_cluster: DaskCluster, order: Make) -> None:
    made = order([PARENT] * 3, requirements="maya2026=1")
    until_over(launcher, launcher.launch(made))
    assert [lines(made, chunk) for chunk in range(3)] == [[f"{dask_cluster.workers['one'].pid}"]] * 3


def test_requirements_that_no_worker_has_are_waited_for_and_named(launcher: DaskLauncher, order: Make) -> None:
    handle = launcher.launch(order([NOTE], requirements="houdini=2"))
    assert stands(launcher, handle)[0].state is WAITING
    assert stands(launcher, handle)[0].why == "there is no worker with houdini=2"
    launcher.cancel(handle, None, running=False)


def test_a_chunk_that_fails_is_tried_on_another_worker_and_then_over(launcher: DaskLauncher, order: Make) -> None:
    made = order([f"{PARENT}; sys.exit(3)"], options={"dask_retries": 1})
    handle = launcher.launch(made)
    (stand,) = until_over(launcher, handle)
    assert stand.state is OVER
    assert "exited with code 3" in stand.why
    assert len(set(lines(made, 0))) == len(lines(made, 0)) == 2, "both runs were on the same worker"


def test_a_python_that_is_not_there_on_workers_is_named(launcher: DaskLauncher, order: Make) -> None:
    made = replace(order([NOTE]), commands=[("/no/python", "-m", "farmfutures.worker", "/j", "--items", "0")])
    (stand,) = until_over(launcher, launcher.launch(made))
    assert stand.state is OVER
    assert "its Python /no/python can't be started (No such file or directory)" in stand.why


def test_an_order_is_found_by_its_token(launcher: DaskLauncher, order: Make) -> None:
    made = order([NOTE])
    handle = launcher.launch(made)
    assert launcher.find(made.token) == handle
    assert launcher.find("ff-0-0-never") is None


def test_chunks_outlive_the_client_that_launched_them(
    launcher: DaskLauncher, dask_cluster: DaskCluster, order: Make, tmp_path: Path
) -> None:  # fmt: skip
    made = order([UNTIL_GONE] * 3, cpus=1)
    about = {**asdict(made), "spec": None}
    code = (
        "import os; from farmfutures.settings import Settings; from farmfutures.job import JobSpec, Launch\n"
        "from farmfutures.engines.dask.launcher import DaskLauncher; from farmfutures.engines.spool.launcher import Order\n"
        f"about = {about!r}; about['spec'] = JobSpec(Launch(('python',)), cpus=1)\n"
        "DaskLauncher(Settings.load()).launch(Order(**about)); os._exit(9)"
    )
    environ = {**os.environ, **dask_cluster.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environ, check=False).returncode == 9
    handle = launcher.find(made.token)
    assert handle is not None
    for chunk in range(3):
        file_of(made, chunk).touch()
    assert {stand.state for stand in until_over(launcher, handle)} == {OVER}


def test_orders_of_another_scheduler_are_not_known_and_those_of_one_that_was_here_are_lost(launcher: DaskLauncher) -> None:
    address = launcher.settings.dask_scheduler
    elsewhere, gone = str(Handle("tls://other:8786", "S", 1, "ff-1-0-a")), str(Handle(address, "S", 2, "ff-2-0-b"))
    found = launcher.look([elsewhere, gone])
    assert [stand.state for stand in found[elsewhere].values()] == [ChunkState.UNKNOWN]
    assert "tls://other:8786" in found[elsewhere][0].why
    assert [stand.state for stand in found[gone].values()] == [LOST, LOST]


def test_a_client_that_spells_the_address_in_another_way_knows_the_order(
    launcher: DaskLauncher, dask_cluster: DaskCluster, order: Make
) -> None:  # fmt: skip
    made = order([NOTE])
    handle = launcher.launch(made)
    other = DaskLauncher(replace(launcher.settings, dask_scheduler=f"tls://localhost:{dask_cluster.port}"))
    found = other.find(made.token)
    assert found is not None
    assert until_over(other, handle) == until_over(launcher, found)
    other.close()


def test_the_dashboard_is_where_people_are_led(launcher: DaskLauncher, order: Make) -> None:
    handle = launcher.launch(order([NOTE]))
    url = launcher.url(handle)
    assert url is not None
    assert url.startswith("http://127.0.0.1:")
    until_over(launcher, handle)


@pytest.mark.parametrize(
    ("options", "requirements", "named"),
    [
        ({"dask_workers": 3}, "", "dask_workers=3"),
        ({"dask_workers": ["a", 3]}, "", "dask_workers="),
        ({"dask_resources": "maya"}, "", "dask_resources='maya'"),
        ({"dask_resources": {"maya": 0}}, "", "dask_resources="),
        ({"dask_retries": -1}, "", "dask_retries=-1"),
        ({"dask_retries": True}, "", "dask_retries=True"),
        ({}, "maya2026 | arnold", "maya2026 | arnold"),
        ({}, "maya=0", "maya=0"),
    ],
)
def test_bad_options_are_refused_before_anything_is_written(options: dict[str, object], requirements: str, named: str) -> None:
    spec = JobSpec(Launch((sys.executable,)), requirements=requirements, engine_options=options)
    with pytest.raises(OptionError) as caught:
        DaskLauncher(Settings()).check(spec)
    assert named in str(caught.value)
