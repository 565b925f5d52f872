"""One call at a time."""

from __future__ import annotations

import time

from .. import peers, work
from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns percentiles of single round trips, in microseconds."""
    tools.warm(peer)
    trips = []
    for _ in range(sizes["trips"]):
        began = time.perf_counter()
        peer.submit(work.noop).result()
        trips.append((time.perf_counter() - began) * 1e6)
    return {"p50_us": tools.percentile(trips, 0.5), "p99_us": tools.percentile(trips, 0.99)}


MEASURE = Measure(
    "latency", "1,000 round trips of one call at a time", (Metric("p50_us", "p50", "us"), Metric("p99_us", "p99", "us")), run,
    {"trips": 1_000}, {"trips": 50}, (*peers.OURS, *peers.OTHERS, "raw", "raw-direct"),
)  # fmt: skip
