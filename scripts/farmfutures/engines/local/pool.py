"""The interpreters of the local engine, each with a supervisor of its own: start them, keep them warm, let them go."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...settings import Settings
from ...worker import channel, logs, processes
from ...worker.environ import PACKAGES, of_interpreter
from .folder import Folder
from .queue import Job, Lane, Ready
from .specs import kept_secrets
from .vault import Vault

GOODBYE_S = 15.0
_LAST_GOODBYE_S = 4.0
"""The broker itself is about to leave, and somebody may be waiting for that."""

_DEATH_S = 5.0
"""A process that was killed is gone by then, unless it hangs in the kernel."""


class SecretsLostError(Exception):
    """What a job needs was removed, by hand or with a damaged folder."""


@dataclass(slots=True)
class Grant:
    """A bundle that a worker was handed. Items that are over are None."""

    id: int
    items: list[tuple[Job, Ready] | None]
    attempts: list[int]
    granted_s: float
    left: int
    revoked: bool = False
    told: int = -1


@dataclass(slots=True, eq=False)
class Worker:
    """An interpreter as the broker sees it. `data` goes to the interpreter itself, `control` to its supervisor."""

    id: int
    lane: Lane
    process: subprocess.Popen[bytes]
    data: channel.Link[channel.Record]
    control: channel.Link[channel.Message]
    folder: Path
    began_s: float
    grants: dict[int, Grant] = field(default_factory=dict)
    ready: bool = False
    leaving: bool = False
    pid: int = 0
    items_done: int = 0
    ready_since: float = 0.0
    idle_since: float = 0.0
    took_s: float = 0.0
    stopped_since: float = 0.0
    heavy: bool = False
    started_s: float = field(default_factory=time.time)

    def order(self, kind: str, **header: Any) -> None:
        """Tells the supervisor."""
        header["k"] = kind
        self.control.send(channel.pack_message(header))


class Pool:
    """Starts and ends supervisors."""

    def __init__(self, folder: Folder, settings: Settings) -> None:
        self.folder = folder
        self.settings = settings
        self.vault = Vault(folder)
        self.workers: dict[int, Worker] = {}
        self.changes = 0
        """How often a worker came or went."""
        self.stuck: set[int] = set()
        """Descriptors of workers to which something waits to be written."""
        self.next_id = 1
        self._look_s = 0.0

    def start(self, lane: Lane) -> Worker:
        """Starts a supervisor, which starts the interpreter.

        Raises:
            SecretsLostError: The values of secret variables are not there any more.
        """
        secrets = self._secrets(lane)
        number, self.next_id = self.next_id, self.next_id + 1
        folder = self.folder.worker(number)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        (control, data), theirs = zip(channel.pair(), channel.pair(), strict=True)
        try:
            process = self._spawn(folder, theirs)
        finally:
            for end in theirs:
                end.close()
        processes.keep(process.pid)
        (folder / "supervisor").write_text(f"{process.pid} {processes.started(process.pid)}")
        worker = Worker(
            number, lane, process, channel.Link(data, channel.cut_records, self.stuck),
            channel.Link(control, channel.cut_messages, self.stuck), folder, time.monotonic(), idle_since=time.monotonic(),
        )  # fmt: skip
        self.workers[number] = worker
        self.changes += 1
        # What an interpreter must look like travels here, nothing of it in argv: other users can read that.
        worker.order("start", **self._config(folder, lane, secrets))
        worker.data.send(channel.pack_message(self._child(lane)))
        return worker

    def _spawn(self, folder: Path, ends: tuple[socket.socket, ...]) -> subprocess.Popen[bytes]:
        with (folder / "supervisor.log").open("wb") as errors:
            return processes.start(
                [sys.executable, "-m", "farmfutures.worker", *(str(end.fileno()) for end in ends)],
                env=self._own_environ(), stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True,
                **channel.to_inherit(*ends),
            )  # fmt: skip

    def _secrets(self, lane: Lane) -> dict[str, str]:
        kept = kept_secrets(lane.launch)
        try:
            return self.vault.read(kept) if kept else {}
        except OSError as error:
            names = ", ".join(lane.launch["secrets"]["names"])
            raise SecretsLostError(
                f"the values of {names} are no longer kept ({error.strerror}): submit the job again"
            ) from error

    def _config(self, folder: Path, lane: Lane, secrets: dict[str, str]) -> dict[str, Any]:
        env = {**self.environ({**lane.launch["env"], **secrets}), "FARMFUTURES_WORKER_DIR": str(folder)}
        return {
            "folder": str(folder), "launch": {"interpreter": lane.launch["interpreter"]}, "env": env,
            "logs": str(self.folder.jobs), "log_limit": self.settings.log_limit_bytes,
            "start_timeout_s": self.settings.start_timeout_s, "goodbye_s": GOODBYE_S,
        }  # fmt: skip

    def _child(self, lane: Lane) -> dict[str, Any]:
        launch = lane.launch
        return {
            "sys_path": launch["sys_path"], "cwd": launch["cwd"], "bootstrap": launch["bootstrap"],
            "settings": launch["settings"], "preflight": launch["preflight"], "logs": str(self.folder.jobs),
            "blobs": str(self.folder.blobs), "inline_limit": self.settings.inline_limit_bytes,
            "log_limit": self.settings.log_limit_bytes, "memory_mark": self.settings.memory_mark_bytes,
        }  # fmt: skip

    def environ(self, extra: dict[str, str]) -> dict[str, str]:
        """Returns the environment of an interpreter: a little of the system's, and the job's."""
        return of_interpreter(extra, self.folder.root)

    def _own_environ(self) -> dict[str, str]:
        """Supervisors run on the broker's Python, with the broker's path."""
        return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in [PACKAGES, *sys.path] if path)}

    def look_for_stopped(self, now: float) -> None:
        """Ends a supervisor that somebody has stopped (SIGSTOP) for longer than its lease: it can't look after anything."""
        if now < self._look_s:
            return
        self._look_s = now + 1.0
        for worker in self.workers.values():
            if not processes.is_stopped(worker.process.pid):
                worker.stopped_since = 0.0
            elif not worker.stopped_since:
                worker.stopped_since = now
            elif now - worker.stopped_since > processes.LEASE_S - 1.0:
                processes.kill_tree(worker.process.pid)

    def sweep_strays(self) -> None:
        """Ends what a supervisor that was killed left behind: the system made it a child of this process."""
        supervisors = {worker.process.pid for worker in self.workers.values()}
        processes.end_children(spare=supervisors)

    def ended(self) -> list[Worker]:
        """Returns the workers whose supervisor is gone."""
        return [worker for worker in self.workers.values() if worker.process.poll() is not None]

    def drop(self, worker: Worker) -> None:
        """Forgets a worker and what it kept on disk."""
        self.workers.pop(worker.id, None)
        self.changes += 1
        processes.unkeep(worker.process.pid)
        worker.data.close()
        worker.control.close()
        worker.process.wait()
        shutil.rmtree(worker.folder, ignore_errors=True)

    def in_lane(self, lane: Lane) -> list[Worker]:
        """The workers of a lane that are not leaving."""
        return [worker for worker in self.workers.values() if worker.lane is lane and not worker.leaving]

    def end(self) -> None:
        """Ends every supervisor: those with nothing to do let their interpreters say goodbye, the others end theirs."""
        for worker in self.workers.values():
            if worker.grants or not worker.ready:
                worker.control.finish()
            elif not worker.leaving:
                worker.order("leave")
                worker.data.finish()
        for limit, more in ((_LAST_GOODBYE_S, _hang_up), (_LAST_GOODBYE_S, _kill)):
            deadline = time.monotonic() + limit
            for worker in self.workers.values():
                try:
                    worker.process.wait(max(0.01, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    more(worker)

    def sweep_old(self) -> None:
        """Ends what a broker that was killed left behind, by process id and start time, and sees that it is dead.

        What it ran is handed out again next, and two runs of an item at once would write the same files.
        """
        ended = []
        for record in [*self.folder.workers.glob("*/supervisor"), *self.folder.workers.glob("*/pid")]:
            pid, _, when = record.read_text().partition(" ")
            if pid.isdigit() and when and processes.started(int(pid)) == when:
                processes.kill_tree(int(pid))
                ended.append((int(pid), when))
        deadline = time.monotonic() + _DEATH_S
        while any(processes.started(pid) == when for pid, when in ended) and time.monotonic() < deadline:
            time.sleep(0.002)

    def tail(self, worker: Worker) -> str:
        """Returns the last lines of an interpreter's own log."""
        return logs.tail(worker.folder / logs.SCRATCH) or logs.tail(worker.folder / "supervisor.log")


def _hang_up(worker: Worker) -> None:
    worker.control.finish()


def _kill(worker: Worker) -> None:
    processes.kill_tree(worker.process.pid)
    worker.process.wait()
