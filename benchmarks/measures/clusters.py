"""Ten thousand calls handed to a cluster: how long the client takes, and what a call costs until its result is there."""

from __future__ import annotations

from .. import peers, work
from ..model import WORKERS, Measure, Metric, Sizes, Values
from ..peers.clusters import OnCluster
from . import tools

METRICS = (
    Metric("item_ms", "a call, until its result is there", "ms"), Metric("held_us", "client, a call", "us"),
    Metric("held_ms", "client, all", "ms"), Metric("calls", "measured with", "calls", "more"),
)  # fmt: skip


def run(peer: OnCluster, sizes: Sizes) -> Values:
    """Returns the time until all is handed over, and until all results are there, each for one call."""
    peer.start(WORKERS)
    count = max(sizes["least"], sizes["calls"] // peer.share)
    with tools.stopwatch() as took:
        with tools.stopwatch() as held:
            pending = peer.many(work.noop, range(count))
        found = peer.read(pending)
    if found != list(range(count)):
        raise AssertionError(f"{len(found)} results, and not those of {count} calls")
    return {"item_ms": took[0] / count * 1e3, "held_us": held[0] / count * 1e6, "held_ms": held[0] * 1e3, "calls": count}


def _measure(name: str, where: str, who: tuple[str, ...]) -> Measure:
    return Measure(
        name, f"10,000 calls that do nothing, handed to a {where}; all results read", METRICS, run,
        {"calls": 10_000, "least": 100}, {"calls": 200, "least": 4}, who, most_rounds=1, timeout_s=900, compare=False,
    )  # fmt: skip


SLURM = _measure("slurm", "Slurm of four processors", peers.ON_SLURM)
DASK = _measure("dask", "Dask of two workers, by TLS", peers.ON_DASK)
