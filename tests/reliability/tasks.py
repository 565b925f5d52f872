"""What the tasks of these tests do. They write an append-only log of their own: who ran, where, when."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
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


def wait_for(path: str) -> None:
    while not os.path.exists(path):
        time.sleep(0.01)


def late(path: str, task: int) -> tuple[int, int]:
    """Takes long enough to be stopped meanwhile; says which run of the task it is."""
    note(path, task)
    with open(path) as file:
        run = sum(line.startswith(f"{task} ") for line in file)
    time.sleep(1.5)
    return task, run


def alone(path: str, wait_s: float) -> list[int]:
    """Returns the processes that ran this before and are still alive."""
    before = []
    if os.path.exists(path):
        with open(path) as file:
            before = [int(line.split()[1]) for line in file]
    note(path, 0, wait_s if not before else 0.0)
    return [pid for pid in before if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def hang(path: str, kind: str) -> None:
    """Never ends, and has a child that never ends either."""
    child = subprocess.Popen([sys.executable, "-Sc", "import time; time.sleep(600)"])
    note(path, os.getpid())
    note(path, child.pid)
    if kind == "SIGTERM ignored":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if kind == "GIL held":
        ctypes.PyDLL(None).sleep(600)  # A C function that is called without letting go of the interpreter's lock.
    while kind == "busy":
        pass
    time.sleep(600)


def poison(path: str, task: int) -> None:
    note(path, task)
    os._exit(9)


def flood(megabytes: int, line: int) -> str:
    """Prints as much on descriptor 1 as on sys.stderr, then a long line, what is no UTF-8, and a child's words."""
    text = b"x" * 1023 + b"\n"
    for _ in range(megabytes * 512):
        os.write(1, text)
        sys.stderr.buffer.write(text)
    sys.stderr.flush()
    sys.stdout.write("y" * line)
    sys.stdout.flush()
    os.write(1, b"\xff\xfe\x80\n")
    subprocess.run([sys.executable, "-Sc", "import os; os.write(1, b'the child said so\\n')"], check=True)
    return "done"


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
