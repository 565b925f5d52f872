"""What it costs to be there: nothing to do, and waiting for a call that takes long."""

from __future__ import annotations

import os
import time

import psutil

from .. import peers, work
from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools

_SETTLE_S = 1.0


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns processor use in percent of a core: of the client, of brokers, and of all other processes of the peer."""
    tools.warm(peer)
    seconds = sizes["seconds"]
    time.sleep(_SETTLE_S)
    before = _used(peer)
    time.sleep(seconds)
    idle = _percent(before, _used(peer), seconds)
    pending = peer.submit(work.nap, _SETTLE_S + seconds + 0.5)
    time.sleep(_SETTLE_S)
    before, began = _used(peer), time.monotonic()
    pending.result()
    waiting = _percent(before, _used(peer), time.monotonic() - began)
    return {f"{state}_{who}": figure for state, found in (("idle", idle), ("wait", waiting)) for who, figure in found.items()}


def _used(peer: Peer) -> dict[str, float]:
    brokers, me = set(peer.brokers()), os.getpid()
    below = {child.pid for pid in (me, *brokers) for child in psutil.Process(pid).children(recursive=True)}
    return {"client": tools.cpu_s([me]), "broker": tools.cpu_s(brokers), "workers": tools.cpu_s(below - brokers)}


def _percent(before: dict[str, float], after: dict[str, float], seconds: float) -> dict[str, float]:
    return {who: (after[who] - before[who]) / seconds * 100 for who in before}


MEASURE = Measure(
    "idle", "processor use in percent of a core, over 20 s each: nothing to do; waiting for one long call",
    tuple(
        Metric(f"{state}_{who}", f"{title}: {who}", "%")
        for state, title in (("idle", "nothing to do"), ("wait", "waiting"))
        for who in ("broker", "client", "workers")
    ),
    run, {"seconds": 20}, {"seconds": 1}, ("us", *peers.OTHERS), most_rounds=2,
)  # fmt: skip
