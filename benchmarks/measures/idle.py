"""What it costs to be there: nothing to do, and waiting for a call that takes long."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

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
    idle = _used(peer, lambda: time.sleep(seconds))
    pending = peer.submit(work.nap, _SETTLE_S + seconds + 0.5)
    time.sleep(_SETTLE_S)
    waiting = _used(peer, pending.result)
    return {f"{state}_{who}": figure for state, found in (("idle", idle), ("wait", waiting)) for who, figure in found.items()}


def _used(peer: Peer, wait: Callable[[], object]) -> dict[str, float]:
    """Returns what everybody uses during `wait`; looking for processes and at them is not part of it."""
    brokers, me = set(peer.brokers()), os.getpid()
    below = {child.pid for pid in (me, *brokers) for child in psutil.Process(pid).children(recursive=True)}
    others = {"broker": brokers, "workers": below - brokers}
    before = {who: tools.cpu_s(pids) for who, pids in others.items()}
    client, began = time.process_time(), time.monotonic()
    wait()
    client, seconds = time.process_time() - client, time.monotonic() - began
    used = {who: tools.cpu_s(pids) - before[who] for who, pids in others.items()}
    return {who: figure / seconds * 100 for who, figure in {**used, "client": client}.items()}


MEASURE = Measure(
    "idle", "processor use in percent of a core, over 20 s each: nothing to do; waiting for one long call",
    tuple(
        Metric(f"{state}_{who}", f"{title}: {who}", "%")
        for state, title in (("idle", "nothing to do"), ("wait", "waiting"))
        for who in ("broker", "client", "workers")
    ),
    run, {"seconds": 20}, {"seconds": 1}, ("us", *peers.OTHERS), most_rounds=2, compare=False,
)  # fmt: skip
