"""What the tasks of these tests do. They write an append-only log of their own: who ran, where, when."""

from __future__ import annotations

import os
import signal
import sys
import time


def note(path: str, task: int, wait_s: float = 0.0) -> int:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(file, b"%d %d %d\n" % (task, os.getpid(), time.monotonic_ns()))
    os.close(file)
    time.sleep(wait_s)
    return task * task


def fails_at_first(path: str, mended: str, task: int) -> int:
    note(path, task)
    if not os.path.exists(mended):
        raise ValueError(task)
    return task


def leak(megabytes: int) -> int:
    kept = sys.modules.setdefault("kept_for_ever", type(sys)("kept_for_ever"))
    kept.__dict__.setdefault("data", []).append(b"x" * (megabytes * 1024 * 1024))
    return os.getpid()


def swell(path: str, group: str, limit: int) -> None:
    """Joins a control group and takes more memory than it may have."""
    note(path, 0)
    with open(group, "w") as file:
        file.write(str(os.getpid()))
    time.sleep(0.6)  # The supervisor looks every quarter of a second where its interpreter belongs.
    held = []
    for _ in range(2 * limit // 2**20):
        held.append(b"x" * 2**20)


def killed_for_memory(path: str, count: str) -> None:
    """Dies as if the system had killed it for want of memory: the kernel counts first."""
    note(path, 0)
    with open(count) as file:
        text = file.read()
    before = int(text.split()[-1])
    with open(count, "w") as file:
        file.write(text.replace(f"oom_kill {before}", f"oom_kill {before + 1}"))
    signal.raise_signal(signal.SIGKILL)
