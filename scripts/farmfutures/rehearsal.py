"""Try a job before it is submitted: what it would do up to its first call, in one fresh interpreter, on this machine.

The interpreter is the job's own, with the job's environment. There the real calls are loaded, which imports what they
need, and the paths are looked for that they and the job name. Nothing is called, and nothing is submitted.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import RehearsalError
from .job import JobSpec, WorkSpec
from .worker import logs, processes
from .worker.environ import of_interpreter
from .worker.rehearse import ANSWERS, CALLS, PLAN

LIMIT_S = 10.0
"""Nobody waits for longer to submit."""

_TICK_S = 0.02
_MOST_BYTES = 256 * 1024 * 1024
_SAID = "farmfutures: "

PathToCheck = tuple[str, str]
"""What a path is, for people, and the path."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A rehearsal in which nothing failed.

    Attributes:
        checked: How many calls were loaded. Fewer than `total` where the time was up, or the calls are very large.
        total: How many calls the job has.
        took_s: How long it took, in seconds.
        warnings: What may be wrong, and what could not be told.
    """

    checked: int
    total: int
    took_s: float
    warnings: tuple[str, ...] = ()


class Rehearsal:
    """A rehearsal that is ready to be run; `run` needs no Maya, and may be called in any thread.

    Args:
        spec: The job.
        works: Its calls.
        paths: Paths that the job itself names.
        state: The state folder of its engine.
        bootstrap: Whether to run the job's bootstrap and preflight too. None: where calls may not load without, which is
            where there is a preflight.
    """

    def __init__(
        self, spec: JobSpec, works: Sequence[WorkSpec], paths: Iterable[PathToCheck], state: Path, bootstrap: bool | None
    ) -> None:
        self.spec = spec
        self.works = list(works)
        self.paths = list(paths)
        self.state = state
        self.bootstrap = bool(spec.launch.preflight) if bootstrap is None else bootstrap

    def run(self, timeout_s: float = LIMIT_S, cancelled: Callable[[], bool] | None = None) -> Rehearsed:
        """Runs it.

        Args:
            timeout_s: How long it may take, in seconds. What is not loaded by then is not an error.
            cancelled: Asked now and then whether to stop; then what was loaded so far counts.

        Raises:
            RehearsalError: An import, a path, a call or the interpreter failed; the message names each.
        """
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="farmfutures-rehearsal-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            self._write(folder)
            code = self._watch(folder, began + timeout_s, cancelled)
            answers = _read(folder / ANSWERS)
            tail = logs.tail(folder / logs.SCRATCH)
        problems = [*_grouped(answers, "problem"), *self._of_process(answers, code, timeout_s, tail)]
        if problems:
            raise RehearsalError(_message(problems), problems)
        said = [line.removeprefix(_SAID) for line in tail.splitlines() if line.startswith(_SAID)]
        warned = dict.fromkeys([*_grouped(answers, "warning"), *said])
        checked = sum(1 for answer in answers if answer["kind"] == "loaded")
        return Rehearsed(checked, len(self.works), time.monotonic() - began, tuple(warned))

    def _write(self, folder: Path) -> None:
        launch, calls, left = self.spec.launch, list[tuple[str, int]](), _MOST_BYTES
        with (folder / CALLS).open("wb") as file:
            for work in self.works:
                left -= len(work.call)
                if left < 0:
                    break
                file.write(bytes(work.call))
                calls.append((work.name, len(work.call)))
        plan: dict[str, Any] = {
            "sys_path": launch.sys_path, "cwd": launch.cwd, "bootstrap": launch.bootstrap, "settings": launch.settings,
            "preflight": launch.preflight, "run": self.bootstrap, "paths": self.paths, "calls": calls,
        }  # fmt: skip
        (folder / PLAN).write_text(json.dumps(plan), encoding="utf-8")

    def _watch(self, folder: Path, deadline_s: float, cancelled: Callable[[], bool] | None) -> int | None:
        """Waits for the interpreter; returns its exit code, or None where it was ended."""
        launch = self.spec.launch
        environ = of_interpreter({**launch.env, **launch.secrets, "FARMFUTURES_WORKER_DIR": str(folder)}, self.state)
        command = [*launch.interpreter, "-m", "farmfutures.worker.rehearse", str(folder)]
        with (folder / logs.SCRATCH).open("ab") as log:
            process = processes.start(command, stdout=log, stderr=log, env=environ, cwd=folder)
        try:
            while time.monotonic() < deadline_s and not (cancelled is not None and cancelled()):
                try:
                    return process.wait(_TICK_S)
                except subprocess.TimeoutExpired:
                    continue
            return None
        finally:
            if process.poll() is None:
                processes.kill_tree(process.pid)
                process.wait()

    def _of_process(self, answers: list[dict[str, Any]], code: int | None, timeout_s: float, tail: str) -> list[str]:
        kinds = {answer["kind"] for answer in answers}
        command = " ".join(self.spec.launch.interpreter)
        last = f" Its last lines:\n{tail}" if tail else " It said nothing."
        if "done" in kinds or (code is None and "loaded" in kinds):
            return []
        if code is None:
            doing = "had not made itself ready" if "started" in kinds else "had not started"
            return [f"the interpreter {command} {doing} after {timeout_s:g} s: give a longer timeout_s.{last}"]
        where = next((answer["text"] for answer in reversed(answers) if answer["kind"] == "at"), "it had loaded anything")
        return [f"the interpreter {command} {processes.describe_exit(code)} before {where}.{last}"]


def _read(answers: Path) -> list[dict[str, Any]]:
    try:
        lines = answers.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in lines if line.endswith("}")]  # The last one may be half of one.


def _grouped(answers: list[dict[str, Any]], kind: str) -> list[str]:
    """Returns the texts of a kind, each once, with the calls that it is about."""
    found: dict[str, list[str]] = {}
    for answer in answers:
        if answer["kind"] == kind:
            found.setdefault(answer["text"], []).append(answer.get("call", ""))
    return [_of_calls(text, [name for name in names if name]) for text, names in found.items()]


def _of_calls(text: str, names: list[str]) -> str:
    if not names:
        return text
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{text} (call {', '.join(repr(name) for name in names[:3])}{more})"


def _message(problems: list[str]) -> str:
    head = "this job would fail; nothing was submitted"
    return f"{head}: {problems[0]}" if len(problems) == 1 else "\n- ".join([f"{head}:", *problems])
