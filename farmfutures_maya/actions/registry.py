"""What actions there are: those that come with us, those of entry points, those in a studio's folders.

A package names its module in the group ``farmfutures.actions`` of its entry points. The setting ``actions`` names folders, each
``*.py`` in which is loaded; functions from there travel by value, so that workers need not have the folder. Where two have the
same name the studio's own wins: the folder over the package, the package over ours.
"""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

from farmfutures.settings import Settings

from .action import Action, of

GROUP = "farmfutures.actions"
SHIPPED = ("scripts", "functions", "rendering", "playblast", "caches")


@dataclass
class Found:
    """What there is.

    Attributes:
        actions: By name, ours first.
        troubles: A sentence about each that can't be used, and why.
    """

    actions: dict[str, Action] = field(default_factory=dict[str, Action])
    troubles: list[str] = field(default_factory=list[str])


def find(settings: Settings | None = None) -> Found:
    """Returns the actions that can be used here. One that is broken is told and left out.

    Args:
        settings: Whose folders to look into; those of this process where it is None.
    """
    found = Found()
    for name in SHIPPED:
        _take(found, _actions_of(import_module(f"{__package__}.{name}")))
    _take_entry_points(found)
    for folder in (settings or Settings.load()).actions:
        _take_folder(found, Path(folder).expanduser())
    return found


def _take(found: Found, actions: Iterable[Action]) -> None:
    found.actions.update((action.name, action) for action in actions)


def _actions_of(value: Any, source: str = "") -> Iterator[Action]:
    """Yields the actions of a module, or the one of a function."""
    every = vars(value).values() if isinstance(value, ModuleType) else [value]
    for action in filter(None, map(of, every)):
        # What a module has imported from another one is that one's.
        if not isinstance(value, ModuleType) or action.function.__module__ == value.__name__:
            yield replace(action, source=source) if source else action


def _take_entry_points(found: Found) -> None:
    for point in entry_points(group=GROUP):
        source = point.dist.name if point.dist is not None else point.value
        try:
            _take(found, _needed(list(_actions_of(point.load(), source))))
        except (Exception, SystemExit) as error:
            found.troubles.append(_trouble(f"the actions {point.value} of the package {source}", error))


def _take_folder(found: Found, folder: Path) -> None:
    if not folder.is_dir():
        found.troubles.append(f"There is no folder {folder} to take actions from: mend the setting 'actions'.")
        return
    for path in sorted(folder.glob("*.py")):
        if path.name.startswith("_"):
            continue
        try:
            actions = [replace(action, by_value=True) for action in _actions_of(_load(path), str(path))]
            _take(found, _needed(actions))
        except (Exception, SystemExit) as error:
            found.troubles.append(_trouble(str(path), error))


def _needed(actions: list[Action]) -> list[Action]:
    if not actions:
        raise LookupError("no function in it is marked with @actions.action")
    return actions


def _trouble(what: str, error: BaseException) -> str:
    line = _line_in(what, error)
    return f"{what} can't be used{line}: {type(error).__name__}: {error}. Everything else is there; mend it and look again."


def _line_in(path: str, error: BaseException) -> str:
    """Says in which line of the studio's own file it happened, if it did."""
    if isinstance(error, SyntaxError) and error.lineno:
        return f", line {error.lineno}"
    trace, line = error.__traceback__, 0
    while trace is not None:
        line = trace.tb_lineno if trace.tb_frame.f_code.co_filename == path else line
        trace = trace.tb_next
    return f", line {line}" if line else ""


_loaded: dict[Path, tuple[int, ModuleType]] = {}


def _load(path: Path) -> ModuleType:
    """Imports a file under a name of its own; anew when it was changed."""
    stamp = path.stat().st_mtime_ns
    known = _loaded.get(path)
    if known is not None and known[0] == stamp:
        return known[1]
    name = f"farmfutures_actions_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module  # Where classes of it look for themselves.
    try:
        spec.loader.exec_module(module)
    except BaseException:
        if before is None:
            del sys.modules[name]
        else:
            sys.modules[name] = before
        raise
    _loaded[path] = (stamp, module)
    return module
