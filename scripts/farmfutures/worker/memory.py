"""Whether the system killed a process for want of memory.

Linux counts such kills for each control group: ``oom_kill`` in ``memory.events`` (cgroup v2) or in ``memory.oom_control``
(v1), see Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of the kernel, and for the machine in
``/proc/vmstat``. The group's count is the nearer witness: it knows nothing of what others run.
"""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
_V1 = ("memory", "memory.oom_control")
_V2 = ("", "memory.events")
_MACHINE = "/proc/vmstat"
_LOOKS = 8
"""The kernel counts a kill before the process is gone, and letting go of much memory takes its time: the last look may have
seen it already."""


class Watch:
    """Remembers how many kills there were in the control group of a process.

    Args:
        pid: The process, which must be alive now.
    """

    def __init__(self, pid: int, groups: Path = GROUPS) -> None:
        self._pid = pid
        self._groups = groups
        self._seen: dict[Path, deque[int]] = {}
        self.look()

    def look(self) -> None:
        """Looks as long as the process lives: it may be moved to another group, and others in its group may be killed."""
        file = self._find()
        if file is not None:
            # Those of before are kept, because on cgroup v1 a process that is about to end is said to be in the root.
            self._seen.setdefault(file, deque(maxlen=_LOOKS)).append(_kills(file))

    def killed_some(self) -> bool:
        """Whether there was a kill in the time of the last few looks."""
        return any(_kills(file) > counts[0] for file, counts in list(self._seen.items()))

    def _find(self) -> Path | None:
        if sys.platform != "linux":
            return None
        try:
            lines = Path(f"/proc/{self._pid}/cgroup").read_text().splitlines()
        except OSError:
            return None
        for line in lines:
            _, kinds, path = line.split(":", 2)
            if kinds in ("", "memory"):
                folder, name = _V1 if kinds else _V2
                file = self._groups / folder / path.lstrip("/") / name
                if file.exists():
                    return file
        return Path(_MACHINE)


def _kills(file: Path) -> int:
    try:
        words = [line.split() for line in file.read_text().splitlines()]
    except OSError:
        return 0
    return next((int(word[1]) for word in words if word[0] == "oom_kill"), 0)


def peak_bytes() -> int:
    """Returns the most that any process held that this one started and has waited for; 0 where that is not known."""
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024  # getrusage(2): kilobytes, on macOS bytes.
