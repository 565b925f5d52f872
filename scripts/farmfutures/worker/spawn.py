"""Starts supervisors: what whoever hands out work does for an interpreter, the broker as well as a runner on a farm."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..settings import Settings
from . import channel, logs, processes
from .environ import PACKAGES

GOODBYE_S = 15.0

PID, SUPERVISOR = "pid", "supervisor"
"""Files in an interpreter's folder that say which processes belong to it, and when they began."""

_LOG = "supervisor.log"


@dataclass(slots=True, eq=False)
class Supervised:
    """A supervisor and its interpreter, as whoever started them sees them.

    Attributes:
        folder: The interpreter's own folder.
        process: The supervisor.
        data: Leads to the interpreter itself.
        control: Leads to its supervisor.
    """

    folder: Path
    process: subprocess.Popen[bytes]
    data: channel.Link[channel.Record]
    control: channel.Link[channel.Message]
    stopped_since: float = field(default=0.0, kw_only=True)

    def order(self, kind: str, **header: Any) -> None:
        """Tells the supervisor."""
        header["k"] = kind
        self.control.send(channel.pack_message(header))

    def begin(self, config: Mapping[str, Any], child: Mapping[str, Any]) -> None:
        """Has the interpreter started. What it must look like travels here, nothing of it in argv: other users can read that."""
        self.order("start", **config)
        self.data.send(channel.pack_message(dict(child)))

    def let_go(self) -> None:
        """Has an interpreter that has nothing to do say goodbye, and its supervisor end with it."""
        self.order("leave")
        self.data.finish()

    def hang_up(self) -> None:
        """Has the supervisor end its interpreter at once, whatever that does."""
        self.control.finish()

    def kill(self) -> None:
        """Ends both without asking."""
        processes.kill_tree(self.process.pid)
        self.process.wait()

    def give_up_if_stopped(self, now: float) -> None:
        """Ends a supervisor that somebody has stopped (SIGSTOP) for longer than its lease: it can't look after anything."""
        if not processes.is_stopped(self.process.pid):
            self.stopped_since = 0.0
        elif not self.stopped_since:
            self.stopped_since = now
        elif now - self.stopped_since > processes.LEASE_S - 1.0:
            processes.kill_tree(self.process.pid)

    def tail(self) -> str:
        """Returns the last lines of the interpreter's own log."""
        return logs.tail(self.folder / logs.SCRATCH) or logs.tail(self.folder / _LOG)

    def close(self) -> None:
        """Lets go of a supervisor that has ended, or does so soon."""
        processes.unkeep(self.process.pid)
        self.data.close()
        self.control.close()
        self.process.wait()


Ends = tuple[subprocess.Popen[bytes], "channel.Link[channel.Record]", "channel.Link[channel.Message]"]


def start(folder: Path, stuck: set[int] | None = None) -> Ends:
    """Starts a supervisor, which waits for its configuration.

    Args:
        folder: The interpreter's folder, which is made; it must not be there.
        stuck: See `channel.Link`.
    """
    folder.mkdir(mode=0o700)
    (control, data), theirs = zip(channel.pair(), channel.pair(), strict=True)
    try:
        process = _spawn(folder, theirs)
    finally:
        for end in theirs:
            end.close()
    processes.keep(process.pid)
    (folder / SUPERVISOR).write_text(f"{process.pid} {processes.started(process.pid)}")
    return process, channel.Link(data, channel.cut_records, stuck), channel.Link(control, channel.cut_messages, stuck)


def _spawn(folder: Path, ends: tuple[socket.socket, ...]) -> subprocess.Popen[bytes]:
    # It runs on our own Python, with our own path.
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in [PACKAGES, *sys.path] if path)}
    with (folder / _LOG).open("wb") as errors:
        return processes.start(
            [sys.executable, "-m", "farmfutures.worker.supervisor", *(str(end.fileno()) for end in ends)],
            env=environ, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True, **channel.to_inherit(*ends),
        )  # fmt: skip


def supervisor_config(
    folder: Path, launch: Mapping[str, Any], env: Mapping[str, str], logs: Path, settings: Settings
) -> dict[str, Any]:
    """Returns what a supervisor must know.

    Args:
        folder: The interpreter's folder.
        launch: A `Launch` as plain data.
        env: The interpreter's whole environment.
        logs: Where items' logs go.
        settings: For limits.
    """
    return {
        "folder": str(folder), "launch": {"interpreter": launch["interpreter"]},
        "env": {**env, "FARMFUTURES_WORKER_DIR": str(folder)}, "logs": str(logs), "log_limit": settings.log_limit_bytes,
        "start_timeout_s": settings.start_timeout_s, "goodbye_s": GOODBYE_S,
    }  # fmt: skip


def child_config(launch: Mapping[str, Any], logs: Path, blobs: Path, settings: Settings) -> dict[str, Any]:
    """Returns what an interpreter must know; `blobs` is where large calls and outcomes lie, the rest is as above."""
    return {
        "sys_path": launch["sys_path"], "cwd": launch["cwd"], "bootstrap": launch["bootstrap"],
        "settings": launch["settings"], "preflight": launch["preflight"], "logs": str(logs), "blobs": str(blobs),
        "inline_limit": settings.inline_limit_bytes, "log_limit": settings.log_limit_bytes,
        "memory_mark": settings.memory_mark_bytes,
    }  # fmt: skip


def end_left_behind(files: list[Path], limit_s: float) -> None:
    """Ends what an owner that was killed left behind, by process id and start time, and sees that it is dead.

    What it ran is handed out again next, and two runs of an item at once would write the same files.

    Args:
        files: Those that say which processes.
        limit_s: How long to wait for their end, in seconds.
    """
    ended = []
    for record in files:
        pid, _, when = record.read_text().partition(" ")
        if pid.isdigit() and when and processes.started(int(pid)) == when:
            processes.kill_tree(int(pid))
            ended.append((int(pid), when))
    deadline = time.monotonic() + limit_s
    while any(processes.started(pid) == when for pid, when in ended) and time.monotonic() < deadline:
        time.sleep(0.002)


def ended_by(process: subprocess.Popen[bytes], deadline: float) -> bool:
    """Waits until a process is gone; returns whether it is by then, in seconds of `time.monotonic`."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(max(0.01, deadline - time.monotonic()))
        return True
    return False
