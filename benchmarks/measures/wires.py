"""Limit: messages through pyzmq alone."""

from __future__ import annotations

from ..model import WORKERS, Measure, Metric, Sizes, Values
from ..peers.raw import RawBrokered
from . import tools

BUNDLE = 64


def run(peer: RawBrokered, sizes: Sizes) -> Values:
    """Returns calls a second: a message a call with 64 under way, and 64 calls a message."""
    peer.start(WORKERS)
    peer.pump(1_000, BUNDLE, 1)
    calls = sizes["calls"]
    with tools.stopwatch() as single:
        peer.pump(calls, BUNDLE, 1)
    with tools.stopwatch() as bundled:
        peer.pump(calls // BUNDLE, 4, BUNDLE)
    return {"per_s": calls / single[0], "bundled_per_s": calls // BUNDLE * BUNDLE / bundled[0]}


MEASURE = Measure(
    "wires", "limit: messages of 60 bytes there and back over raw pyzmq",
    (Metric("per_s", "64 in flight", "calls/s", "more"), Metric("bundled_per_s", "64 calls a message", "calls/s", "more")), run,
    {"calls": 100_000}, {"calls": 5_000}, ("raw", "raw-direct"),
)  # fmt: skip
