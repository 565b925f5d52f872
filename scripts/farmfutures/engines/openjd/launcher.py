"""Chunks of a job as tasks of a bundle: what `farmfutures.engines.spool` asks of whatever starts command lines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Protocol

from ...errors import EngineUnavailableError, OptionError, RefusedError
from ...job import JobSpec
from ...settings import Settings, os_user
from ...spool.layout import Spool
from ..report import Report
from ..spool.launcher import Finding, Order, Stand
from . import options, requirements
from .options import Chosen, chosen
from .place import Place
from .report import BUNDLE, DEADLINE, HERE, report
from .template import Plan

_MODULE = "farmfutures.worker"
_USUAL = 50


class Target(Protocol):
    """Who runs bundles. A place is the order's folder in the job's; what a target has to remember of an order is there."""

    def launch(self, order: Order, plan: Plan, place: Place, wanted: Chosen) -> None:
        """Hands a bundle over.

        Raises:
            EngineUnavailableError: Nobody takes it now.
            RefusedError: It is not taken.
        """

    def was_launched(self, place: Place) -> bool:
        """Whether a bundle was handed over."""
        ...

    def look(self, place: Place) -> dict[int, Stand]:
        """Returns how chunks stand; those that nobody knows of are left out."""
        ...

    def cancel(self, place: Place, chunks: Collection[int] | None, *, running: bool) -> None:
        """Takes chunks away."""

    def hold(self, place: Place, held: bool) -> None:
        """Keeps what waits from starting, or lets it start again."""

    def set_priority(self, place: Place, priority: int) -> None:
        """Moves what waits up or down.

        Raises:
            RefusedError: There are no priorities.
        """

    def examine(self) -> Iterator[Finding]:
        """Looks whether bundles can be handed over from here."""
        ...

    def url(self, place: Place) -> str | None:
        """A page for people."""
        ...


class OpenJDLauncher:
    """See the module.

    Args:
        settings: The client's.
    """

    name = "openjd"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._targets: dict[str, Target] = {}

    def report(self) -> Report:
        """What it can do, with the target that the settings name."""
        return report(self._settings.openjd_target)

    def check(self, spec: JobSpec) -> None:
        """Refuses what it can't honour.

        Raises:
            RefusedError: Requirements of a host, where it is this one.
            OptionError: An option has a bad value, or the requirements are none.
        """
        wanted = chosen(spec.engine_options, self._settings)
        found = requirements.parse(spec.requirements)
        if found and wanted.target == HERE:
            raise RefusedError(
                f"requirements={spec.requirements!r}: with openjd_target='here' sessions run on this machine, whatever it has. "
                "Leave them out, or name another target."
            )
        if spec.priority != _USUAL and wanted.target != DEADLINE:
            raise RefusedError(
                f"priority={spec.priority}: with openjd_target={wanted.target!r} no job waits for another. Leave it out."
            )

    def examine(self) -> list[Finding]:
        """Looks whether bundles can be handed over from here."""
        return list(self._target(self._settings.openjd_target).examine())

    def launch(self, order: Order) -> str:
        """Hands the chunks over as a bundle, and returns the handle: the target, and the order's token.

        Raises:
            EngineUnavailableError: Nobody takes it now.
            RefusedError: It is not taken.
        """
        wanted = chosen(order.spec.engine_options, self._settings)
        place = Place.of(Path(order.folder), order.token)
        place.create(wanted.target)
        self._target(wanted.target).launch(order, plan(order, wanted), place, wanted)
        return f"{wanted.target}:{order.token}"

    def find(self, token: str) -> str | None:
        """Returns the handle of an order, None where it was not handed over."""
        place = self._place(token)
        target = place.target()
        return f"{target}:{token}" if target in options.TARGETS and self._target(target).was_launched(place) else None

    def look(self, handles: Collection[str]) -> dict[str, dict[int, Stand]]:
        """Returns how chunks stand.

        Raises:
            EngineUnavailableError: Whoever runs them can't be asked now.
        """
        return {handle: self._with(handle, lambda target, place: target.look(place)) for handle in handles}

    def cancel(self, handle: str, chunks: Collection[int] | None, *, running: bool) -> None:
        """Takes chunks away."""
        self._with(handle, lambda target, place: target.cancel(place, chunks, running=running))

    def hold(self, handle: str, held: bool) -> None:
        """Keeps what waits from starting, or lets it start again."""
        self._with(handle, lambda target, place: target.hold(place, held))

    def set_priority(self, handle: str, priority: int) -> None:
        """Moves what waits up or down.

        Raises:
            RefusedError: There are no priorities here: each job has a process of its own.
        """
        self._with(handle, lambda target, place: target.set_priority(place, priority))

    def url(self, handle: str) -> str | None:
        """A page for people, where there is one."""
        found: str | None = self._with(handle, lambda target, place: target.url(place))
        return found

    def close(self) -> None:
        """There is nothing that stays."""

    def _with(self, handle: str, ask: Callable[[Target, Place], Any]) -> Any:
        name, _, token = handle.partition(":")
        if name not in options.TARGETS:
            raise EngineUnavailableError(f"{handle!r} is no handle of the openjd engine.")
        return ask(self._target(name), self._place(token))

    def _place(self, token: str) -> Place:
        number = token.split("-")[1]  # As `farmfutures.spool.orders` makes them.
        spool = Spool(Path(self._settings.spool), os_user())
        return Place.of(spool.job(int(number)).root, token)

    def _target(self, name: str) -> Target:
        if name not in self._targets:
            self._targets[name] = _make(name, self._settings)
        return self._targets[name]


def _make(name: str, settings: Settings) -> Target:
    """Each is imported when somebody wants it."""
    if name == DEADLINE:
        from .deadline import Deadline

        return Deadline(settings)
    if name == BUNDLE:
        from .written import Written

        return Written()
    from .here import Here

    return Here(settings)


def plan(order: Order, wanted: Chosen) -> Plan:
    """Returns what an order's bundle is made of."""
    python, folder = _parts(order)
    launch = order.spec.launch
    return Plan(
        order.name, folder, python, order.env, order.token, len(order.commands), fail=wanted.fail,
        requirements=requirements.parse(order.spec.requirements),
        paths=tuple(filter(None, [launch.cwd, *launch.sys_path])),
    )  # fmt: skip


def _parts(order: Order) -> tuple[str, str]:
    """Returns the Python and the job's folder, as workers see them."""
    python, dash, module, folder, *_ = order.commands[0]
    if (dash, module) != ("-m", _MODULE):
        raise OptionError(f"{' '.join(order.commands[0])!r} is no command line of a runner.")
    return python, folder
