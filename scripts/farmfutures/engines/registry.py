"""How engines are found by their names.

Third parties add one by an entry point of the group ``farmfutures.engines`` that names a class or a function; it is called
with the settings as its only argument. One that is broken is reported, and is in nobody's way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._public import public
from ..errors import EngineUnavailableError, FarmFuturesError, OptionError
from ..settings import Settings
from .report import Report

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from .engine import Engine

GROUP = "farmfutures.engines"


def _local(settings: Settings) -> Engine:
    from .local.client import LocalEngine

    return LocalEngine(settings)


def _dask(settings: Settings) -> Engine:
    from .dask.launcher import DaskLauncher
    from .spool.engine import SpoolEngine

    return SpoolEngine(settings, DaskLauncher(settings))


def _slurm(settings: Settings) -> Engine:
    from .slurm.launcher import SlurmLauncher
    from .spool.engine import SpoolEngine

    return SpoolEngine(settings, SlurmLauncher(settings))


def _openjd(settings: Settings) -> Engine:
    from .openjd.launcher import OpenJDLauncher
    from .spool.engine import SpoolEngine

    return SpoolEngine(settings, OpenJDLauncher(settings))


BUILT_IN: Mapping[str, Callable[[Settings], Engine]] = {
    "local": _local, "slurm": _slurm, "dask": _dask, "openjd": _openjd,
}  # fmt: skip
"""Each imported when it is named."""


@public
@dataclass(frozen=True, slots=True)
class Engines:
    """The engines that there are.

    Attributes:
        reports: What each can do, by its name.
        problems: Those of third parties that can't be used, by their names: each a sentence that says why.
    """

    reports: Mapping[str, Report]
    problems: Mapping[str, str]


@public
def available_engines(settings: Settings | None = None) -> Engines:
    """Returns the engines that an `Executor` may name, and what each can do. It asks none of them anything.

    Args:
        settings: Those they are made with; None: as `Settings.load` reads them.
    """
    settings = settings or Settings.load()
    points, problems = _entry_points()
    reports = {}
    for name in [*BUILT_IN, *points]:
        try:
            reports[name] = _report(name, settings, points)
        except FarmFuturesError as error:
            problems[name] = str(error)
    return Engines(reports, problems)


def make(name: str, settings: Settings) -> Engine:
    """Returns a new engine.

    Raises:
        OptionError: There is none of this name.
        EngineUnavailableError: It is a third party's, and broken.
    """
    if name in BUILT_IN:
        return BUILT_IN[name](settings)
    points, _ = _entry_points()
    if name not in points:
        from difflib import get_close_matches

        names = [*BUILT_IN, *sorted(points)]
        near = get_close_matches(name, names, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise OptionError(f"there is no engine {name!r}.{hint} There are: {', '.join(names)}.")
    return _from_entry_point(points[name], settings)


def _entry_points() -> tuple[dict[str, EntryPoint], dict[str, str]]:
    """Returns what third parties offer, and what of it can't be chosen."""
    from importlib.metadata import entry_points  # Imported late: it costs 15 ms, and hardly anybody needs it.

    points: dict[str, EntryPoint] = {}
    problems = {}
    for point in entry_points(group=GROUP):
        if point.name in BUILT_IN:
            problems[f"{point.name} of {_home(point)}"] = f"{point.name} is the name of an engine of farmfutures itself"
        elif point.value != points.setdefault(point.name, point).value:
            problems[f"{point.name} of {_home(point)}"] = f"{_home(points[point.name])} has an engine of this name, too"
    return points, problems


def _home(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value


def _from_entry_point(point: EntryPoint, settings: Settings) -> Engine:
    try:
        engine: Engine = point.load()(settings)
    except (Exception, SystemExit) as error:  # Whatever a plug-in may do when it is imported.
        raise EngineUnavailableError(_broken(point, f"{type(error).__name__}: {error}")) from error
    missing = [name for name in _members() if not hasattr(engine, name)]
    if missing:
        raise EngineUnavailableError(_broken(point, f"it has no {', '.join(missing)}"))
    return engine


def _members() -> list[str]:
    from .engine import Engine

    return [*Engine.__annotations__, *(name for name in vars(Engine) if not name.startswith("_"))]


def _broken(point: EntryPoint, why: str) -> str:
    return (
        f"the engine {point.name!r} of {_home(point)} can't be used ({why}): mend, update or uninstall that package, or name "
        f"another engine. These are of farmfutures itself: {', '.join(BUILT_IN)}."
    )


def _report(name: str, settings: Settings, points: Mapping[str, EntryPoint]) -> Report:
    engine = BUILT_IN[name](settings) if name in BUILT_IN else _from_entry_point(points[name], settings)
    try:
        found = engine.report()
        engine.close()
    except Exception as error:
        if name in BUILT_IN:
            raise
        raise EngineUnavailableError(_broken(points[name], f"{type(error).__name__}: {error}")) from error
    if not isinstance(found, Report):
        raise EngineUnavailableError(_broken(points[name], f"its report() is a {type(found).__name__}, not a farmfutures.Report"))
    return found
