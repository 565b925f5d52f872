"""A `concurrent.futures.Future` that knows its job: ids, status, log, progress, kill."""

from __future__ import annotations

import concurrent.futures
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from . import call as calls
from ._public import public
from .errors import FarmFuturesError, KilledError, NotLoadableError, NotSubmittedError, ResultError
from .job import Progress, State
from .latch import Latch

if TYPE_CHECKING:
    from .engines.engine import Engine
    from .executor import Executor


class _Unsubmitted(list[Any]):
    """Stands for the list of those who wait, as long as waiting would be for ever.

    The standard library's ``wait`` and ``as_completed`` append themselves to ``Future._waiters``.
    """

    def append(self, item: Any) -> None:
        """Refuses.

        Raises:
            NotSubmittedError: Always.
        """
        raise NotSubmittedError(_NOT_YET.format("a work item"))


_UNSUBMITTED = _Unsubmitted()
_AS_KNOWN = vars(concurrent.futures.Future()).keys() == {
    "_condition", "_state", "_result", "_exception", "_waiters", "_done_callbacks"
}  # fmt: skip
"""Whether the standard library's futures are made as we make ours: its own way makes a condition that is thrown away."""

_NOT_YET = "{} is not submitted: leave the batch's with block, or call batch.commit(), first."


@public
def as_completed(futures: Iterable[Future], timeout: float | None = None) -> Iterator[Future]:
    """`concurrent.futures.as_completed`, typed for our futures.

    Args:
        futures: What to wait for.
        timeout: Seconds for all of it, or None.

    Raises:
        TimeoutError: From the iterator.
        NotSubmittedError: At once, for a future whose batch is not committed: nothing would ever come.
    """
    chosen = list(futures)
    require_submitted(chosen)
    return cast("Iterator[Future]", concurrent.futures.as_completed(chosen, timeout))


def require_submitted(futures: Iterable[concurrent.futures.Future[Any]]) -> None:
    """Says so at once where waiting would be for ever; futures of other libraries are left alone.

    Raises:
        NotSubmittedError: A future's batch is not committed.
    """
    for future in futures:
        if isinstance(future, Future):
            future._must_be_submitted()


