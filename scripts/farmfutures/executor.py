"""`Executor` and `Batch`: hand calls over, get futures back."""

from __future__ import annotations

import concurrent.futures
import itertools
import os
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from . import call as calls
from ._public import public
from .engines import asked
from .engines.engine import Engine, shared
from .errors import FarmFuturesError, NotSubmittedError, OptionError
from .frames import parse_frames
from .future import Future, as_completed, in_order
from .job import JobSpec, WorkSpec
from .options import ITEM_OPTIONS, JOB_OPTIONS, check_names, checked, item_extra, job_spec
from .settings import Settings

if TYPE_CHECKING:
    from .engines.report import Report
    from .rehearsal import Rehearsal, Rehearsed

_CHUNKS = 64
"""So many chunks for each interpreter: enough that none waits long for the others at the end."""


@public
class Executor(concurrent.futures.Executor):
    """Runs calls on an engine; drops in for the standard library's pools.

    Args:
        engine: Name of the engine; the settings say which one where it is None.
        max_workers: The standard pools' word for `cpus`: how many interpreters work on a job at once.
        **defaults: Job options for every job of this executor, those among them that only this engine has (see `report`);
            a job's own win over them.

    Raises:
        OptionError: An option is unknown or has a bad value.
        StateFolderError: The engine's folder is not safely ours.

    Example:
        >>> with farmfutures.Executor(cpus=4) as executor:
        ...     future = executor.submit(pow, 2, 10)
        ...     future.result()
        1024
    """

    OPTIONS: ClassVar[frozenset[str]] = frozenset()
    """Names of job options that a subclass understands beyond the core's."""

    FUTURE: ClassVar[type[Future]] = Future
    """The class of the futures that it makes."""

    def __init__(self, engine: str | None = None, *, max_workers: int | None = None, **defaults: Any) -> None:
        if max_workers is not None:
            if max_workers <= 0:
                raise ValueError("max_workers must be greater than 0")
            defaults.setdefault("cpus", max_workers)
        self.settings = Settings.load()
        self._defaults = defaults
        self._lock = threading.Lock()
        self._closed = False
        self._pending: set[Future] = set()
        self._spec_cache: tuple[str | None, JobSpec, str | None] | None = None
        self._engine: Engine = shared.open(engine or self.settings.engine, self.settings)
        self._finalizer = weakref.finalize(self, shared.close, self._engine)
        try:
            self._report = self._engine.report()
            self._check(defaults)
        except BaseException:
            self._finalizer()
            raise

    @property
    def report(self) -> Report:
        """What its engine can do, and which options only that engine has."""
        return self._report

    def _check(self, given: Mapping[str, Any]) -> None:
        asked.check_options(given, JOB_OPTIONS | self.OPTIONS, self._report, type(self).__name__)
        checked({name: value for name, value in given.items() if name in JOB_OPTIONS and name not in self.OPTIONS})

    # --- for subclasses

    def _job_options(self, extra: dict[str, Any]) -> dict[str, Any]:
        """Turns options (defaults and the call's, merged) into the core's; called once a job."""
        return extra

    def _item_options(self, extra: dict[str, Any]) -> dict[str, Any]:
        """The same for a single work item of a batch."""
        return extra

    def _paths(self, spec: JobSpec, works: list[WorkSpec]) -> list[tuple[str, str]]:
        """Returns what a job names on disk, each with what it is; for rehearsals."""
        return []

    def _rehearse(self, rehearsal: Rehearsal, timeout_s: float, cancelled: Callable[[], bool] | None) -> Rehearsed:
        return rehearsal.run(timeout_s, cancelled)

    # --- one call

    def submit(self, fn: Callable[..., Any] | str, /, *args: Any, **kwargs: Any) -> Future:
        """Schedules ``fn(*args, **kwargs)`` as a job of its own. All keywords go to the function.

        Args:
            fn: A callable, or ``"package.module:function"``.

        Raises:
            CallError: Something can't be pickled.
            RecursionLimitError: Jobs have submitted jobs too deeply.
            RuntimeError: The executor was shut down.
        """
        return self._submit(fn, args, kwargs, None)

    def submit_ext(
        self, func: Callable[..., Any] | str, args: Iterable[Any] | None = None, kwargs: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> Future:  # fmt: skip
        """Schedules one call with job options of its own.

        Args:
            func: A callable, or ``"package.module:function"``.
            args: Positional arguments.
            kwargs: Keyword arguments.
            **extra: Job options; ``name`` names the work item too.
        """
        return self._submit(func, tuple(args or ()), dict(kwargs or {}), extra)

    def submit_packed(self, call: bytes, /, **extra: Any) -> Future:
        """Schedules a call that was packed before, such as the one in a support bundle.

        The worker unpickles it, which runs whatever code its author put into it: ask whoever you do it for.

        Args:
            call: As `Farm.packed_call` returns it.
            **extra: Job options; ``name`` names the work item too.
        """
        self._must_be_open()
        spec, named = self._prepare(extra)
        future = self.FUTURE(named or "1")
        self._hand_over(spec, named or "FarmFutures: packed call", [WorkSpec(call, future.name)], [future])
        return future

    def _submit(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], extra: dict[str, Any] | None) -> Future:
        self._must_be_open()
        spec, named = self._prepare(extra)
        work = WorkSpec(calls.pack_call(func, args, kwargs), named or "1")
        future = self.FUTURE(work.name)
        self._hand_over(spec, named or default_name(func), [work], [future])
        return future

    def _must_be_open(self) -> None:
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")

    def _prepare(self, extra: dict[str, Any] | None) -> tuple[JobSpec, str | None]:
        """Returns the job's specification and its name, if one is given."""
        depth = os.environ.get("FARMFUTURES_LEVEL")
        if extra:
            self._check(extra)
        elif self._spec_cache is not None and self._spec_cache[0] == depth:
            return self._spec_cache[1:]
        merged = {**self._defaults, **(extra or {})}
        own = asked.engine_options(merged, self._report)
        options = checked(self._job_options({name: merged[name] for name in merged.keys() - self._report.options.keys()}))
        spec = job_spec(options, self.settings, own)
        asked.refuse(self._report, spec)
        self._engine.check(spec)
        if not extra and type(self)._job_options is Executor._job_options:
            self._spec_cache = (depth, spec, options.get("name"))
        return spec, options.get("name")

    def _hand_over(self, spec: JobSpec, name: str, works: list[WorkSpec], futures: list[Future]) -> int:
        with self._lock:
            self._must_be_open()
            self._pending.update(futures)
            for future in futures:
                future._owner = self
        try:
            return self._engine.submit(spec, name, works, futures)
        except BaseException:
            with self._lock:
                self._pending.difference_update(futures)  # Nothing will ever come of them.
            raise

    # --- many calls

    def map(
        self, fn: Callable[..., Any] | str, *iterables: Iterable[Any], timeout: float | None = None, chunksize: int | str = 1,
        **extra: Any,
    ) -> Iterator[Any]:  # fmt: skip
        """Like the built-in ``map``, as one job with one work item a tuple of arguments, or `chunksize` of them.

        Args:
            timeout: Seconds from now until the last result, or None.
            chunksize: How many calls share a work item; ``"auto"`` chooses, for many calls that are short.
            **extra: Job options.

        Returns:
            An iterator over the results in order. Closing it early cancels what has not run.

        Raises:
            TimeoutError: From the iterator.
        """
        chunksize, iterables = self._chunksize(chunksize, iterables, extra)
        futures = self._map(fn, iterables, chunksize, extra)
        end = None if timeout is None else time.monotonic() + timeout
        results = in_order(futures, end)
        return results if chunksize == 1 else itertools.chain.from_iterable(results)

    def map_unordered(
        self, fn: Callable[..., Any] | str, *iterables: Iterable[Any], timeout: float | None = None, chunksize: int | str = 1,
        **extra: Any,
    ) -> Iterator[Any]:  # fmt: skip
        """Like `map`, but results come as they are there."""
        chunksize, iterables = self._chunksize(chunksize, iterables, extra)
        futures = self._map(fn, iterables, chunksize, extra)
        done = (future.result() for future in as_completed(futures, timeout))
        return done if chunksize == 1 else itertools.chain.from_iterable(done)

    def _chunksize(
        self, wanted: int | str, iterables: tuple[Iterable[Any], ...], extra: dict[str, Any]
    ) -> tuple[int, tuple[Iterable[Any], ...]]:  # fmt: skip
        if isinstance(wanted, int):
            return wanted, iterables
        if wanted != "auto":
            raise ValueError(f'chunksize={wanted!r}: give a whole number, or "auto".')
        lists = tuple(list(iterable) for iterable in iterables)
        cpus = extra.get("cpus") or self._defaults.get("cpus") or self.settings.slots
        return max(1, min(map(len, lists), default=0) // (cpus * _CHUNKS)), lists

    def _map(self, fn: Any, iterables: tuple[Iterable[Any], ...], chunksize: int, extra: dict[str, Any]) -> list[Future]:
        if chunksize < 1:
            raise ValueError("chunksize must be >= 1.")
        rows: Iterable[tuple[Any, ...]] = zip(*iterables, strict=False)
        with self.batch(**{"name": None, **extra}) as batch:
            batch.default = default_name(fn)
            if chunksize > 1:
                rows, fn = _chunks(fn, rows, chunksize), _call_each
            for number, row in enumerate(rows, 1):
                batch._put(WorkSpec(calls.pack_call(fn, row, {}), str(number)))
        return batch.futures

    def submit_frames(
        self, func: Callable[..., Any] | str, frames: str | Iterable[int], args: Iterable[Any] | None = None,
        kwargs: Mapping[str, Any] | None = None, **extra: Any,
    ) -> list[Future]:  # fmt: skip
        """Schedules a call for each frame, as one job; the frame is the first argument.

        Args:
            func: A callable, or ``"package.module:function"``.
            frames: ``"1-100x2"`` and the like, see `frames.parse_frames`; or the frames themselves.
            args: Positional arguments behind the frame.
            kwargs: Keyword arguments.
            **extra: Job options.

        Returns:
            A future for each frame, in order; its ``name`` is like ``"frame 0007"``.
        """
        chosen = parse_frames(frames) if isinstance(frames, str) else list(frames)
        with self.batch(**{"name": None, **extra}) as batch:
            batch.default = default_name(func)
            for frame in chosen:
                batch._add(func, (frame, *(args or ())), dict(kwargs or {}), {"name": f"frame {frame:04d}"})
        return batch.futures

    def batch(self, name: str | None = None, **job: Any) -> Batch:
        """Starts a batch: one job of many work items, submitted at the end of its ``with`` block.

        Args:
            name: The job's name.
            **job: Job options.
        """
        self._must_be_open()
        extra = {**job, "name": name} if name is not None else job
        self._check({key: value for key, value in extra.items() if value is not None})
        return Batch(self, extra)

    def attach(self, job_id: int) -> list[Future]:
        """Returns futures of a job that this or another process submitted, finished or not.

        Raises:
            NoSuchJobError: The engine doesn't know it.
        """
        total = self._engine.request("job", job=job_id)["total"]
        futures = [self.FUTURE(str(index + 1)) for index in range(total)]
        self._pending.update(futures)
        for future in futures:
            future._owner = self
        self._engine.connect()
        self._engine.attach(job_id, futures)
        return futures

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes no more calls.

        Args:
            wait: Return only when every future is done.
            cancel_futures: Cancel what does not run yet.
        """
        with self._lock:
            self._closed = True
            pending = [future for future in list(self._pending) if not future.done()]
        if cancel_futures:
            self._cancel(pending)
        if wait:
            concurrent.futures.wait(pending)
        if wait or not pending:
            self._finalizer()

    def _cancel(self, futures: list[Future]) -> None:
        jobs: dict[int, list[int]] = {}
        for future in futures:
            jobs.setdefault(future.job_id, []).append(future.work_id)
        for job, works in jobs.items():
            self._engine.request("cancel", job=job, works=works)


def cancel(futures: Iterable[concurrent.futures.Future[Any]]) -> None:
    """Cancels what does not run yet. It asks once a job, since to ask once a future would take long."""
    by_owner: dict[Executor, list[Future]] = {}
    for future in futures:
        if isinstance(future, Future) and future._owner is not None:
            by_owner.setdefault(future._owner, []).append(future)
        else:
            future.cancel()
    for owner, own in by_owner.items():
        owner._cancel(own)


def default_name(func: Any) -> str:
    """Returns the name of a job that was given none, as qbfutures named them."""
    return f"FarmFutures: {calls.function_name(func)}"


def _chunks(func: Any, rows: Iterable[tuple[Any, ...]], size: int) -> Iterator[tuple[Any, ...]]:
    left = iter(rows)
    while chunk := list(itertools.islice(left, size)):
        yield func, chunk


def _call_each(func: Any, rows: list[tuple[Any, ...]]) -> list[Any]:
    return [func(*row) for row in rows]


@public
class Batch:
    """Collects calls for one job. Use it as a context manager, or call `commit`.

    Args:
        executor: Whose engine and defaults to use.
        job: Job options.

    Attributes:
        futures: The future of every call so far, in order.
    """

    def __init__(self, executor: Executor, job: dict[str, Any] | None = None) -> None:
        self.executor = executor
        self.job = dict(job or {})
        self.futures: list[Future] = []
        self.default = "FarmFutures: batch"
        self._works: list[WorkSpec] = []
        self._job_id: int | None = None
        self._committed = False
        self._prepared: tuple[JobSpec, str | None] | None = None

    @property
    def job_id(self) -> int:
        """The engine's id of the job.

        Raises:
            NotSubmittedError: It is not committed, or was empty.
        """
        if self._job_id is None:
            raise NotSubmittedError("this batch is not committed: leave its with block, or call commit(), first.")
        return self._job_id

    def submit(self, fn: Callable[..., Any] | str, /, *args: Any, **kwargs: Any) -> Future:
        """Adds a call; all keywords go to the function."""
        return self._add(fn, args, kwargs, {})

    def submit_ext(
        self, func: Callable[..., Any] | str, args: Iterable[Any] | None = None, kwargs: Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> Future:  # fmt: skip
        """Adds a call with options of its own for the work item: name, env, timeout_s, attempts or retries, settings."""
        return self._add(func, tuple(args or ()), dict(kwargs or {}), extra)

    def map(self, fn: Callable[..., Any] | str, *iterables: Iterable[Any], **extra: Any) -> Iterator[Any]:
        """Adds one call a tuple of arguments; iterate the result after the commit."""
        futures = [self._add(fn, row, {}, extra) for row in zip(*iterables, strict=False)]
        return (future.result() for future in futures)

    def _add(self, func: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], extra: dict[str, Any]) -> Future:
        if self._committed:
            raise RuntimeError("this batch is committed; start another one.")
        if extra and not extra.keys() <= {"name"}:
            check_names(extra, ITEM_OPTIONS | self.executor.OPTIONS, "a work item")
            extra = self.executor._item_options(extra)
            check_names(extra, ITEM_OPTIONS, "a work item")
        options = checked(extra)
        name = options.get("name") or f"{len(self._works) + 1}: {calls.function_name(func)}"
        differs = item_extra(options)
        asked.refuse_item(self.executor.report, differs)
        return self._put(WorkSpec(calls.pack_call(func, args, kwargs), name, differs))

    def _put(self, work: WorkSpec) -> Future:
        self._works.append(work)
        future = self.executor.FUTURE(work.name)
        future._hold()
        self.futures.append(future)
        return future

    def rehearse(
        self, timeout_s: float = 10.0, *, bootstrap: bool | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Rehearsed:  # fmt: skip
        """Tries what is in the batch so far in one fresh interpreter, the job's own, and submits nothing.

        The real calls are loaded there, which imports what they need; paths that they and the job name are looked for. No
        call runs. At the end of a ``with`` block its error gives the batch up before anything is submitted.

        Args:
            timeout_s: How long it may take, in seconds; calls that are not loaded by then count as not checked.
            bootstrap: Whether to run the job's bootstrap and preflight too: for Maya that is its start, with a licence,
                and the scene, for which `timeout_s` should be longer. None: only where there is a preflight.
            cancelled: Asked now and then, in a thread maybe; True ends it with what was checked so far.

        Returns:
            How many calls were checked, and warnings.

        Raises:
            RehearsalError: An import, a path, a call or the interpreter fails; the message says exactly which.
            FarmFuturesError: The job would be refused.
        """
        return self.executor._rehearse(self.rehearsal(bootstrap=bootstrap), timeout_s, cancelled)

    def rehearsal(self, *, bootstrap: bool | None = None) -> Rehearsal:
        """Returns the same, ready to be run in a thread: an interface is not to wait for it."""
        from .rehearsal import Rehearsal  # Late: few programs rehearse.

        spec, _ = self.executor._prepare(self.job)
        paths = self.executor._paths(spec, self._works)
        return Rehearsal(spec, self._works, paths, self.executor.settings.state, bootstrap)

    def prepare(self) -> None:
        """Works out on this thread how the job is to run; `commit` then only hands over, and may be called on another one.

        Raises:
            SubmitError: The job would be refused.
        """
        self._prepared = self.executor._prepare(self.job)

    def commit(self) -> list[Future]:
        """Submits the job; once. An empty batch submits nothing.

        Returns:
            The futures.
        """
        if self._committed:
            raise RuntimeError("this batch is committed already.")
        self._committed = True
        if self._works:
            try:
                self.executor._must_be_open()
                spec, name = self._prepared or self.executor._prepare(self.job)
                self._job_id = self.executor._hand_over(spec, name or self.default, self._works, self.futures)
                self.executor._cancel([future for future in self.futures if future.cancelled()])
            except FarmFuturesError as error:
                self._give_up(error)
                raise
            self._works = []
        return self.futures

    def _give_up(self, error: FarmFuturesError) -> None:
        for future in self.futures:
            future._never(error)

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            if not self._committed:
                self.commit()
            return
        self._committed = True
        self._give_up(NotSubmittedError(f"the batch was given up by a {kind.__name__} in its with block; nothing was submitted."))


__all__ = ["Batch", "Executor", "OptionError"]
