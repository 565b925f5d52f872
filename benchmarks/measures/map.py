"""Many calls that do nothing, in one map."""

from __future__ import annotations

from functools import partial

from .. import peers, work
from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools


def run(peer: Peer, sizes: Sizes, *, chunk: int | None) -> Values:
    """Returns calls a second, from the map until the last result was there."""
    tools.warm(peer)
    items = range(tools.calls(peer, sizes))
    with tools.stopwatch() as took:
        results = peer.map(work.noop, items, chunk)
    if len(results) != len(items):
        raise AssertionError(f"{len(results)} results of {len(items)} calls")
    return {"per_s": len(items) / took[0], "calls": len(items)}


_METRICS = (Metric("per_s", "done", "/s", "more"),)

MEASURE = Measure(
    "map", "map of 50,000 calls that do nothing, chunksize=1", _METRICS, partial(run, chunk=1),
    {"calls": 50_000}, {"calls": 500}, (*peers.OURS, *peers.OTHERS, "raw"),
)  # fmt: skip

AUTO = Measure(
    "map_auto", "the same in chunks: ours and mpire's chosen by themselves, the others' of 250 by hand", _METRICS,
    partial(run, chunk=None), {"calls": 50_000}, {"calls": 2_000}, (*peers.OURS, *peers.POOLS),
)  # fmt: skip
