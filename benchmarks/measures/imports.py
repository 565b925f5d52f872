"""What importing a peer costs, beyond starting Python."""

from __future__ import annotations

import statistics
import subprocess
import sys

from .. import peers
from ..model import Measure, Metric, Peer, Sizes, Values
from . import tools


def run(peer: Peer, sizes: Sizes) -> Values:
    """Returns the difference of medians of processes that import it and of processes that don't, taken in turn."""
    module = f"import {peer.module}"
    _python(module)  # Writes its .pyc files.
    bare, loaded = [], []
    for _ in range(sizes["times"]):
        bare.append(_python("pass"))
        loaded.append(_python(module))
    typical = statistics.median(bare)
    return {"more_ms": (statistics.median(loaded) - typical) * 1e3, "bare_ms": typical * 1e3}


def _python(code: str) -> float:
    with tools.stopwatch() as took:
        subprocess.run([sys.executable, "-c", code], check=True)
    return took[0]


MEASURE = Measure(
    "import", "import, in a fresh Python",
    (Metric("more_ms", "more than bare Python", "ms"), Metric("bare_ms", "bare Python", "ms")), run,
    {"times": 20}, {"times": 2}, ("us", *peers.POOLS, *peers.BROKERED, "executorlib"), most_rounds=3, starts=False,
)  # fmt: skip
