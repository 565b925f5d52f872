"""Jobs in a shared folder, and what their runners made of them, read as a client reads it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from farmfutures.call import load_outcome, pack_call, unpack_outcome
from farmfutures.job import JobSpec, Launch, WorkSpec
from farmfutures.spool import marks, outcomes, package, runs
from farmfutures.spool.fences import Fences
from farmfutures.spool.layout import JobFolder, Spool
from farmfutures.spool.outcomes import Outcome
from farmfutures.spool.runs import Run

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
LIMITS = {"inline_limit_bytes": 128 * 1024, "spool_poll_s": 0.1, "spool_delay_s": 2.0}

Call = tuple[Any, ...]
"""A function and its arguments."""


class Job:
    """A job in a folder.

    Args:
        spool: The user's folder.
        calls: Its calls.
        extras: What differs for single items.
        launch: Changes of the launch.
        limits: Changes of the limits.
        rules: Rules of path mapping.
        **spec: Changes of the specification.
    """

    def __init__(
        self, spool: Spool, calls: Sequence[Call], *, extras: dict[int, dict[str, Any]] | None = None,
        launch: dict[str, Any] | None = None, limits: dict[str, Any] | None = None, rules: Sequence[str] = (), **spec: Any,
    ) -> None:  # fmt: skip
        self.folder: JobFolder = spool.new_job()
        self.seal = spool.seal()
        start: dict[str, Any] = {
            "interpreter": (sys.executable,),
            "sys_path": tuple(sys.path),
            "cwd": os.getcwd(),
            **(launch or {}),
        }
        works = [
            WorkSpec(pack_call(call[0], call[1:], {}), str(index + 1), (extras or {}).get(index, {}))
            for index, call in enumerate(calls)
        ]
        package.write(
            self.folder, self.seal, JobSpec(Launch(**start), **spec), "a job", works, path_rules=rules,
            limits={**LIMITS, **(limits or {})},
        )  # fmt: skip
        self.all = f"0-{len(calls) - 1}"

    def start(self, items: str | None = None, **env: str) -> subprocess.Popen[str]:
        """Starts a runner as an engine does."""
        command = [sys.executable, "-m", "farmfutures.worker", str(self.folder.root), "--items", items or self.all]
        environ = {**os.environ, "PYTHONPATH": str(SCRIPTS), **env}
        return subprocess.Popen(
            command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, items: str | None = None) -> int:
        """Runs a chunk to its end and returns the exit code."""
        process = self.start(items)
        self.said, _ = process.communicate(timeout=25)
        return process.returncode

    said = ""

    def mark(self, how: Callable[[marks.Marks], object]) -> int:
        """Changes the marks and returns their version."""

        def change(found: marks.Marks) -> None:
            how(found)

        return marks.change(self.folder, self.seal, change).version

    # --- what became of it

    def reports(self) -> dict[str, Run]:
        """Returns the reports of all runs that have said something."""
        found = {name: runs.read(self.folder, self.seal, name) for name in runs.names(self.folder)}
        return {name: run for name, run in found.items() if run is not None}

    def report(self, name: str | None = None) -> Run | None:
        """Returns the report of a run, the first of the whole job."""
        return self.reports().get(name or f"{self.all}.0")

    def outcomes(self) -> dict[int, Outcome]:
        """Returns the outcomes that count. No item may have two."""
        reports = self.reports()
        fences, wanted = Fences(reports.values()), marks.read(self.folder, self.seal)
        found: dict[int, Outcome] = {}
        for name, run in reports.items():
            for number in range(run.bundles):
                for one in outcomes.read(self.folder, self.seal, name, number):
                    if fences.counts(name, number, one.work) and one.attempt > wanted.forgiven.get(one.work, -1):
                        assert one.work not in found, f"item {one.work} has two outcomes"
                        found[one.work] = one
        return found

    def result(self, work: int) -> Any:
        """Returns the result of an item, or raises its exception."""
        return self._value(self.outcomes()[work])

    def _value(self, one: Outcome) -> Any:
        path = outcomes.blob_path(self.folder, one)
        value, error = load_outcome(path) if path else unpack_outcome(one.payload)
        if error is not None:
            raise error
        return value

    def results(self) -> list[Any]:
        """Returns the results of all items, in order."""
        return [self._value(one) for _, one in sorted(self.outcomes().items())]
