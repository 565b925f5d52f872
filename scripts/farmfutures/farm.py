"""`Farm`: look at and steer what is on an engine."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from . import call as calls
from ._public import public
from .engines.asked import refuse_verb
from .engines.engine import Engine, shared
from .engines.report import Feature, Report
from .errors import EngineUnavailableError, RefusedError, ResultError
from .job import ItemInfo, JobInfo, Progress, State, Waiting, WorkerInfo
from .options import resubmit_changes
from .settings import Settings


@public
class Farm:
    """What is on an engine. Use it as a context manager, or call `close`.

    Args:
        engine: Name of the engine; the settings say which one where it is None.
    """

    def __init__(self, engine: str | None = None) -> None:
        self.settings = Settings.load()
        self._engine: Engine = shared.open(engine or self.settings.engine, self.settings)

    def __enter__(self) -> Farm:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the engine."""
        shared.close(self._engine)

    # --- looking

    @property
    def report(self) -> Report:
        """What the engine can do."""
        return self._engine.report()

    def jobs(
        self, limit: int = 50, offset: int = 0, *, state: str | None = None, user: str | None = None, search: str | None = None
    ) -> list[JobInfo]:
        """Returns one page of jobs, newest first.

        Args:
            limit: How many.
            offset: How many to leave out before.
            state: Only jobs in this state.
            user: Only jobs of this user.
            search: Only jobs whose name holds this text.
        """
        args = {"limit": limit, "offset": offset, "state": state, "user": user, "search": search}
        return [_job(row) for row in self._engine.request("jobs", **args)]

    def job(self, job_id: int) -> JobInfo:
        """Returns one job.

        Raises:
            NoSuchJobError: There is none.
        """
        return _job(self._engine.request("job", job=job_id))

    def items(self, job_id: int, limit: int = 100, offset: int = 0, *, state: str | None = None) -> list[ItemInfo]:
        """Returns one page of a job's work items, in order."""
        rows = self._engine.request("items", job=job_id, limit=limit, offset=offset, state=state)
        return [self._item(row) for row in rows]

    def item(self, job_id: int, work_id: int) -> ItemInfo:
        """Returns one work item."""
        return self._item(self._engine.request("item", job=job_id, work=work_id))

    def _item(self, row: dict[str, Any]) -> ItemInfo:
        said, failed = row.pop("progress"), row.pop("failed")
        error = row.pop("error", None)
        if failed and error is None:  # It is large, or the engine leaves that to us.
            error = calls.error_line(self._engine.payload("outcome", row["job_id"], row["work_id"]))
        state = State(row.pop("state"))
        return ItemInfo(**row, state=state, progress=Progress(*said) if said else None, error=error)

    def states(self, job_id: int) -> bytes:
        """Returns the state of every work item, in order, a byte each: its place in `State`."""
        return bytes(self._engine.request("states", job=job_id) or b"")

    def why(self, job_id: int, work_id: int | None = None) -> Waiting:
        """Says why a job, or one work item of it, does not run now."""
        return Waiting(**self._engine.request("why", job=job_id, work=work_id))

    def errors(self, job_id: int, limit: int = 100, offset: int = 0) -> list[tuple[int, str]]:
        """Returns one page of a job's failed work items, each with its traceback as text; none is unpickled."""
        return [(work, text) for work, text in self._engine.request("errors", job=job_id, limit=limit, offset=offset)]

    def outcome(self, job_id: int, work_id: int) -> Any:
        """Returns the result of a work item, or raises its exception.

        Raises:
            ResultError: It is not over.
        """
        data = self._engine.payload("outcome", job_id, work_id)
        if not data:
            raise ResultError(f"work item {job_id}:{work_id} has no outcome: it is {self.item(job_id, work_id).state}.")
        value, error = calls.unpack_outcome(data)
        if error is not None:
            raise error
        return value

    def call(self, job_id: int, work_id: int) -> str:
        """Says what a work item calls, without loading any of it."""
        return calls.summarise(self._engine.payload("call", job_id, work_id))

    def packed_call(self, job_id: int, work_id: int) -> bytes:
        """Returns a work item's call as it travels, for `Executor.submit_packed`."""
        return self._engine.payload("call", job_id, work_id)

    def spec(self, job_id: int, work_id: int | None = None) -> dict[str, Any]:
        """Returns what a job asks for, as plain data: ``launch``, ``attempts``, ``timeout_s`` and the rest of a `JobSpec`.

        Args:
            job_id: The job.
            work_id: A work item, for which ``extra`` then says what differs.
        """
        spec: dict[str, Any] = self._engine.request("spec", job=job_id)
        return spec if work_id is None else {**spec, "extra": self._engine.request("extra", job=job_id, work=work_id)}

    def log(self, job_id: int, work_id: int, offset: int = 0) -> tuple[str, int]:
        """Returns what a work item printed from a byte offset on, and the offset behind it."""
        path = self._engine.request("item", job=job_id, work=work_id)["log_path"]
        try:
            with Path(path or os.devnull).open("rb") as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return "", offset
        return data.decode("utf-8", "replace"), offset + len(data)

    def workers(self) -> list[WorkerInfo]:
        """Returns the interpreters that live now."""
        return [WorkerInfo(**row) for row in self._engine.request("workers")]

    # --- steering

    def _steer(self, verb: Feature, op: str, **args: Any) -> Any:
        refuse_verb(self.report, verb)
        return self._engine.request(op, **args)

    def cancel(self, job_id: int, work_ids: list[int] | None = None) -> int:
        """Cancels what waits (all of the job, or these items); returns how many."""
        return len(self._steer(Feature.CANCEL, "cancel", job=job_id, works=work_ids))

    def kill(self, job_id: int, work_ids: list[int] | None = None) -> int:
        """Kills what runs and ends what waits; returns how many."""
        return int(self._steer(Feature.KILL, "kill", job=job_id, works=work_ids))

    def retry(self, job_id: int, work_ids: list[int] | None = None, *, complete: bool = False) -> int:
        """Runs again what failed, was killed or cancelled; returns how many.

        Args:
            job_id: The job.
            work_ids: Only these of its work items.
            complete: What is complete, too.
        """
        more = {"complete": True} if complete else {}
        return int(self._steer(Feature.RETRY, "retry", job=job_id, works=work_ids, **more))

    def mark_done(self, job_id: int, work_ids: list[int] | None = None) -> int:
        """Has what waits, failed, was killed or cancelled be complete without running, with the result None.

        Returns:
            How many. What runs goes on.
        """
        return int(self._steer(Feature.MARK_DONE, "mark_done", job=job_id, works=work_ids))

    def reorder(self, job_id: int, work_ids: list[int]) -> int:
        """Has these work items go first, in this order, of those of the job that wait; returns how many do.

        It holds until the engine starts anew: then items go by their number again.
        """
        return int(self._steer(Feature.REORDER, "reorder", job=job_id, works=work_ids))

    def remove(self, job_id: int) -> bool:
        """Removes a job that is over, with its results and logs. This can't be undone.

        Raises:
            RefusedError: It is not over.
        """
        return bool(self._steer(Feature.REMOVE, "remove", job=job_id))

    def resubmit(self, job_id: int, work_ids: list[int] | None = None, *, name: str | None = None, **changes: Any) -> int:
        """Submits the calls of a job once more, as a new job; nothing of them is unpickled.

        It goes on when the process that asked for it has gone. `Executor.attach` gets its futures.

        Args:
            job_id: The job, over or not.
            work_ids: Only these of its work items.
            name: The new job's name; the same where it is None.
            **changes: What differs: priority, cpus, attempts or retries, timeout_s. None for cpus and timeout_s: no limit.

        Returns:
            The new job's id.

        Raises:
            OptionError: A change is none of these, or has a bad value.
        """
        return int(
            self._steer(Feature.RESUBMIT, "resubmit", job=job_id, works=work_ids, name=name, changes=resubmit_changes(changes))
        )

    def look_after(self, job_id: int) -> bool:
        """Has what gets lost of a job with its machine run again, as long as this farm is open.

        Who has futures of it does so anyway, and so do engines of one machine.

        Returns:
            Whether there is something to be looked after.
        """
        return self.report.supports(Feature.MACHINES) and bool(self._engine.request("look_after", job=job_id))

    def pause(self, job_id: int) -> bool:
        """Hands out no more of a job; what runs goes on."""
        return bool(self._steer(Feature.PAUSE, "pause", job=job_id, paused=True))

    def resume(self, job_id: int) -> bool:
        """The opposite of `pause`."""
        return bool(self._steer(Feature.PAUSE, "pause", job=job_id, paused=False))

    def set_priority(self, job_id: int, priority: int) -> bool:
        """Moves a job up or down: higher goes first."""
        return bool(self._steer(Feature.SET_PRIORITY, "priority", job=job_id, priority=priority))

    # --- the broker of the local engine

    def broker_status(self) -> dict[str, Any] | None:
        """Returns what the broker says of itself, or None where none runs; never starts one."""
        if not self._is_up():
            return None
        return dict(self._engine.request("status"))

    def stop_broker(self, *, timeout_s: float = 10, drain: bool = False) -> bool:
        """Stops the broker and its interpreters; what is queued stays. Returns False where none ran.

        Args:
            timeout_s: How long to wait until it is gone, in seconds.
            drain: Let what runs end first. Otherwise it goes back to the queue, and no attempt is charged.

        Raises:
            EngineUnavailableError: It did not stop in time.
        """
        if not self._is_up():
            return False
        self._engine.request("stop", drain=drain)
        deadline = time.monotonic() + timeout_s
        while self._is_up():
            if time.monotonic() > deadline:
                raise EngineUnavailableError(f"the broker of {self.settings.state} did not stop in {timeout_s:g} s.")
            time.sleep(0.01)
        return True

    def rebuild(self) -> dict[str, int]:
        """Saves what can be read of a damaged database into a new one; returns how many rows of each table.

        Raises:
            EngineUnavailableError: A broker is running, or there is no database.
        """
        from .engines.local.folder import Folder
        from .engines.local.rebuild import rebuild

        return rebuild(Folder(self.settings.state))

    def _is_up(self) -> bool:
        if self.report.engine != "local":
            raise RefusedError(
                f"the {self.report.engine} engine has no broker: that is of the local engine, farmfutures.Farm('local')."
            )
        # Imported late: the core's import loads nothing of an engine.
        from .engines.local.folder import Folder
        from .engines.local.lock import is_held

        return is_held(Folder(self.settings.state).lock)


def _job(row: dict[str, Any]) -> JobInfo:
    counts = {State(state): count for state, count in row.pop("counts").items()}
    state = State(row.pop("state"))
    return JobInfo(**row, counts=counts, state=state)