@public
class Future(concurrent.futures.Future[Any]):
    """One call on the farm. Hang any attribute on it that you like; the same object comes out of ``as_completed``.

    Attributes:
        name: The work item's name.
        progress: What the call said last through `farmfutures.progress`, or None.
        attempt: Which run of the call this is, from 1 on; 0 before the first.
    """

    # Of the class, where they are what most futures have: a future is made for every call.
    progress: Progress | None = None
    attempt: int = 0
    _engine: Engine | None = None
    _ids: tuple[int, int] | None = None
    _final: State | None = None
    _unread: tuple[bytes, Path | None] | None = None
    """An outcome that could not be loaded here."""
    _metadata: dict[str, Any] | None = None
    _owner: Executor | None = None
    """Keeps the executor, and with it the engine, as long as something is to come; dropping an executor loses nothing."""

    _WAITERS: ClassVar[type[list[Any]]] = list
    """Makes what holds those who wait, for subclasses that care who they are."""

    def __init__(self, name: str = "") -> None:
        if not _AS_KNOWN:
            super().__init__()
        self._condition: Any = Latch()
        self._state = "PENDING"
        self._result = self._exception = None
        self._waiters: list[Any] = self._WAITERS()
        self._done_callbacks: list[Any] = []
        self.name = name

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Attributes of the caller's own are welcome; to type checkers they are Any."""

        def __setattr__(self, name: str, value: Any) -> None:
            """The same."""

    def __repr__(self) -> str:
        ids = f"{self._ids[0]}:{self._ids[1]}" if self._ids else "not submitted"
        return f"<farmfutures.Future {ids} {self._final or self._state.lower()}>"

    @property
    def metadata(self) -> dict[str, Any]:
        """A dict of the caller's own."""
        if self._metadata is None:
            self._metadata = {}
        return self._metadata

    # --- ids

    @property
    def job_id(self) -> int:
        """The engine's id of the job.

        Raises:
            NotSubmittedError: Its batch is not committed.
        """
        return self._known()[0]

    @property
    def work_id(self) -> int:
        """The index of this work item in its job, from 0 on.

        Raises:
            NotSubmittedError: Its batch is not committed.
        """
        return self._known()[1]

    def _known(self) -> tuple[int, int]:
        if self._ids is None:
            raise NotSubmittedError(_NOT_YET.format(f"the work item {self.name!r}"))
        return self._ids

    def _with_engine(self) -> tuple[Engine, int, int]:
        job, work = self._known()
        assert self._engine is not None
        return self._engine, job, work

    # --- asking the engine

    def status(self) -> State:
        """Asks the engine how this work item stands now."""
        engine, job, work = self._with_engine()
        return State(engine.request("item", job=job, work=work)["state"])

    def arguments(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Returns the positional and the keyword arguments of the call, from the engine's copy: none are held here."""
        engine, job, work = self._with_engine()
        _, args, kwargs = calls.unpack_call(engine.payload("call", job, work))
        return args, kwargs

    @property
    def log_path(self) -> str | None:
        """The file that holds what the call printed, or None as long as it printed nothing."""
        engine, job, work = self._with_engine()
        path = engine.request("item", job=job, work=work)["log_path"]
        return path if path is None else str(path)

    def log(self) -> str:
        """Returns what the call printed so far: standard output and error, of C code too."""
        path = self.log_path
        try:
            return Path(path).read_text(encoding="utf-8", errors="replace") if path else ""
        except FileNotFoundError:  # The item ended in this moment, and its log got its own name.
            path = self.log_path
            return Path(path).read_text(encoding="utf-8", errors="replace") if path and Path(path).exists() else ""

    def kill(self) -> bool:
        """Kills the call where it runs, or ends it before it does; its future raises `KilledError`.

        Returns:
            Whether there was something to kill.
        """
        engine, job, work = self._with_engine()
        return bool(engine.request("kill", job=job, works=[work]))

    # --- concurrent.futures

    def cancel(self) -> bool:
        """Cancels the call on the farm, if it does not run yet.

        Returns:
            False where it runs or is over (``kill`` ends what runs).
        """
        if self._ids is None:
            return super().cancel()
        with self._condition:
            if self.done() or self.running():
                return self.cancelled()
        engine, job, work = self._with_engine()
        ended = engine.request("cancel", job=job, works=[work])
        return work in ended and self._cancelled()

    def _cancelled(self) -> bool:
        done = super().cancel() or self.cancelled()
        if done:
            self._final = State.CANCELLED
            with self._condition:
                if self._state == "CANCELLED":
                    self.set_running_or_notify_cancel()
        return done

    def result(self, timeout: float | None = None) -> Any:
        """Waits for the result; see `concurrent.futures.Future.result`.

        Args:
            timeout: Seconds, or None for as long as it takes.

        Raises:
            NotSubmittedError: Its batch is not committed, so that nothing would ever come.
        """
        self._must_be_submitted()
        self._read_again()
        try:
            return super().result(timeout)
        finally:
            del self  # As the standard library does: it breaks a cycle with the exception's traceback.

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Waits for the exception, or None; see `concurrent.futures.Future.exception`."""
        self._must_be_submitted()
        self._read_again()
        return super().exception(timeout)

    def _must_be_submitted(self) -> None:
        if self._ids is None and not self.done():
            self._known()

    # --- what the engine says

    def _hold(self) -> None:
        """It is part of a batch that is not committed."""
        self._waiters = _UNSUBMITTED

    def _bind(self, engine: Engine, job: int, work: int) -> None:
        self._engine, self._ids = engine, (job, work)
        if self._waiters is _UNSUBMITTED:
            self._waiters = self._WAITERS()

    def _moved(self, state: State, attempt: int) -> None:
        self.attempt = attempt or self.attempt
        if state is State.RUNNING:
            with self._condition:
                if self._state == "PENDING":
                    self.set_running_or_notify_cancel()

    def _progress(self, said: list[Any]) -> None:
        self.progress = Progress(*said)

    def _resolve(self, state: State, attempt: int, payload: bytes, path: Path | None) -> None:
        if attempt:
            self.attempt = attempt
        self._final = state
        if state is State.CANCELLED:
            self._cancelled()
        else:
            self._settle(payload, path)
        if self._owner is not None:
            self._owner._pending.discard(self)
            self._owner = None

    def _settle(self, payload: bytes, path: Path | None) -> None:
        value, error = self._outcome(payload, path)
        try:
            if error is not None:
                self.set_exception(error)
            else:
                self.set_result(value)
        except concurrent.futures.InvalidStateError:
            pass  # Cancelled here in the same moment; the outcome stays with the engine.

    def _read_again(self) -> None:
        """Loads what could not be loaded before; perhaps its module is importable by now."""
        if self._unread is not None:
            value, error = self._outcome(*self._unread)
            with self._condition:
                self._result, self._exception = value, error

    def _outcome(self, payload: bytes, path: Path | None) -> tuple[Any, BaseException | None]:
        if not payload and path is None:
            return None, KilledError(f"work item {self.job_id}:{self.work_id} was killed before it ran.")
        try:
            value, error = calls.load_outcome(path) if path is not None else calls.unpack_outcome(payload)
        except OSError as failed:
            error = ResultError(f"the outcome of {self.job_id}:{self.work_id} can't be read from {path}: {failed.strerror}.")
            return None, error
        if self._unread is not None or isinstance(error, NotLoadableError):
            self._unread = (payload, path) if isinstance(error, NotLoadableError) else None
        return value, error

    def _never(self, error: FarmFuturesError) -> None:
        """The batch was given up: whoever waits is told."""
        if not self.done():
            self.set_exception(error)


def in_order(futures: list[Future], end: float | None) -> Iterator[Any]:
    """Yields results in order; what is left when it is closed is cancelled. `end` is on the clock of ``time.monotonic``."""
    try:
        futures.reverse()
        while futures:
            yield futures.pop().result(None if end is None else end - time.monotonic())
    finally:
        for future in futures:
            future.cancel()
