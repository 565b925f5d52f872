"""What an interpreter is doing while it is made ready, so that whoever finds it dead or stuck can say why.

A bootstrap calls `enter` before each step that may never return: a Maya that lacks a library ends without a word, and one
that waits for a licence or a dialog says nothing either. The supervisor reads it then.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "stage"
FOLDER_VARIABLE = "FARMFUTURES_WORKER_DIR"
TEMP_VARIABLE = "FARMFUTURES_WORKER_TMP"
"""Set where the interpreter's folder is on a network: this one is not."""


def temp_folder() -> str | None:
    """Returns where an interpreter may keep files of its own, which go with it; None outside a worker."""
    return os.environ.get(TEMP_VARIABLE) or os.environ.get(FOLDER_VARIABLE)


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of getting ready.

    Attributes:
        doing: Goes after "while": ``"Maya was starting"``.
        if_dies: Sentences for people whose interpreter died in this step: what it may be, and what to do.
        if_silent: The same where it also printed nothing.
        if_hangs: The same where it took longer than its limit.
        limit_s: Seconds that this step may take; None for the setting ``start_timeout_s``.
    """

    doing: str
    if_dies: str = ""
    if_silent: str = ""
    if_hangs: str = ""
    limit_s: float | None = None

    def died(self, how: str, *, silent: bool) -> str:
        """Says that the interpreter ended in this step; `how` is what `describe_exit` says."""
        said = " and printed nothing" if silent else ""
        return f"the interpreter {how} while {self.doing}{said}. {(silent and self.if_silent) or self.if_dies}".strip()

    def hung(self, limit_s: float) -> str:
        """Says that this step took too long."""
        return f"it was not ready: {limit_s:g} s passed while {self.doing}, so that it was ended. {self.if_hangs}".strip()


FIRST = Stage(
    "it was to load farmfutures",
    "Run it in a terminal on that machine: what it says there is what is missing.",
    "Is it a Python, or a mayapy? Run it with --version in a terminal on that machine.",
    "Run it in a terminal on that machine.",
)
"""Before anything of ours runs in it."""

BOOTSTRAP = Stage("its bootstrap ran")
PREFLIGHT = Stage("its preflight ran")


def enter(step: Stage) -> None:
    """Says what comes now. Outside a worker it does nothing."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if not folder:
        return
    with contextlib.suppress(OSError):  # A full disk is no reason not to start.
        temporary = Path(folder, f"{FILE}.new")
        temporary.write_text(json.dumps(asdict(step)))
        os.replace(temporary, Path(folder, FILE))


def leave() -> None:
    """Says that the step is over and nothing known comes now."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        with contextlib.suppress(OSError):
            Path(folder, FILE).unlink(missing_ok=True)


def read(folder: Path) -> tuple[Stage, int] | None:
    """Returns what was said last and when, in nanoseconds; None where nothing is known."""
    path = folder / FILE
    try:
        return Stage(**json.loads(path.read_text())), path.stat().st_mtime_ns
    except (OSError, ValueError, TypeError):
        return None
