"""What Dask runs for a chunk, in a thread of the worker. Nothing of the job is loaded there: a process of its own does that."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from distributed import Reschedule, get_worker

from ..spool.launcher import ChunkState
from .desk import TOPIC
from .station import Station

if TYPE_CHECKING:
    from distributed import Worker

STOPPED = os.EX_TEMPFAIL if hasattr(os, "EX_TEMPFAIL") else 75
"""A runner's exit code where some of its items are left because it was asked to stop."""


class ChunkFailedError(Exception):
    """A chunk's command line came to no proper end on this worker; Dask starts it on another one, as often as it may."""


def run(command: Sequence[str], key: str, env: Mapping[str, str], idle_s: float) -> int:
    """Runs a chunk's command line and returns its exit code.

    Args:
        command: The command line.
        key: Dask's name of the task.
        env: Variables that it needs.
        idle_s: An interpreter without work leaves after so many seconds.

    Raises:
        ChunkFailedError: It did not end as a runner does.
        Reschedule: The worker leaves: another one is to go on.
    """
    worker = get_worker()
    station = Station.of(worker)
    worker.log_event(TOPIC, {"key": key, "host": station.host, "state": ChunkState.RUNNING.value})
    code, words = station.run(key, command, {**way_back(worker), **env}, idle_s)
    if station.closing:
        raise Reschedule
    if code not in (0, STOPPED):
        raise ChunkFailedError(f"{words} on {station.host}, worker {worker.name}")
    return code


def way_back(worker: Worker) -> dict[str, str]:
    """Returns settings by which calls submit to the cluster that they run on, with the worker's own certificate."""
    address = worker.scheduler.address
    if not address.startswith(("tls://", "tcp://")):
        return {}  # A small cluster within its client: nobody else reaches it.
    tls: Any = worker.security
    files = {"CA": tls.tls_ca_file, "CERT": tls.tls_worker_cert, "KEY": tls.tls_worker_key}
    given = {f"FARMFUTURES_DASK_TLS_{name}": os.path.abspath(path) for name, path in files.items() if _is_file(path)}
    return {"FARMFUTURES_DASK_SCHEDULER": address, **given}


def _is_file(path: str | None) -> bool:
    """Whether Dask was given a file: it takes the text of a certificate, too."""
    return bool(path) and "\n" not in str(path)
