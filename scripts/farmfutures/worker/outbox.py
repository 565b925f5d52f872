"""What a run has to say, on its way into the job's folder: outcomes in bundles, and the report that says they are there.

Outcomes of items that took long are written at once. Those of short ones are gathered for a moment, so that ten thousand of
them are not ten thousand files. Of what an item says of its progress the last word is written, twice a second at most.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from ..spool import outcomes, runs
from ..spool.layout import JobFolder
from ..spool.outcomes import Outcome
from ..spool.runs import Run
from ..spool.seal import Seal

LONG_S = 0.2
"""An item that took so long waits for nobody."""

GATHER_S = 0.2
REPORT_S = 0.5
_AGAIN_S = 1.0
"""Where writing failed, it is tried again after so long."""

_MOST_BYTES = 4 * 1024 * 1024


class Outbox:
    """See the module.

    Args:
        folder: The job's folder.
        seal: The user's seal.
        run: The report, which others change and then `say`.
        told: Called with each report that was written.
    """

    def __init__(self, folder: JobFolder, seal: Seal, run: Run, told: Callable[[Run], object] | None = None) -> None:
        self.run = run
        self._folder = folder
        self._seal = seal
        self._told = told
        self._waiting: list[Outcome] = []
        self._bytes = 0
        self._due_s = self._report_s = float("inf")
        self._said_s = 0.0
        self.trouble = ""
        """Why nothing can be written now, "" where all is well."""

    @property
    def empty(self) -> bool:
        """Whether everything was written."""
        return not self._waiting and self._report_s == float("inf")

    def add(self, outcome: Outcome, took_s: float) -> None:
        """Takes an outcome in."""
        self._waiting.append(outcome)
        self._bytes += len(outcome.payload)
        now = time.monotonic()
        at_once = took_s >= LONG_S or self._bytes >= _MOST_BYTES
        self._due_s = min(self._due_s, now if at_once else now + GATHER_S)

    def say(self, *, now: bool = False) -> None:
        """The report is another."""
        due = time.monotonic() if now else max(time.monotonic(), self._said_s + REPORT_S)
        self._report_s = min(self._report_s, due)

    def due_s(self) -> float:
        """When something is to be written, in seconds of `time.monotonic`."""
        return min(self._due_s, self._report_s)

    def write(self, *, all_of_it: bool = False) -> None:
        """Writes what is due. What can't be written stays, and is tried again."""
        now = time.monotonic()
        try:
            if self._waiting and (all_of_it or now >= self._due_s):
                self._write_bundle()
            if self._report_s < float("inf") and (all_of_it or now >= self._report_s):
                self._write_report()
            self.trouble = ""
        except OSError as error:
            self._trouble(error)

    def _write_bundle(self) -> None:
        outcomes.write(self._folder, self._seal, self.run.name, self.run.bundles, self._waiting)
        self.run.bundles += 1
        self._waiting, self._bytes, self._due_s = [], 0, float("inf")
        self._report_s = 0.0  # Nobody looks for a bundle that no report speaks of.

    def _write_report(self) -> None:
        runs.write(self._folder, self._seal, self.run)
        self._said_s, self._report_s = time.monotonic(), float("inf")
        if self._told is not None:
            self._told(self.run)

    def _trouble(self, error: OSError) -> None:
        later = time.monotonic() + _AGAIN_S
        self._due_s = later if self._waiting else float("inf")
        self._report_s = max(self._report_s, later) if self._report_s < float("inf") else self._report_s
        text = f"{self._folder.root} can't be written now ({error.strerror}); what is over is kept, and tried again."
        if text != self.trouble:
            self.trouble = text
            print(f"farmfutures: {text}", file=sys.stderr, flush=True)

    def write_all(self, patience_s: float) -> bool:
        """Writes everything, trying for so long; returns whether it is written."""
        deadline = time.monotonic() + patience_s
        while True:
            self.write(all_of_it=True)
            if self.empty or time.monotonic() > deadline:
                return self.empty
            time.sleep(_AGAIN_S / 4)
