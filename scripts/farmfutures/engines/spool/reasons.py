"""Why something does not run: one sentence, from the marks, the runners and the engine's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...errors import EngineUnavailableError
from ...job import State
from ...spool import items as texts
from .job import Job
from .launcher import ChunkState, Stand

if TYPE_CHECKING:
    from .requests import Requests

Reason = tuple[str, str, str]
"""Kind, sentence and the verb that helps; "" where none does."""


class Reasons:
    """Answers one question at a time.

    Args:
        requests: Who was asked.
    """

    def __init__(self, requests: Requests) -> None:
        self.requests = requests
        self.engine = requests.engine

    def on_why(self, job: int, work: int | None) -> dict[str, Any]:
        """Why a job, or one item of it, does not run now: a `Waiting` as plain data."""
        found = self.requests.job(job) if work is None else self.requests.known(job, work)
        kind, sentence, verb = self._reason(found, work)
        return {"kind": kind, "sentence": sentence, "position": None, "help": verb}

    def _reason(self, job: Job, work: int | None) -> Reason:
        reason = _of_job(job) if work is None else _of_item(job, work)
        if reason is not None:
            return reason
        if job.view.marks.paused:
            return "paused", f"Job {job.number} is paused: nothing more of it starts until it is resumed.", "resume"
        try:
            self.engine.ask([job])
        except EngineUnavailableError as error:
            return "stuck", f"{self.engine.name} can't be asked now ({error}); what runs goes on.", ""
        return self._of_stand(job, work)

    def _of_stand(self, job: Job, work: int | None) -> Reason:
        if job.standing.unasked:
            text = f"It was not handed to {self.engine.name} yet; that is tried again as long as somebody waits for it."
            return "behind", text, ""
        stand = self._stand(job, work)
        said = f" ({stand.why})" if stand.why else ""
        if stand.state is ChunkState.WAITING:
            return "busy", f"It waits in {self.engine.name}{said}.", "priority"
        if stand.state is ChunkState.RUNNING:
            where = f" on {stand.where}" if stand.where else ""
            return "starting", f"Its chunk has begun{where}, and its turn in that has not come yet.", ""
        if stand.state is ChunkState.UNKNOWN:
            text = f"{self.engine.name} does not know it (any more){said}. An outcome may still come; or cancel it, and retry."
            return "stuck", text, "cancel"
        text = f"{self.engine.name} says that its chunk is {stand.state}{said}, and no outcome is there; it is ordered again."
        return "next", text, ""

    @staticmethod
    def _stand(job: Job, work: int | None) -> Stand:
        if work is not None:
            found = job.standing.of(work)
            return found[1] if found is not None else Stand(ChunkState.UNKNOWN)
        with job.view.lock:
            stands = [stand for place, _ in job.standing.places() if (stand := job.standing.stands.get(place)) is not None]
        waiting = (stand for stand in stands if stand.state is ChunkState.WAITING)
        return next(waiting, stands[0] if stands else Stand(ChunkState.UNKNOWN))


def _of_job(job: Job) -> Reason | None:
    view = job.view
    if not view.left:
        bad = any(count for state, count in view.tally.items() if state is not State.COMPLETE)
        return "over", f"Job {job.number} is over.", "retry" if bad else ""
    running = len(view.running())
    if running == view.left:
        return "running", f"All that is left of job {job.number} runs: {running:,} item{'s' * (running != 1)}.", ""
    return None


def _of_item(job: Job, work: int) -> Reason | None:
    view = job.view
    state, run = view.ended(work), view.running().get(work)
    if state is not None:
        return "over", f"Work item {work} of job {job.number} is over: {state}.", "" if state is State.COMPLETE else "retry"
    if run is not None and run.running is not None:
        return "running", f"It runs on {run.host}, attempt {run.running.attempt}.", ""
    starting = next((run for run in view.live() if run.running is None and work in texts.parse(run.items)), None)
    if starting is not None:
        return "starting", f"Its interpreter is starting on {starting.host}{f': {starting.note}' if starting.note else ''}.", ""
    return None
