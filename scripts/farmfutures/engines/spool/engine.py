"""The client's side of engines that start command lines: hands jobs over, resolves futures, answers questions from folders."""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import EngineUnavailableError, FarmFuturesError, NoSuchJobError, OptionError, RefusedError
from ...job import JobSpec, WorkSpec
from ...settings import Settings, os_user
from ...spool import orders, package
from ...spool.layout import Spool
from ...spool.seal import Seal
from ..report import Finding, Report
from . import history, rows, summary
from .handover import Handover
from .job import Job
from .launcher import Launcher
from .report import whole
from .requests import Requests
from .view import JobView
from .watcher import Watcher

if TYPE_CHECKING:
    from ...future import Future

log = logging.getLogger("farmfutures.spool")

_REMEMBERED = 200
"""So many jobs that nobody waits for are kept as they were read."""


class SpoolEngine:
    """An engine whose jobs lie in a shared folder; executors of a process share one.

    Args:
        settings: The client's.
        launcher: What starts command lines.
    """

    def __init__(self, settings: Settings, launcher: Launcher) -> None:
        self.name = launcher.name
        self.settings = settings
        self.launcher = launcher
        self.handover = Handover(settings, launcher)
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self._spool: tuple[Spool, Seal] | None = None
        self._jobs: OrderedDict[int, Job] = OrderedDict()
        self._watcher: Watcher | None = None
        self._requests = Requests(self)

    # --- what it can do

    def report(self) -> Report:
        """What it can do; asks nobody."""
        return whole(self.launcher.report())

    def check(self, spec: JobSpec) -> None:
        """Refuses what it can't do as this job wants it.

        Raises:
            RefusedError: With a sentence that names the option and what to do.
            OptionError: An option of the engine's own has a bad value.
        """
        if not spec.detached:
            raise RefusedError(
                f"the {self.name} engine can't honour detached=False: nobody on a farm watches whether this process lives. Leave "
                "it out, and cancel what you don't want any more."
            )
        self.launcher.check(spec)

    def examine(self) -> list[Finding]:
        """Looks whether jobs can be handed over from here; submits nothing."""
        try:
            self.connect()
        except (FarmFuturesError, OSError) as error:
            return [Finding("shared folder", False, str(error), "the setting 'spool' names it")]
        return [Finding("shared folder", True, f"{self.spool.root} is there, and only yours"), *self.launcher.examine()]

    # --- the folder

    def connect(self) -> bool:
        """Makes sure that the shared folder is there. The engine itself may be down.

        Raises:
            OptionError: No setting says where it is.
            StateFolderError: It is not there, or not safely ours.
            EngineUnavailableError: This process is the child of the one that the engine was opened in.
        """
        if self.pid != os.getpid():
            raise EngineUnavailableError("this executor was made before os.fork; make a new one in the child process.")
        with self.lock:
            if self._spool is None:
                if not self.settings.spool:
                    raise OptionError(
                        f"the {self.name} engine needs a folder that this machine and its workers see: name it with the setting "
                        "'spool' (FARMFUTURES_SPOOL)."
                    )
                spool = Spool(Path(self.settings.spool), os_user()).create()
                self._spool = spool, spool.seal()
        return True

    @property
    def spool(self) -> Spool:
        """The user's folder."""
        self.connect()
        assert self._spool is not None
        return self._spool[0]

    @property
    def seal(self) -> Seal:
        """The user's seal."""
        self.connect()
        assert self._spool is not None
        return self._spool[1]

    # --- handing over

    def submit(self, spec: JobSpec, name: str, works: list[WorkSpec], futures: list[Future]) -> int:
        """Hands a job over; it is safe when this returns.

        Raises:
            RefusedError: The engine refuses it, or it is too large.
            StoreFullError: The disk of the shared folder is full.
            StateFolderError: The shared folder is not there.
            EngineUnavailableError: The engine can't be reached.
        """
        self.check(spec)
        self.spool.create()
        made = self.handover.new(self.spool, self.seal, spec, name, works)
        number = made.folder.number
        view = JobView(made.folder, self.seal, self.settings.spool_delay_s, made.package)
        job = Job(view, self.name, [made.order], self.settings.spool_delay_s)
        for work, future in enumerate(futures):
            future._bind(self, number, work)
        self._wait_for(job, futures)
        return number

    def attach(self, job: int, futures: list[Future]) -> None:
        """Has futures resolve with the outcomes of a job that somebody submitted."""
        for work, future in enumerate(futures):
            future._bind(self, job, work)
        found = self.job(job)
        found.view.refresh()
        self._wait_for(found, futures)

    def _wait_for(self, job: Job, futures: list[Future]) -> None:
        job.wait_for(futures)
        self.look_after(job)

    def look_after(self, job: Job) -> None:
        """Has the watcher look at a job as long as there is something to wait for."""
        with self.lock:
            self._jobs[job.number] = job
            if self._watcher is None:
                self._watcher = Watcher(self)
                self._watcher.start()
        self.ring(job)

    # --- jobs

    def job(self, number: int) -> Job:
        """Returns a job of this engine.

        Raises:
            NoSuchJobError: There is none, or it is another engine's.
            SealError: It is not ours.
        """
        with self.lock:
            known = self._jobs.get(number)
            if known is not None:
                self._jobs.move_to_end(number)
                return known
        folder = self.spool.job(number)
        try:
            about = package.read(folder, self.seal)
            given = orders.read(folder, self.seal)
        except FileNotFoundError:
            text = f"there is no job {number} in {self.spool.root}. 'farmfutures jobs' lists what there is."
            raise NoSuchJobError(text) from None
        if given and given[0].engine != self.name:
            raise NoSuchJobError(f"job {number} is one of the {given[0].engine} engine, and this is the {self.name} engine.")
        view = JobView(folder, self.seal, self.settings.spool_delay_s, about)
        with self.lock:
            job = self._jobs.setdefault(number, Job(view, self.name, given, self.settings.spool_delay_s))
            self._trim()
        return job

    def _trim(self) -> None:
        idle = [number for number, job in self._jobs.items() if not job.is_awaited]
        for number in idle[: max(0, len(idle) - _REMEMBERED)]:
            del self._jobs[number]

    def knows(self, number: int) -> bool:
        """Whether a job was read, so that only what is new needs to be."""
        with self.lock:
            return number in self._jobs

    def waiting(self) -> list[Job]:
        """Returns the jobs that somebody waits for."""
        with self.lock:
            return [job for job in self._jobs.values() if job.is_awaited]

    def forget(self, number: int) -> None:
        """A job is no more."""
        with self.lock:
            self._jobs.pop(number, None)

    def ask(self, jobs: Collection[Job]) -> None:
        """Asks the engine how the chunks of jobs stand, in one question.

        Raises:
            EngineUnavailableError: It can't be reached now.
        """
        jobs = [job for job in jobs if job.reload()]
        handles = [handle for job in jobs for handle in job.standing.handles()]
        answer = self.launcher.look(handles) if handles else {}
        for job in jobs:
            job.standing.note(answer)

    def is_over(self, job: Job) -> None:
        """All items of a job are over: that is written down. Where all are complete nothing runs again, and its secrets go."""
        view = job.view
        try:
            with view.lock:  # Whoever removes it waits: nothing is to be written where it was.
                now = None if view.left or job.removed else rows.summary(job)
                if now is not None and now != job.written:
                    summary.write(view.folder, self.seal, now)
                    job.written = now
                if now is not None and view.all_complete:
                    view.folder.secrets.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s can't be written: %s", view.folder.root, error.strerror)

    def remove(self, job: Job) -> None:
        """Removes a job that is over, with all that lies in its folder.

        Raises:
            OSError: It can't be removed.
        """
        with job.view.lock:
            history.remove(self.spool, job.number)
            job.removed = True
        self.forget(job.number)

    # --- asking

    def request(self, op: str, **args: Any) -> Any:
        """Asks or steers; see `farmfutures.Farm` for the words.

        Raises:
            NoSuchJobError: There is no such job.
            RefusedError: It can't be done, or there is no such word.
            EngineUnavailableError: The folder or the engine can't be reached.
        """
        self.connect()
        return self._requests.answer(op, args)

    def payload(self, what: str, job: int, work: int) -> bytes:
        """Returns the packed ``"call"`` or ``"outcome"`` of a work item, b"" where there is none."""
        self.connect()
        return self._requests.payload(what, job, work)

    @property
    def trouble(self) -> str:
        """Why the folder or the engine can't be reached now, "" where all is well, as far as somebody waits."""
        return self._watcher.trouble if self._watcher is not None else ""

    def ring(self, job: Job) -> None:
        """Something was changed in a job that whoever waits is to see soon."""
        if self._watcher is not None:
            self._watcher.ring(job)

    def close(self) -> None:
        """Lets go; what was submitted goes on."""
        if self.pid != os.getpid():
            return  # We came here by os.fork: the thread is our parent's.
        with self.lock:
            watcher, self._watcher = self._watcher, None
        if watcher is not None and watcher is threading.current_thread():
            # The last future has resolved, and nobody holds its executor any more: the thread ends by itself.
            watcher.last = self.launcher.close
            watcher.stop()
            return
        if watcher is not None:
            watcher.stop()
        self.launcher.close()
