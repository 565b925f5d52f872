"""``python -m farmfutures.worker FOLDER --items 10-19``: runs a chunk of a job that lies in a shared folder.

The exit code is 0 when all of its items have outcomes, 75 when some are left (it was told to leave), and 1 when the job
can't be read or is not what was submitted; then the reason stands on standard error.
"""

from __future__ import annotations

import argparse
import signal
import sys
from typing import Any

from ..errors import FarmFuturesError
from . import processes
from .interpreter import sweep
from .runner import Runner

_SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")


def main(arguments: list[str]) -> int:
    """Runs a chunk and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m farmfutures.worker", description="Runs a chunk of a job.")
    parser.add_argument("folder", help="the job's folder in the shared folder, as this machine sees it")
    parser.add_argument("--items", required=True, help="its work items: 10-19, or 3,7,9-12")
    given = parser.parse_args(arguments)
    processes.adopt_orphans()
    runner = Runner(given.folder, given.items)
    _stop_on_signals(runner)
    print(f"farmfutures: items {given.items} of {given.folder}", flush=True)
    try:
        code = runner.run()
    except (FarmFuturesError, OSError) as error:
        print(f"farmfutures: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        sweep()
    print(f"farmfutures: {'all items are over' if not code else 'some items are left'}", flush=True)
    return code


def _stop_on_signals(runner: Runner) -> None:
    """The first SIGTERM lets end what runs, the second ends it."""
    seen: list[int] = []

    def stop(number: int, _: Any) -> None:
        seen.append(number)
        if len(seen) == 1:
            runner.drain()
        else:
            runner.abort()

    for name in _SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
