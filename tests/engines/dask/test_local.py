"""The small cluster for trying: it is there without any set-up, and gone with its process."""

from __future__ import annotations

import sys
from collections.abc import Callable

import psutil
import pytest

from farmfutures.engines.dask.launcher import DaskLauncher
from farmfutures.engines.spool.launcher import ChunkState, Order
from farmfutures.settings import Settings

from .conftest import file_of, until_over, until_states

TOUCH = "import sys; open(sys.argv[1], 'w').close()"


def test_chunks_run_and_nothing_is_left(order: Callable[..., Order]) -> None:
    launcher = DaskLauncher(Settings(dask_scheduler="local"))
    made = order([TOUCH] * 3)
    assert {stand.state for stand in until_over(launcher, launcher.launch(made))} == {ChunkState.OVER}
    assert all(file_of(made, chunk).exists() for chunk in range(3))
    listening = [one.laddr for one in psutil.Process().net_connections() if one.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening} <= {"127.0.0.1"}
    launcher.close()


def test_what_runs_ends_with_it(order: Callable[..., Order]) -> None:
    launcher = DaskLauncher(Settings(dask_scheduler="local"))
    handle = launcher.launch(order(["import time; time.sleep(600)"]))
    until_states(launcher, handle, ChunkState.RUNNING)
    launcher.close()  # The fixture that looks for leaks finds whatever goes on.


def test_dask_is_not_imported_before_it_is_asked() -> None:
    import subprocess

    code = (
        "import sys; from farmfutures.settings import Settings; from farmfutures.engines.dask.launcher import DaskLauncher\n"
        "launcher = DaskLauncher(Settings(dask_scheduler='local')); launcher.report(); launcher.close()\n"
        "print(sorted({'distributed', 'dask', 'tornado'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("times", [3])
def test_it_can_be_opened_again(times: int, order: Callable[..., Order]) -> None:
    launcher = DaskLauncher(Settings(dask_scheduler="local"))
    for _ in range(times):
        assert launcher.find("ff-1-0-a") is None
        launcher.close()
