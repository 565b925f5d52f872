"""What a chunk's command printed beside the logs of its items: why a runner did not even start, in its own last words."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable
from pathlib import Path

from ...errors import EngineUnavailableError
from . import commands

FOLDER = "engine"
"""In a job's folder."""

PATTERN = "%A_%a.out"

_STDOUT = re.compile(r"^\s*StdOut=(.+)$", re.MULTILINE)
_READ = 4096
_SHOWN = 300


class Output:
    """Finds and reads it; what was found once is remembered.

    Args:
        ours: Returns a path of nodes as this machine sees it.
    """

    def __init__(self, ours: Callable[[str], str]) -> None:
        self._ours = ours
        self._lock = threading.Lock()
        self._folders: dict[int, str] = {}
        self._lines: dict[tuple[int, int], str] = {}

    def last_line(self, job: int, task: int) -> str:
        """Returns the last thing that a task printed which has ended, "" where there is none, or nobody knows where."""
        with self._lock:
            if (job, task) not in self._lines:
                self._lines[job, task] = _last_line(Path(self._folder(job, task), f"{job}_{task}.out"))
            return self._lines[job, task]

    def _folder(self, job: int, task: int) -> str:
        if job not in self._folders:
            self._folders[job] = self._ours(_told(job, task))
        return self._folders[job]


def _told(job: int, task: int) -> str:
    """Asks Slurm where it is: all that is known of a job may be its number."""
    try:
        found = _STDOUT.search(commands.run(["scontrol", "show", "job", f"{job}_{task}"]).text)
    except EngineUnavailableError:
        return ""
    return os.path.dirname(found[1]) if found else ""


def _last_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _READ))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip()[:_SHOWN] for line in reversed(lines) if line.strip()), "")
