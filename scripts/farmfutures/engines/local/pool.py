"""The interpreters of the local engine, each with a supervisor of its own: start them, keep them warm, let them go."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, field

from ...settings import Settings
from ...worker import processes, spawn
from ...worker.environ import of_interpreter
from .folder import Folder
from .queue import Job, Lane, Ready
from .specs import kept_secrets
from .vault import Vault

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
class Worker(spawn.Supervised):
    """An interpreter as the broker sees it."""

    id: int
    lane: Lane
    began_s: float
    grants: dict[int, Grant] = field(default_factory=dict)
    ready: bool = False
    leaving: bool = False
    pid: int = 0
    items_done: int = 0
    ready_since: float = 0.0
    idle_since: float = 0.0
    took_s: float = 0.0
    heavy: bool = False
    started_s: float = field(default_factory=time.time)


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
        now = time.monotonic()
        worker = Worker(folder, *spawn.start(folder, self.stuck), id=number, lane=lane, began_s=now, idle_since=now)
        self.workers[number] = worker
        self.changes += 1
        env = self.environ({**lane.launch["env"], **secrets})
        worker.begin(
            spawn.supervisor_config(folder, lane.launch, env, self.folder.jobs, self.settings),
            spawn.child_config(lane.launch, self.folder.jobs, self.folder.blobs, self.settings),
        )
        return worker

    def _secrets(self, lane: Lane) -> dict[str, str]:
        kept = kept_secrets(lane.launch)
        try:
            return self.vault.read(kept) if kept else {}
        except OSError as error:
            names = ", ".join(lane.launch["secrets"]["names"])
            raise SecretsLostError(
                f"the values of {names} are no longer kept ({error.strerror}): submit the job again"
            ) from error

    def environ(self, extra: dict[str, str]) -> dict[str, str]:
        """Returns the environment of an interpreter: a little of the system's, and the job's."""
        return of_interpreter(extra, self.folder.root)

    def look_for_stopped(self, now: float) -> None:
        """Ends a supervisor that somebody has stopped (SIGSTOP) for longer than its lease: it can't look after anything."""
        if now < self._look_s:
            return
        self._look_s = now + 1.0
        for worker in self.workers.values():
            worker.give_up_if_stopped(now)

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
        worker.close()
        shutil.rmtree(worker.folder, ignore_errors=True)

    def in_lane(self, lane: Lane) -> list[Worker]:
        """The workers of a lane that are not leaving."""
        return [worker for worker in self.workers.values() if worker.lane is lane and not worker.leaving]

    def end(self) -> None:
        """Ends every supervisor: those with nothing to do let their interpreters say goodbye, the others end theirs."""
        for worker in self.workers.values():
            if worker.grants or not worker.ready:
                worker.hang_up()
            elif not worker.leaving:
                worker.let_go()
        for more in (Worker.hang_up, Worker.kill):
            deadline = time.monotonic() + _LAST_GOODBYE_S
            for worker in self.workers.values():
                if not spawn.ended_by(worker.process, deadline):
                    more(worker)

    def sweep_old(self) -> None:
        """Ends what a broker that was killed left behind."""
        workers = self.folder.workers
        spawn.end_left_behind([*workers.glob(f"*/{spawn.SUPERVISOR}"), *workers.glob(f"*/{spawn.PID}")], _DEATH_S)
