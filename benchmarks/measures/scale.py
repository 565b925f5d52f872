"""A long queue: what it does to the rate, to the broker's memory, to pages and to a start."""

from __future__ import annotations

import itertools
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import work
from ..model import WORKERS, Measure, Metric, Sizes, Values
from ..peers.us import Us
from . import tools

if TYPE_CHECKING:
    import farmfutures

_JOB = 50_000
"""Work items of a large job; a tenth of all items are jobs of their own, as ``submit`` makes them."""
_SKIP = 1_000
"""The first items are not counted: workers start with them."""
_PAGES = 7
_SHORT_TIMES = 3
"""A short queue is over in a tenth of a second."""


class _Count:
    """Notes when so many futures are done."""

    def __init__(self, first: int, last: int) -> None:
        self.turns = itertools.count(1)
        self.first, self.last = first, last
        self.began_s = self.ended_s = 0.0
        self.over = threading.Event()

    def __call__(self, _: Future[Any]) -> None:
        number = next(self.turns)
        if number == self.first:
            self.began_s = time.perf_counter()
        elif number == self.last:
            self.ended_s = time.perf_counter()
            self.over.set()

    def per_s(self) -> float:
        """Waits for the last of them."""
        self.over.wait()
        return (self.last - self.first) / (self.ended_s - self.began_s)


def run(peer: Us, sizes: Sizes) -> Values:
    """Returns what a long queue costs, against a short one on a broker of its own."""
    with tempfile.TemporaryDirectory(prefix="gate") as folder:
        gate = Path(folder) / "open"
        short = statistics.median(_short(peer, gate, sizes) for _ in range(_SHORT_TIMES))
        return _long(peer, gate, sizes, short)


def _short(peer: Us, gate: Path, sizes: Sizes) -> float:
    """Returns the rate with a short queue."""
    peer.open(WORKERS, bootstrap="benchmarks.work:gated_start", settings={"gate": str(gate)})
    count = _Count(_SKIP, sizes["short"] - _SKIP)
    for future in _fill(peer, sizes["short"]):
        future.add_done_callback(count)
    gate.touch()
    rate = count.per_s()
    gate.unlink()
    peer.executor.shutdown()
    peer.close()
    return rate


def _long(peer: Us, gate: Path, sizes: Sizes, short: float) -> Values:
    """Fills the queue, looks at it, has another broker start with it, then has all of it run: the same mix as the short one."""
    queued = sizes["queued"]
    peer.open(WORKERS, bootstrap="benchmarks.work:gated_start", settings={"gate": str(gate)})
    peer.submit(work.noop)
    before = tools.memory(peer.brokers())
    count = _Count(_SKIP, queued - _SKIP)
    with tools.stopwatch() as filled:
        for future in _fill(peer, queued):
            future.add_done_callback(count)
        peer.farm.jobs(1)  # Answered when all of it has been read and written.
    held = tools.memory(peer.brokers()) - before
    pages = _pages(peer.farm, queued)
    start_s = _restart(peer)
    gate.touch()
    rate = count.per_s()
    return {
        "rate_ratio": rate / short, "per_s": rate, "short_per_s": short, "item_bytes": held / queued, **pages,
        "start_s": start_s, "fill_per_s": queued / filled[0],
    }  # fmt: skip


def _fill(peer: Us, items: int) -> Iterator[farmfutures.Future]:
    """Submits a tenth as jobs of one item, the others as large jobs; yields the futures."""
    singles = items // 10
    for _ in range(singles):
        yield peer.executor.submit(work.noop)
    for first in range(singles, items, _JOB):
        with peer.executor.batch("large") as batch:
            for _ in range(min(_JOB, items - first)):
                batch.submit(work.noop)
        yield from batch.futures


def _pages(farm: farmfutures.Farm, queued: int) -> Values:
    large = farm.jobs(1)[0]
    return {
        "jobs_first_ms": _ms(lambda: farm.jobs(50)),
        "jobs_deep_ms": _ms(lambda: farm.jobs(50, queued // 20)),
        "items_first_ms": _ms(lambda: farm.items(large.id, 100)),
        "items_deep_ms": _ms(lambda: farm.items(large.id, 100, large.total // 2)),
    }


def _ms(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(_PAGES):
        with tools.stopwatch() as one:
            ask()
        took.append(one[0] * 1e3)
    return statistics.median(took)


def _restart(peer: Us) -> float:
    """Stops the broker, and returns how long a new one takes until it answers, the queue being on the disk."""
    peer.farm.stop_broker(timeout_s=60)
    with tools.stopwatch() as took:
        peer.farm.jobs(1)
    return took[0]


MEASURE = Measure(
    "scale", "1,000,000 queued items, against 10,000",
    (
        Metric("rate_ratio", "rate against 10,000", "x", "more"), Metric("per_s", "rate", "/s", "more"),
        Metric("short_per_s", "rate at 10,000", "/s", "more"), Metric("item_bytes", "broker's memory", "bytes an item"),
        Metric("jobs_first_ms", "first page of jobs", "ms"), Metric("jobs_deep_ms", "page of jobs in the middle", "ms"),
        Metric("items_first_ms", "first page of items", "ms"), Metric("items_deep_ms", "page of items in the middle", "ms"),
        Metric("start_s", "start with that queue", "s"), Metric("fill_per_s", "filled", "/s", "more"),
    ),
    run, {"queued": 1_000_000, "short": 10_000}, {"queued": 6_000, "short": 4_000},
    ("us",), most_rounds=3, timeout_s=1_200,
)  # fmt: skip
