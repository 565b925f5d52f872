"""A result of a gigabyte, and what the broker holds of it."""

from __future__ import annotations

from .. import work
from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns by how much the broker's resident memory grew at most, and how long it took."""
    tools.warm(peer)
    with tools.peak_memory(peer.brokers()) as growth, tools.stopwatch() as took:
        size = len(peer.submit(work.make, sizes["bytes"]).result())
    if size != sizes["bytes"]:
        raise AssertionError(f"{size} bytes came back")
    return {"broker_mb": growth[0] / 1e6, "s": took[0]}


MEASURE = Measure(
    "big", "a result of 1 GB", (Metric("broker_mb", "growth of the broker's memory", "MB"), Metric("s", "time", "s")), run,
    {"bytes": 1_000_000_000}, {"bytes": 10_000_000}, ("us",), most_rounds=3,
)  # fmt: skip
