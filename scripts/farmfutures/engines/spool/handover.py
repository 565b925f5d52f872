"""A job into the shared folder, and its chunks to the engine: each order is noted before it is given, and its handle after."""

from __future__ import annotations

import dataclasses
import errno
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Any, TypeVar

from ...errors import EngineUnavailableError, FarmFuturesError, RefusedError, StoreFullError
from ...job import JobSpec, Launch, WorkSpec
from ...settings import PREFIX, Settings, python_executable
from ...spool import items as texts
from ...spool import marks, orders, package
from ...spool.layout import JobFolder, Spool
from ...spool.orders import OrderRecord
from ...spool.package import Package
from ...spool.seal import Seal
from ...worker.environ import PACKAGES
from . import chunks
from .launcher import Launcher, Order
from .view import JobView

_T = TypeVar("_T")
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})

MAX_ITEMS = 1_000_000
"""So many work items a job may hold."""

_LIMITS = (
    "inline_limit_bytes", "max_payload_bytes", "log_limit_bytes", "start_timeout_s", "max_items_per_interpreter",
    "memory_mark_bytes", "memory_retries", "spool_poll_s", "spool_delay_s", "recursion_limit",
)  # fmt: skip
"""Settings of the client that runners keep to."""


@dataclass(frozen=True, slots=True)
class Made:
    """A job that was just handed over."""

    folder: JobFolder
    package: Package
    order: OrderRecord


