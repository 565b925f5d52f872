"""Large arguments and results."""

from __future__ import annotations

import os
import statistics

from .. import peers, work
from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns the time that bytes need there and back, and the rate of one way after the other."""
    tools.warm(peer)
    data = os.urandom(sizes["bytes"])
    took = []
    for _ in range(sizes["times"]):
        with tools.stopwatch() as one:
            back = peer.submit(work.noop, data).result()
        took.append(one[0])
        if back != data:
            raise AssertionError("other bytes came back")
    typical = statistics.median(took)
    return {"ms": typical * 1e3, "mb_per_s": 2 * len(data) / typical / 1e6}


MEASURE = Measure(
    "payload", "64 MiB as argument and as result (rate: both ways counted)",
    (Metric("ms", "there and back", "ms"), Metric("mb_per_s", "rate", "MB/s", "more")), run,
    {"bytes": 64 << 20, "times": 5}, {"bytes": 1 << 20, "times": 2}, (*peers.OURS, *peers.OTHERS),
)  # fmt: skip
