"""What several measures need."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from .. import work
from ..model import WORKERS, Peer, Sizes

_SAMPLE_S = 0.005


def warm(peer: Peer) -> None:
    """Starts a peer, and sees to it that all its workers are there."""
    peer.start(WORKERS)
    for pending in [peer.submit(work.nap, 0.2) for _ in range(2 * WORKERS)]:  # Long enough that nobody gets all of them.
        pending.result()
    for pending in [peer.submit(work.noop) for _ in range(100)]:
        pending.result()


def calls(peer: Peer, sizes: Sizes) -> int:
    """Returns how many calls to measure a peer with."""
    return sizes["calls"] // 10 if peer.slow else sizes["calls"]


def percentile(figures: Iterable[float], part: float) -> float:
    """Returns the figure below which a part of them is, 0.99 for p99."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def memory(pids: Iterable[int]) -> int:
    """Returns the resident memory of processes, in bytes."""
    return sum(psutil.Process(pid).memory_info().rss for pid in pids)


@contextmanager
def peak_memory(pids: list[int]) -> Iterator[list[int]]:
    """Watches the resident memory of processes; the list holds the largest growth, in bytes, afterwards."""
    before, growth, done = memory(pids), [0], threading.Event()

    def watch() -> None:
        while not done.wait(_SAMPLE_S):
            growth[0] = max(growth[0], memory(pids) - before)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield growth
    finally:
        done.set()
        thread.join()


def cpu_s(pids: Iterable[int]) -> float:
    """Returns the processor time that processes have used, in seconds.

    On Linux in nanoseconds from ``/proc/PID/task/TID/schedstat`` (Documentation/scheduler/sched-stats.rst), because the
    usual counters have a resolution of 10 ms, half of what 20 s at 0.1 % are.
    """
    return sum(_cpu_s(pid) for pid in pids)


def _cpu_s(pid: int) -> float:
    if not psutil.pid_exists(pid):
        return 0.0  # A worker that left while we looked on.
    if sys.platform == "linux":
        threads = Path(f"/proc/{pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """The list holds the seconds that its block took, afterwards."""
    took, began = [0.0], time.perf_counter()
    yield took
    took[0] = time.perf_counter() - began
