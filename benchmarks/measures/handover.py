"""How long a batch of many calls holds the thread that submits it: an artist's session, say."""

from __future__ import annotations

from .. import peers, work
from ..model import Measure, Metric, Peer, Sizes, Values
from ..peers.us import Us
from . import tools


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns the time until the last call is handed over; for us, of a batch, and what its commit is of that."""
    tools.warm(peer)
    count = sizes["calls"]
    if not isinstance(peer, Us):
        with tools.stopwatch() as held:
            pending = [peer.submit(work.noop) for _ in range(count)]
        for one in pending:
            one.result()
        return {"held_ms": held[0] * 1e3}
    with tools.stopwatch() as held:
        batch = peer.executor.batch("ten thousand")
        for _ in range(count):
            batch.submit(work.noop)
        with tools.stopwatch() as commit:
            futures = batch.commit()
    for future in futures:
        future.result()
    return {"held_ms": held[0] * 1e3, "commit_ms": commit[0] * 1e3}


MEASURE = Measure(
    "handover", "10,000 calls handed over: ours as one batch, the others' one by one",
    (Metric("held_ms", "thread held", "ms"), Metric("commit_ms", "of that the commit", "ms")), run,
    {"calls": 10_000}, {"calls": 300}, (*peers.OURS, "ppe", "pebble", "mpire", "loky", *peers.EXECUTORLIB),
)  # fmt: skip