class Handover:
    """Hands jobs over.

    Args:
        settings: The client's.
        launcher: What starts command lines.
    """

    def __init__(self, settings: Settings, launcher: Launcher) -> None:
        self.settings = settings
        self.launcher = launcher

    def new(self, spool: Spool, seal: Seal, spec: JobSpec, name: str, works: Sequence[WorkSpec]) -> Made:
        """Hands a job over; nothing is left of one that the engine does not take.

        Raises:
            RefusedError: It is too large, or the engine refuses it.
            StoreFullError: The shared folder's disk is full.
            EngineUnavailableError: The engine can't be reached.
        """
        self._must_fit(works)
        folder = _written(spool.new_job)
        try:
            limits = {name: getattr(self.settings, name) for name in _LIMITS}
            rules = self.settings.path_mapping
            about = _written(package.write, folder, seal, spec, name, works, path_rules=rules, limits=limits)
            # Here from the start: a folder over a network may remember for a while that something was not there.
            _written(marks.change, folder, seal, lambda marks: None)
            record = _written(orders.intend, folder, seal, self.launcher.name, self.split(spec, range(len(works))), 0)
            return Made(folder, about, self.give(folder, seal, spec, name, record))
        except BaseException:
            shutil.rmtree(folder.root, ignore_errors=True)
            raise

    def _must_fit(self, works: Sequence[WorkSpec]) -> None:
        if len(works) > MAX_ITEMS:
            raise RefusedError(f"a job holds at most {MAX_ITEMS} work items, this one has {len(works)}: split it.")
        most = self.settings.max_payload_bytes
        for index, work in enumerate(works):
            if len(work.call) > most:
                raise RefusedError(
                    f"work item {index} is {len(work.call)} bytes large, the limit is {most}: write the data to a file and "
                    "send its path, or raise max_payload_bytes in the settings."
                )

    def split(self, spec: JobSpec, works: Sequence[int]) -> list[str]:
        """Returns work items in chunks, as text."""
        found = chunks.split(works, self.settings.chunk_share, spec.cpus, spec.chunk)
        return [texts.as_text(chunk) for chunk in found]

    def give(
        self, folder: JobFolder, seal: Seal, spec: JobSpec, name: str, record: OrderRecord, *, held: bool = False
    ) -> OrderRecord:  # fmt: skip
        """Gives an order that was noted, and notes its handle.

        Raises:
            RefusedError: The engine refuses it.
            EngineUnavailableError: It can't be reached.
            StoreFullError: The handle can't be noted; what was started is taken back.
        """
        seen = self.seen(folder)
        python = self.settings.spool_python or python_executable()
        order = Order(
            folder.number, name, record.token, str(folder.root),
            [(python, "-m", "farmfutures.worker", seen, "--items", text) for text in record.items], record.items,
            self._environ(), spec, held,
        )  # fmt: skip
        handle = self._launched(order)
        try:
            _written(orders.handed_over, folder, seal, record.number, handle)
        except FarmFuturesError:
            self.launcher.cancel(handle, None, running=True)
            raise
        return dataclasses.replace(record, handle=handle)

    def give_again(self, view: JobView, record: OrderRecord) -> OrderRecord:
        """Sees to it that an order without a handle has one: whoever noted it may have given it, or not have come to that.

        Raises:
            RefusedError: The engine refuses it.
            EngineUnavailableError: It can't be reached.
        """
        handle = self.launcher.find(record.token)
        if handle is not None:
            _written(orders.handed_over, view.folder, view.seal, record.number, handle)
            return dataclasses.replace(record, handle=handle)
        spec = spec_of(view.package)
        if view.marks.priority is not None:
            spec = dataclasses.replace(spec, priority=view.marks.priority)
        return self.give(view.folder, view.seal, spec, view.package.name, record, held=view.marks.paused)

    def _launched(self, order: Order) -> str:
        try:
            return self.launcher.launch(order)
        except EngineUnavailableError:
            handle = self._found(order.token)  # It may have done so all the same, and only its answer was lost.
            if handle is None:
                raise
            return handle

    def _found(self, token: str) -> str | None:
        try:
            return self.launcher.find(token)
        except EngineUnavailableError:
            return None

    def seen(self, folder: JobFolder) -> str:
        """Returns a job's folder as workers see it."""
        place = self.settings.spool_seen_as
        if not place:
            return str(folder.root)
        user, jobs, number = folder.root.parts[-3:]
        slash = "\\" if "\\" in place or PureWindowsPath(place).drive and "/" not in place else "/"
        return slash.join([place.rstrip("/\\"), user, jobs, number])

    def _environ(self) -> Mapping[str, str]:
        """A Python that is ours has what we have; another one has farmfutures installed, and the client's would be in its way.

        The engine's own settings go along, for calls that submit to it in turn.
        """
        own = {} if self.settings.spool_python else {"PYTHONPATH": PACKAGES}
        for field in dataclasses.fields(self.settings):
            value = getattr(self.settings, field.name)
            if field.name.startswith(f"{self.launcher.name}_") and value:
                own[f"{PREFIX}{field.name.upper()}"] = str(value)
        return own


def spec_of(about: Package) -> JobSpec:
    """Returns what a job asks for; of secrets nothing."""
    plain: dict[str, Any] = dict(about.spec)
    launch = dict(plain["launch"])
    launch.update(
        interpreter=tuple(launch["interpreter"]), sys_path=tuple(launch["sys_path"]), preflight=tuple(launch["preflight"]),
        secrets={},
    )  # fmt: skip
    return JobSpec(**{**plain, "launch": Launch(**launch), "groups": tuple(plain["groups"])})


def _written(write: Callable[..., _T], *args: Any, **kwargs: Any) -> _T:
    """Calls what writes into the shared folder.

    Raises:
        StoreFullError: Its disk is full.
        EngineUnavailableError: It can't be written now.
    """
    try:
        return write(*args, **kwargs)
    except OSError as error:
        if isinstance(error, FarmFuturesError):
            raise
        text = f"{error.filename or 'the shared folder'} can't be written: {error.strerror}."
        if error.errno in _FULL:
            raise StoreFullError(error.errno, f"{text} Free some space") from error
        raise EngineUnavailableError(f"{text} Look whether the folder that the setting 'spool' names is mounted.") from error
