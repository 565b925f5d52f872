"""The verbs: marks for runners, the client's own word about what nobody runs, and the engine's cancel for what is left over."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any

from ...errors import EngineUnavailableError, NoSuchJobError, RefusedError
from ...job import State, WorkSpec
from ...spool import marks, package, runs
from ...spool.marks import Marks
from . import missing
from .handover import spec_of
from .job import Job
from .settle import settle
from .view import JobView

if TYPE_CHECKING:
    from .requests import Requests

PATIENCE_S = 5.0
"""So long runners are given to say that they have seen a mark."""


class Steering:
    """Does one verb at a time.

    Args:
        requests: Who was asked.
    """

    def __init__(self, requests: Requests) -> None:
        self.requests = requests
        self.engine = requests.engine

    # --- ending

    def on_cancel(self, job: int, works: list[int] | None) -> list[int]:
        """Cancels items that wait; returns those that will surely not run."""
        found = self.requests.job(job)
        wanted = self._not_over(found, works)
        if not wanted:
            return []
        version = self._mark(found, lambda all_of: all_of.cancelled.update(wanted))
        sure = set(settle(found.view, self._idle(found, wanted), State.CANCELLED))
        sure |= set(wanted) - self._deaf(found, version, wanted) - found.view.running().keys() - found.view.over.keys()
        self._take_back(found, sure, running=False)
        return sorted(sure | {work for work in wanted if found.view.ended(work) is State.CANCELLED})

    def on_kill(self, job: int, works: list[int] | None) -> int:
        """Kills items that run and ends those that wait; returns how many."""
        found = self.requests.job(job)
        wanted = self._not_over(found, works)
        if not wanted:
            return 0
        version = self._mark(found, lambda all_of: all_of.killed.update(wanted))
        settle(found.view, self._idle(found, wanted), State.KILLED)
        self._take_back(found, wanted, running=False)
        # Runners end what they have by themselves; one that does not answer is the engine's to end.
        self._take_back(found, self._deaf(found, version, wanted), running=True)
        return len(wanted)

    def _not_over(self, job: Job, works: Collection[int] | None) -> list[int]:
        return job.view.missing(self._chosen(job, works))

    def _chosen(self, job: Job, works: Collection[int] | None) -> Iterable[int]:
        total = job.view.total
        return range(total) if works is None else sorted(work for work in set(works) if 0 <= work < total)

    def _mark(self, job: Job, how: Any) -> int:
        """Changes the marks, and returns their version."""
        found = marks.change(job.view.folder, job.view.seal, how)
        job.view.refresh()
        self.engine.ring(job)
        return found.version

    def _held(self, view: JobView) -> set[int]:
        """Returns the items that runners may have: of those that have said nothing yet all that their names allow."""
        left = set(view.missing(range(view.total))) if view.silent else set[int]()
        held = {work for run in view.runs.values() for work in view.holds(run)}
        return held.union(*(runs.shared(name, left) for name in view.silent))

    def _idle(self, job: Job, works: Iterable[int]) -> list[int]:
        held = self._held(job.view)
        return [work for work in works if work not in held]

    def _deaf(self, job: Job, version: int, works: Collection[int]) -> set[int]:
        """Waits until runners have seen a mark; returns those of the items whose runner has not in time."""
        view, wanted = job.view, set(works)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            view.refresh()
            with view.lock:
                deaf = {work for run in view.live() if run.marks < version for work in view.holds(run)} & wanted
                deaf |= self._held(view) & wanted if view.silent else set()
            if not deaf or time.monotonic() > deadline:
                return deaf
            time.sleep(self.engine.settings.spool_poll_s)

    def _take_back(self, job: Job, works: Collection[int], *, running: bool) -> None:
        """Has the engine drop chunks of which nothing else is left; what it can't be told now its runners find out."""
        try:
            job.standing.reload()
            for handle, chunks in job.standing.spent(works).items():
                self.engine.launcher.cancel(handle, chunks, running=running)
        except EngineUnavailableError:
            return

    # --- running again

    def on_retry(self, job: int, works: list[int] | None, complete: bool = False) -> int:
        """Runs items again that are over and not complete (or those of these indices); returns how many.

        Args:
            job: The job.
            works: Indices, or None for all.
            complete: Those that are complete, too.
        """
        found = self.requests.job(job)
        view = found.view
        chosen = [work for work in self._chosen(found, works) if _may_run_again(view.ended(work), complete=complete)]
        if not chosen:
            return 0
        if view.package.spec["launch"]["secrets"] and not view.folder.secrets.exists():
            raise RefusedError(f"the secrets of job {job} are kept no longer, since all of it was complete: submit it again.")
        attempts = {work: view.over[work].attempt for work in chosen if work in view.over}

        def forgive(all_of: Marks) -> None:
            for work in chosen:
                all_of.forgiven[work] = max(attempts.get(work, 0), all_of.forgiven.get(work, 0))
            for some in (all_of.cancelled, all_of.killed, all_of.done):
                some.difference_update(chosen)

        self._mark(found, forgive)
        for work in chosen:
            found.barren[work] = 0
        items = self.engine.handover.split(spec_of(view.package), chosen)
        missing.order(found, self.engine.handover, items, insist=True)
        return len(chosen)

    def on_mark_done(self, job: int, works: list[int] | None) -> int:
        """Has items that wait, or that are over and not complete, be complete with the result None; returns how many."""
        found = self.requests.job(job)
        running = found.view.running()
        states = {work: found.view.ended(work) for work in self._chosen(found, works) if work not in running}
        chosen = [work for work, state in states.items() if state is not State.COMPLETE]
        if chosen:
            self._mark(found, lambda all_of: all_of.done.update(chosen))
            self._take_back(found, chosen, running=False)
        return len(chosen)

    def on_resubmit(self, job: int, works: list[int] | None, name: str | None, changes: dict[str, Any]) -> int:
        """Submits the calls of a job (or those of these indices) as a new one, which differs by `changes`; returns its id."""
        found = self.requests.job(job)
        view, about = found.view, found.view.package
        strange = [work for work in works or () if not 0 <= work < view.total]
        chosen = list(range(view.total)) if works is None else sorted(set(works))
        if strange or not chosen:
            what = strange[0] if strange else ""
            raise NoSuchJobError(f"job {job} has no work item {what}; it has {view.total}, counted from 0.")
        spec = dataclasses.replace(spec_of(about), **changes)
        if about.spec["launch"]["secrets"]:
            secrets = package.read_secrets(view.folder, view.seal)
            spec = dataclasses.replace(spec, launch=dataclasses.replace(spec.launch, secrets=secrets))
        packed = package.read_calls(view.folder, about, chosen)
        copies = [_copy(about, work, packed[work], changes) for work in chosen]
        return self.engine.submit(spec, name or about.name, copies, [])

    # --- all of a job

    def on_look_after(self, job: int) -> bool:
        """Has what gets lost of a job run again as long as this client is there; returns whether something is left of it."""
        found = self.requests.job(job)
        found.looked_after = True
        self.engine.look_after(found)
        return found.view.left > 0

    def on_pause(self, job: int, paused: bool) -> bool:
        """Pauses or resumes a job; what runs goes on."""
        return self._set(job, "paused", paused, self.engine.launcher.hold)

    def on_priority(self, job: int, priority: int) -> bool:
        """Moves a job up or down."""
        return self._set(job, "priority", priority, self.engine.launcher.set_priority)

    def _set(self, job: int, mark: str, value: Any, tell: Callable[[str, Any], None]) -> bool:
        """Sets a mark for runners, and tells the engine of it; returns whether something is left of the job."""
        found = self.requests.job(job)
        self._mark(found, lambda all_of: setattr(all_of, mark, value))
        found.standing.reload()
        for handle in found.standing.handles():
            tell(handle, value)
        return found.view.left > 0

    def on_reorder(self, job: int, works: list[int]) -> int:
        """Has items go first among those of their chunk that wait, in this order; returns how many wait."""
        found = self.requests.job(job)
        running = found.view.running()
        chosen = [work for work in dict.fromkeys(works) if 0 <= work < found.view.total and work not in running]
        chosen = found.view.missing(chosen)
        if chosen:
            self._mark(found, lambda all_of: _bring_forward(all_of, chosen))
        return len(chosen)

    def on_remove(self, job: int) -> bool:
        """Removes a job that is over, with its logs."""
        found = self.requests.job(job)
        if found.view.left:
            raise RefusedError(f"job {job} is not over: cancel or kill it first, or wait until it is.")
        self.engine.remove(found)
        return True


def _may_run_again(state: State | None, *, complete: bool) -> bool:
    return state is not None and (complete or state is not State.COMPLETE)


def _bring_forward(all_of: Marks, works: list[int]) -> None:
    all_of.first = [*works, *(work for work in all_of.first if work not in set(works))]


def _copy(about: package.Package, work: int, call: Any, changes: dict[str, Any]) -> WorkSpec:
    extra = {what: value for what, value in about.extras.get(work, {}).items() if what not in changes}
    return WorkSpec(call if isinstance(call, bytes) else call.read_bytes(), about.item_name(work), extra)
