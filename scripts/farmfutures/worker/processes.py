"""Process trees: find them, end them, and make sure that they end with us.

A process group does not hold a grandchild that called ``setsid``; so on Linux supervisors and the broker are subreapers:
what their children leave behind becomes their own child, and they sweep it. On Windows a job object that dies with its
last handle does the same. macOS has neither: there the tree is walked before it is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

LEASE_S = 5.0
"""A process that was stopped for so long is given up."""

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def adopt_orphans() -> None:
    """Makes this process the parent of what its children leave behind (Linux: prctl(2), PR_SET_CHILD_SUBREAPER)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    elif sys.platform == "win32":
        _join_job_object()


def die_with_parent() -> None:
    """Has the system kill this process when the *thread* that started it ends (Linux: prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def start(command: Sequence[str], **how: Any) -> subprocess.Popen[bytes]:
    """Starts a process that has nothing on its standard input."""
    return cast("subprocess.Popen[bytes]", subprocess.Popen(command, stdin=subprocess.DEVNULL, **how))


def detach() -> Callable[[], None]:
    """Goes on in a child of its own, so that whoever started us has no dead child when we leave one day.

    The first process ends when the returned function is called: with 0, or with 1 where we ended before that.
    """
    if sys.platform == "win32":
        return lambda: None
    read, write = os.pipe()
    if os.fork():
        os.close(write)
        os._exit(0 if os.read(read, 1) else 1)
    os.close(read)

    def announced() -> None:
        os.write(write, b"!")
        os.close(write)

    return announced


def descendants(pid: int) -> list[int]:
    """Returns the processes below `pid`, children first."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents():
        children.setdefault(parent, []).append(child)
    found = list(children.get(pid, ()))
    for child in found:
        found.extend(children.get(child, ()))
    return found


def _parents() -> Iterable[tuple[int, int]]:
    if sys.platform == "linux":
        return _from_proc()
    if sys.platform == "win32":
        return ()  # The job object does it.
    text = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    return [(int(a), int(b)) for a, b in (line.split() for line in text.splitlines())]


def _from_proc() -> Iterable[tuple[int, int]]:
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat(int(name))
            if fields:
                yield int(name), int(fields[1])


def _stat(pid: int) -> list[str] | None:
    """Returns the fields of /proc/PID/stat from the state on (proc(5)); the name before may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def started(pid: int) -> str | None:
    """Returns what tells this process from a later one with the same id, or None where it is gone."""
    if sys.platform == "linux":
        fields = _stat(pid)
        return fields[19] if fields and fields[0] != "Z" else None
    if sys.platform == "win32":
        return None
    found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return found.strip() or None


def is_stopped(pid: int) -> bool:
    """Whether a process was stopped by a signal (proc(5): state T). Other systems than Linux don't say so cheaply."""
    fields = _stat(pid) if sys.platform == "linux" else None
    return fields is not None and fields[0] in ("T", "t")


def memory_bytes() -> int:
    """Returns what this process holds of the machine's memory now; where that is not known, the most that it ever held."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def end_children(spare: Iterable[int]) -> None:
    """Ends children of this process, and what is below them, except those that are spared with theirs."""
    spared = set(spare)
    for child, parent in _parents():
        if parent == os.getpid() and child not in spared:
            kill_tree(child)
    _reap()


def kill(pid: int) -> None:
    """Ends a process without asking, as far as it is there and ours."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def kill_tree(pid: int) -> None:
    """Ends a process and everything below it."""
    below = descendants(pid)
    kill(pid)
    for child in below:
        kill(child)


def sweep(limit_s: float = 3.0, spare: Iterable[int] = ()) -> None:
    """Ends every descendant of this process except `spare`, those that appear meanwhile included."""
    spared = set(spare)
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        left = [pid for pid in descendants(os.getpid()) if pid not in spared and _alive(pid)]
        if not left:
            break
        for pid in left:
            kill(pid)
        _reap()
        time.sleep(0.005)
    _reap()


def _alive(pid: int) -> bool:
    fields = _stat(pid) if sys.platform == "linux" else ["?"]
    return fields is not None and fields[0] != "Z"


def _reap() -> None:
    """Collects orphans that have ended. Never the children that subprocess started: it would miss their exit codes."""
    if sys.platform != "linux":
        return
    known = {process.pid for process in getattr(subprocess, "_active", [])} | _own
    for pid in descendants(os.getpid()):
        if pid not in known:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


_own: set[int] = set()


def keep(pid: int) -> None:
    """Says that somebody waits for this child, so that the sweeper leaves its exit code alone."""
    _own.add(pid)


def unkeep(pid: int) -> None:
    """The opposite of `keep`."""
    _own.discard(pid)


_CRASHES = {
    0xC0000005: "access violation", 0xC00000FD: "stack overflow", 0xC0000135: "a DLL is missing",
    0xC0000139: "a DLL is of another version", 0xC0000142: "a DLL did not start", 0xC0000374: "heap corruption",
}  # fmt: skip
"""Exit codes of Windows that are no choice of the program's (ntstatus.h)."""


def describe_exit(code: int) -> str:
    """Says in words how a process ended, from ``Popen.returncode``."""
    if code in _CRASHES:
        return f"crashed ({_CRASHES[code]}, 0x{code:08X})"
    if code >= 0:
        return f"exited with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    hint = " (out of memory, or somebody killed it)" if name == "SIGKILL" else ""
    return f"was killed by {name}{hint}"


def _join_job_object() -> None:  # pragma: no cover - Windows only, not run here
    """Windows: this process and its children end when it does (JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE)."""
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        job = kernel.CreateJobObjectW(None, None)
        limits = (ctypes.c_byte * 144)()  # JOBOBJECT_EXTENDED_LIMIT_INFORMATION on 64 bits; LimitFlags are at 16.
        ctypes.c_uint32.from_buffer(limits, 16).value = 0x2000
        kernel.SetInformationJobObject(job, 9, limits, ctypes.sizeof(limits))
        kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
