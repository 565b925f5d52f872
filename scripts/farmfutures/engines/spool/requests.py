"""What people and programs ask: answered from the job's folder, and only where it matters from the engine."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ... import __version__
from ... import call as calls
from ...errors import EngineUnavailableError, FarmFuturesError, NoSuchJobError, PackageError, RefusedError, SealError
from ...job import CODES, State
from ...spool import outcomes, package
from ...spool.marks import Marks
from ...spool.outcomes import Outcome
from . import rows, summary
from .job import NOTHING, Job
from .reasons import Reasons
from .steering import Steering

if TYPE_CHECKING:
    from .engine import SpoolEngine


class Requests:
    """Answers questions, in any thread.

    Args:
        engine: Whose jobs.
    """

    def __init__(self, engine: SpoolEngine) -> None:
        self.engine = engine
        self._rooms = (self, Steering(self), Reasons(self))

    def answer(self, op: str, args: dict[str, Any]) -> Any:
        """Answers one question.

        Raises:
            NoSuchJobError: There is no such job, or work item.
            RefusedError: It can't be done, or there is no such word.
            EngineUnavailableError: The folder or the engine can't be reached.
        """
        try:
            return self._find(op)(**args)
        except OSError as error:
            if isinstance(error, FarmFuturesError):
                raise
            raise EngineUnavailableError(f"{error.filename or 'the shared folder'} can't be used: {error.strerror}.") from error

    def _find(self, op: str) -> Callable[..., Any]:
        for room in self._rooms:
            found: Callable[..., Any] | None = getattr(room, f"on_{op}", None)
            if found is not None:
                return found
        raise RefusedError(f"the {self.engine.name} engine knows no request {op!r}.")

    def job(self, number: int) -> Job:
        """Returns a job as it is now.

        Raises:
            NoSuchJobError: There is none.
            OSError: Its folder can't be read.
        """
        job = self.engine.job(number)
        try:
            job.view.refresh()
        except FileNotFoundError:
            if job.view.folder.root.exists() or not self.engine.spool.key.exists():
                raise
            self.engine.forget(number)
            raise NoSuchJobError(f"there is no job {number} any more: somebody removed it.") from None
        return job

    def known(self, number: int, work: int) -> Job:
        """Returns the same for a work item.

        Raises:
            NoSuchJobError: There is no such job, or work item.
        """
        job = self.job(number)
        if not 0 <= work < job.view.total:
            total = job.view.total
            raise NoSuchJobError(f"job {number} has no work item {work}; it has {total}, counted from 0.")
        return job

    # --- looking

    def on_jobs(self, limit: int, offset: int, state: str | None, user: str | None, search: str | None) -> list[Any]:
        """One page of jobs, newest first."""
        found = (self._row(number) for number in sorted(self.engine.spool.numbers(), reverse=True))
        chosen = (row for row in found if row is not None and _is_wanted(row, state, user, search))
        return list(itertools.islice(chosen, offset, offset + limit))

    def _row(self, number: int) -> dict[str, Any] | None:
        """A job that is just being made or removed, and one of another engine, is none."""
        try:
            return self._of_summary(number) or self._describe(self.job(number))
        except NoSuchJobError:
            return None
        except (SealError, PackageError) as error:
            return rows.unreadable_row(number, self.engine.name, str(error))

    def on_job(self, job: int) -> dict[str, Any]:
        """One job."""
        return self._describe(self.job(job))

    def _of_summary(self, number: int) -> dict[str, Any] | None:
        found = self._ended(number)
        if found is None or found[0].engine != self.engine.name:
            return None
        try:
            about = package.read(self.engine.spool.job(number), self.engine.seal)
        except FileNotFoundError:
            return None  # It is just being removed.
        return rows.job_row(about, found[1], found[0], self._url(found[0]))

    def _describe(self, job: Job) -> dict[str, Any]:
        with job.view.lock:
            now = rows.summary(job)
            row = rows.job_row(job.view.package, job.view.marks, now, self._url(now))
        if not job.view.left:
            self.engine.is_over(job)
        return row

    def _url(self, now: summary.Summary) -> str | None:
        return self.engine.launcher.url(now.handle) if now.handle else None

    def on_items(self, job: int, limit: int, offset: int, state: str | None) -> list[Any]:
        """One page of a job's items."""
        found = self.job(job)
        with found.view.lock:
            running, codes = found.view.running(), rows.states(found.view)
            wanted = None if state is None else CODES[State(state)]
            works = [work for work, code in enumerate(codes) if wanted is None or code == wanted]
            return [rows.item_row(found, work, running) for work in works[offset : offset + limit]]

    def on_item(self, job: int, work: int) -> dict[str, Any]:
        """One item."""
        found = self.known(job, work)
        with found.view.lock:
            return rows.item_row(found, work, found.view.running())

    def on_states(self, job: int) -> bytes:
        """The state of every item, a byte each, in order."""
        found = self.job(job)
        with found.view.lock:
            return rows.states(found.view)

    def on_errors(self, job: int, limit: int, offset: int) -> list[tuple[int, str]]:
        """Index and traceback of one page of a job's failed items."""
        view = self.job(job).view
        with view.lock:
            failed = sorted(work for work, over in view.over.items() if view.ended(work) is State.FAILED)
            page = {one.work: one for one in view.outcomes(failed[offset : offset + limit])}
        return [(work, calls.error_text(self._packed(job, page[work])) or "") for work in sorted(page)]

    def on_spec(self, job: int) -> dict[str, Any]:
        """The specification of a job; of its secrets the names only."""
        return dict(self.job(job).view.package.spec)

    def on_extra(self, job: int, work: int) -> dict[str, Any]:
        """What differs for one item from its job."""
        return dict(self.known(job, work).view.package.extras.get(work, {}))

    def on_workers(self) -> list[dict[str, Any]]:
        """The interpreters of jobs that are not over."""
        found = []
        for number in self.engine.spool.numbers():
            try:
                if self._ended(number) is None:
                    job = self.job(number)
                    with job.view.lock:
                        found += rows.worker_rows(job)
            except (NoSuchJobError, SealError, PackageError):
                continue  # A list of jobs says what is wrong with it.
        return found

    def _ended(self, number: int) -> tuple[summary.Summary, Marks] | None:
        """How a job ended, where that was written down, and nobody here wanted to know more."""
        return None if self.engine.knows(number) else summary.read(self.engine.spool.job(number), self.engine.seal)

    def on_status(self) -> dict[str, Any]:
        """This client itself: there is no broker."""
        engine = self.engine
        waiting = engine.waiting()
        return {
            "pid": os.getpid(), "release": __version__, "engine": engine.name, "spool": str(engine.spool.root),
            "open_jobs": len(waiting), "stuck": engine.trouble,
        }  # fmt: skip

    # --- payloads

    def payload(self, what: str, job: int, work: int) -> bytes:
        """Returns the packed ``"call"`` or ``"outcome"`` of a work item, b"" where there is none.

        Raises:
            NoSuchJobError: There is no such item.
            SealError: It is not what was written.
            EngineUnavailableError: It can't be read now.
        """
        return bytes(self.answer(what, {"job": job, "work": work}))

    def on_outcome(self, job: int, work: int) -> bytes:
        """The packed outcome."""
        view = self.known(job, work).view
        with view.lock:
            if view.ended(work) is State.COMPLETE and (work not in view.over or view.over[work].state is not State.COMPLETE):
                return NOTHING
            one = next(view.outcomes([work]), None)
        return b"" if one is None else self._packed(job, one)

    def _packed(self, job: int, one: Outcome) -> bytes:
        path = outcomes.blob_path(self.engine.spool.job(job), one)
        return one.payload if path is None else path.read_bytes()

    def on_call(self, job: int, work: int) -> bytes:
        """The packed call."""
        view = self.known(job, work).view
        found = package.read_calls(view.folder, view.package, [work])[work]
        return found if isinstance(found, bytes) else found.read_bytes()


def _is_wanted(row: dict[str, Any], state: str | None, user: str | None, search: str | None) -> bool:
    return (
        (state is None or row["state"] == state)
        and (not user or row["user"] == user)
        and (not search or search.lower() in row["name"].lower())
    )
