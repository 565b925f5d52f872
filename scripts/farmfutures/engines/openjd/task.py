"""``python -m farmfutures.engines.openjd.task FOLDER --session DIR --items 0-9``: what a task runs.

It has the session's keeper run the chunk, and tells the session how it is getting on, in the lines that Open Job Description
defines. The exit code is 0 when all items have outcomes, 75 when some are left, 1 when the job can't be read or is not what
was submitted, and, with ``--fail yes``, 3 when an item failed.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ...errors import FarmFuturesError, OptionError
from ...spool import orders
from ...spool.layout import JobFolder
from ...spool.seal import Seal
from ...worker import processes
from ...worker.interpreter import sweep
from ...worker.runner import LEFT, Runner
from . import owner, wire
from .telling import Telling

FAILED = 3

_SIGNALS = ("SIGTERM", "SIGINT", "SIGBREAK")


class Voice:
    """Tells the session what it has not heard yet."""

    def __init__(self) -> None:
        self._said: dict[str, Any] = {}
        self.failures = ""

    def hear(self, tale: dict[str, Any]) -> None:
        """Takes what is new."""
        self.failures = str(tale["failures"])
        self._say("openjd_progress", tale["percent"])
        self._say("openjd_status", f"{tale['status']}{f'; failed: {self.failures}' if self.failures else ''}")

    def _say(self, word: str, value: Any) -> None:
        if self._said.get(word) != value:
            self._said[word] = value
            print(f"{word}: {' '.join(str(value).split())}", flush=True)

    def fail(self, why: str) -> None:
        """Says why the task fails."""
        self._say("openjd_fail", why)


def run(folder: str, session: Path, items: str, *, fail: bool = False) -> int:
    """Runs a chunk and returns the exit code.

    Args:
        folder: The job's folder.
        session: The session's folder.
        items: Work items, as text.
        fail: Whether an item that failed fails the task.
    """
    voice = Voice()
    code = _by_keeper(session, items, voice)
    if code is None:
        code = _by_itself(folder, items, voice)
    if code == 0 and fail and voice.failures:
        voice.fail(voice.failures)
        return FAILED
    return code


def _by_keeper(session: Path, items: str, voice: Voice) -> int | None:
    """Returns the exit code, None where there is no keeper, or none any more: what it left is gone on with."""
    with wire.visit(session) as line:
        if line is None:
            return None
        with _Stopping(lambda how: line.send(stop=how)) as stopping:
            line.send(items=items)
            while (said := line.receive()) is not None:
                if "tale" in said:
                    voice.hear(said["tale"])
                elif "code" in said:
                    if said.get("error"):
                        voice.fail(said["error"])
                    return int(said["code"])
        return LEFT if stopping.count else None


def _by_itself(folder: str, items: str, voice: Voice) -> int:
    """Runs it in an interpreter that is started for it."""
    processes.adopt_orphans()
    telling = Telling(folder, items)
    runner = Runner(folder, items, None, lambda run: voice.hear(asdict(telling.tell(run))))
    try:
        with _Stopping(lambda how: runner.drain() if how == "drain" else runner.abort()):
            return runner.run()
    finally:
        sweep()


class _Stopping:
    """Within it the first signal lets end what runs, and the second ends it."""

    def __init__(self, stop: Callable[[str], object]) -> None:
        self._stop = stop
        self.count = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Stopping:
        for name in _SIGNALS:
            if hasattr(signal, name):
                number = getattr(signal, name)
                self._before[number] = signal.signal(number, self._hear)
        return self

    def _hear(self, *_: object) -> None:
        self.count += 1
        with contextlib.suppress(OSError):  # The keeper is gone, and what it ran with it.
            self._stop("drain" if self.count == 1 else "abort")

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def items_of(folder: str, token: str, chunk: int) -> str:
    """Returns the work items of a chunk, as the order says that was noted in the job's folder.

    Raises:
        OptionError: There is no such order or chunk.
        SealError: It is not ours.
    """
    job = JobFolder.at(folder)
    for order in orders.read(job, Seal.of(job.key)):
        if order.token == token and 0 <= chunk < len(order.items):
            return order.items[chunk]
    raise OptionError(f"there is no chunk {chunk} of an order {token!r} in {job.orders}: submit the job again.")


def main(arguments: list[str]) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m farmfutures.engines.openjd.task", description="Runs a task.")
    parser.add_argument("folder", help="the job's folder, as this machine sees it")
    parser.add_argument("--session", type=Path, required=True, help="the session's folder")
    parser.add_argument("--items", help="work items: 10-19")
    parser.add_argument("--order", default="", help="instead of them: the order, and")
    parser.add_argument("--chunk", type=int, default=0, help="which chunk of it")
    parser.add_argument("--fail", choices=("no", "yes"), default="no", help="whether an item that failed fails the task")
    given = parser.parse_args(arguments)
    owner.leave_with()
    try:
        items = given.items or items_of(given.folder, given.order, given.chunk)
        return run(given.folder, given.session, items, fail=given.fail == "yes")
    except (FarmFuturesError, OSError) as error:
        Voice().fail(f"farmfutures: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
