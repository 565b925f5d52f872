"""Many calls that do nothing, handed over one by one, then all results."""

from __future__ import annotations

from .. import peers, work
from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns rates from the first submit on: until the last submit returned, and until the last result was there."""
    tools.warm(peer)
    count = tools.calls(peer, sizes)
    with tools.stopwatch() as took:
        with tools.stopwatch() as held:
            pending = [peer.submit(work.noop) for _ in range(count)]
        for one in pending:
            one.result()
    return {"per_s": count / took[0], "accepted_per_s": count / held[0], "calls": count}


MEASURE = Measure(
    "submit", "20,000 calls that do nothing, submitted one by one; all results read",
    (Metric("per_s", "done", "/s", "more"), Metric("accepted_per_s", "accepted", "/s", "more")),
    run, {"calls": 20_000}, {"calls": 500}, (*peers.OURS, *peers.OTHERS, "raw"),
)  # fmt: skip
