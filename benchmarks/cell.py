"""One peer, one measure, once: ``python -m benchmarks.cell PEER MEASURE full|quick FILE``.

A process of its own, so that no peer sees another's threads, memory or imports, and so that one that hangs can be ended.
Multiprocessing's children import this module again: it loads nothing by itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path


def main(peer_name: str, measure_name: str, how: str, file: str) -> None:
    """Measures, and writes the figures to a file."""
    from . import peers
    from .measures import MEASURES

    measure = MEASURES[measure_name]
    peer = peers.find(peer_name)()
    try:
        values = measure.run(peer, measure.quick if how == "quick" else measure.full)
    except BaseException:
        with contextlib.suppress(Exception):  # What went wrong first is what counts; the runner ends what is left.
            peer.close()
        raise
    written = Path(file + ".new")
    written.write_text(json.dumps(values))
    os.replace(written, file)
    if measure.starts:
        peer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
