"""Interpreters that take long to start, as Maya does."""

from __future__ import annotations

from .. import work
from ..model import WORKERS, Measure, Metric, Peer, Sizes, Values
from . import tools

ITEM_S = 0.005


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns how long it took from nothing to the last result, and the first result of the next job.

    A process per item is measured with a few items: the others would take the same, for a quarter of an hour.
    """
    start_s, items = sizes["start_ms"] / 1e3, sizes["items"]
    measured = min(items, sizes["items_each"]) if peer.name == "process" else items
    with tools.stopwatch() as took:
        peer.start(WORKERS, start_s)
        peer.map(work.nap, [ITEM_S] * measured, 1)
    with tools.stopwatch() as second:
        peer.submit(work.noop).result()
    total = took[0] * items / measured
    ideal = start_s + items * ITEM_S / WORKERS
    return {"total_s": total, "over_ideal": total / ideal, "second_ms": second[0] * 1e3}


MEASURE = Measure(
    "bootstrap", "400 items of 5 ms on interpreters that take 2 s to start (a process per item: 8 measured, 400 reckoned)",
    (
        Metric("total_s", "all of it", "s"), Metric("over_ideal", "over one start + the work", "x"),
        Metric("second_ms", "first result of the next job", "ms"),
    ),
    run, {"start_ms": 2_000, "items": 400, "items_each": 8}, {"start_ms": 200, "items": 20, "items_each": 2},
    ("us", "ppe", "pebble", "loky", "process"),
)  # fmt: skip
