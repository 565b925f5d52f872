"""What is wrong with a request, field by field, all at once, each with cause and fix: cheap enough for every keystroke."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from farmfutures import Feature, Report
from farmfutures.engines.asked import check_options
from farmfutures.errors import OptionError, SubmitError
from farmfutures.options import JOB_OPTIONS, checked
from farmfutures.private import is_secret, matches

from ..environ import PATHS, PIPELINE, VALUES, WORKER_OWN
from ..executor import Executor
from ..mayapy import MayaVersion
from ..problems import Severity, listed
from .action import Action
from .params import Supplied
from .request import PRIORITY, PYTHON, Request, Scene
from .split import frames_of
from .surroundings import Surroundings
from .wrong_values import trouble_here


@dataclass(frozen=True, slots=True)
class Mend:
    """What a button beside the field would do.

    Attributes:
        label: What it says.
        field: Which field it changes.
        value: To what.
    """

    label: str
    field: str
    value: Any


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a field.

    Attributes:
        field: Its name, ``"values.step"`` for one of the action's own.
        severity: An error holds the submit.
        cause: As a sentence without its stop.
        fix: As a sentence.
        mends: What would mend it.
    """

    field: str
    severity: Severity
    cause: str
    fix: str
    mends: tuple[Mend, ...] = ()

    def __str__(self) -> str:
        first = self.cause.partition(" ")[0]  # A name stays as it is written.
        start = self.cause[:1].upper() if first.isalpha() else self.cause[:1]
        return f"{start}{self.cause[1:]}. {self.fix}".rstrip()


def wrong(request: Request, action: Action, here: Surroundings) -> list[Wrong]:
    """Returns what is wrong, errors first, in the order of the fields otherwise."""
    found = [one for check in _CHECKS for one in check(request, action, here)]
    return sorted(found, key=lambda one: list(Severity).index(one.severity))


def _error(field: str, cause: str, fix: str, *mends: Mend) -> Wrong:
    return Wrong(field, Severity.ERROR, cause, fix, mends)


def _of_values(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    language = str(request.values.get("language", ""))
    for param in action.params:
        trouble = trouble_here(param, request.values.get(param.name, param.first), language)
        if trouble is not None:
            place = f"values.{param.name}"
            mends = () if trouble.mend is None else (Mend(f"Use {trouble.mend}", place, trouble.mend),)
            yield _error(place, trouble.cause, trouble.fix, *mends)


def _of_frames(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    how = action.signature.frames
    if how is None:
        return
    span = Mend("Playback range", "frames", f"{here.span[0]}-{here.span[1]}")
    if not request.frames.strip():
        if action.needs(how):
            yield _error("frames", "there are no frames", f"{action.label} needs some.", *([span] if here.in_maya else []))
        return
    try:
        count = len(frames_of(request.frames))
    except OptionError as error:
        yield _error("frames", str(error).rstrip("."), "", *([span] if here.in_maya else []))
        return
    if how != Supplied.RANGE and request.chunk > max(count, 1):
        yield Wrong("chunk", Severity.NOTE, f"there are {count} frames", "All of them are one work item.")


def _of_nodes(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    if not action.takes(Supplied.NODE):
        return
    if not request.nodes:
        if action.needs(Supplied.NODE):
            yield _error("nodes", "no node is chosen", "Select some in the scene, or name them.")
        return
    if here.in_maya and request.scene in (Scene.SNAPSHOT, Scene.SAVED):
        lost = [name for name in request.nodes if len(here.existing([name])) != 1]
        if lost:
            what = f"the scene has no node {lost[0]}, or several of that name"
            what = what if len(lost) == 1 else f"the scene has no nodes {listed(lost)}, or several of a name"
            left = tuple(name for name in request.nodes if name not in lost)
            drop = [Mend("Leave out", "nodes", left)] if left else []
            yield _error("nodes", what, "Choose again.", *drop)


def _of_items(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    if action.needs(Supplied.ITEM) and not request.items:
        yield _error("items", "there are no items", f"{action.label} needs some, one a line.")


def _of_scene(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    if not request.needs_maya(action):
        return
    snapshot = Mend("Send it as on screen", "scene", Scene.SNAPSHOT)
    if action.runs_in == "session" and not here.in_maya:
        yield _error("action", f"{action.label} looks at the open scene, and this is no Maya", "Submit it from Maya.")
    elif action.runs_in == "session" and request.scene in (Scene.FILE, Scene.NONE):
        yield _error("scene", f"{action.label} looks at the scene that is open here", "Send that one.", snapshot)
    elif request.scene in (Scene.SNAPSHOT, Scene.SAVED) and not here.in_maya:
        yield _error("scene", "no scene is open outside of Maya", "Name a file, or open none.",
                     Mend("Name a file", "scene", Scene.FILE), Mend("Open none", "scene", Scene.NONE))  # fmt: skip
    elif request.scene == Scene.SAVED and not here.scene:
        yield _error("scene", "the scene was never saved", "Send it as it is on screen, or save it.", snapshot)
    elif request.scene == Scene.SAVED and here.modified:
        yield Wrong("scene", Severity.WARNING, "the scene has changes that are not saved, and that would not travel",
                    "Save it, or send it as it is on screen.", (snapshot,))  # fmt: skip
    elif request.scene == Scene.FILE:
        yield from _of_filename(request.filename)


def _of_filename(path: str) -> Iterator[Wrong]:
    path = os.path.expanduser(os.path.expandvars(path))
    if not path.strip():
        yield _error("filename", "no scene is named", "Choose a .ma or .mb file.")
    elif not path.lower().endswith((".ma", ".mb")):
        yield _error("filename", "that is no scene of Maya", "Choose a .ma or .mb file.")
    elif os.path.isabs(path) and not os.path.isfile(path):
        yield _error("filename", f"there is no file {path}", "Choose one that is there.")


def _of_workspace(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    path = os.path.expanduser(os.path.expandvars(request.workspace))
    if path and request.needs_maya(action) and not os.path.isdir(path):
        yield _error("workspace", f"there is no folder {path}", "Choose the folder of a project.",
                     Mend("Use the session's" if here.in_maya else "Use none", "workspace", ""))  # fmt: skip


def _of_version(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    if request.version == PYTHON:
        if action.runs_in != "anywhere":
            yield _error("version", f"{action.label} needs a Maya", "Choose one.", Mend("Choose Maya", "version", ""))
        return
    if not request.version:
        return
    try:
        wanted = MayaVersion.parse(request.version)
    except OptionError as error:
        yield _error("version", str(error).rstrip("."), "Write 2026, say.")
        return
    if here.versions and not any(wanted.fits(MayaVersion.parse(known)) for known in here.versions):
        there = Mend(f"Use {here.versions[0]}", "version", here.versions[0])
        yield Wrong("version", Severity.WARNING, f"there is no Maya {request.version} on this machine",
                    f"There is {listed(list(here.versions))}.", (there,))  # fmt: skip


def _of_numbers(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    slots = here.settings.slots
    if here.engine(request.engine) == "local" and request.cpus is not None and request.cpus > slots:
        yield Wrong("cpus", Severity.WARNING, f"this machine runs {slots} interpreters at once, over all jobs",
                    "More of them will wait.", (Mend(f"Use {slots}", "cpus", slots),))  # fmt: skip


_FEATURES: dict[str, tuple[Feature, Any]] = {
    "priority": (Feature.PRIORITY, PRIORITY), "cpus": (Feature.CPUS, None), "retries": (Feature.ATTEMPTS, 0),
    "timeout_s": (Feature.TIMEOUT, None), "secrets": (Feature.SECRETS, ()),
}  # fmt: skip


def _of_engine(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    report = here.report(request.engine)
    if report is None:
        if here.reports:
            yield _error("engine", f"there is no engine {here.engine(request.engine)} here",
                         f"There are: {', '.join(here.reports)}.", Mend("Use the usual one", "engine", ""))  # fmt: skip
        return
    for name, (feature, first) in _FEATURES.items():
        support = report.get(feature)
        if support.can:
            continue
        cause = f"the engine {report.engine} can't: {support.how or 'it says nothing of it'}"
        if getattr(request, name) != first:
            yield _error(name, cause, "Leave it as it is at first, or choose another engine.",
                         Mend("Leave it out", name, first))  # fmt: skip
        else:
            yield Wrong(name, Severity.NOTE, cause, "")


def _of_variables(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    if not request.needs_maya(action) or not here.in_maya:
        return
    for name in request.variables:
        left = tuple(other for other in request.variables if other != name)
        drop = Mend("Leave out", "variables", left)
        if is_secret(name):
            secrets = (*request.secrets, name)
            yield _error("variables", f"{name} looks like a secret: it stays", "Name it under secrets to send it.",
                         Mend("Send as a secret", "variables+secrets", (left, secrets)), drop)  # fmt: skip
        elif matches(name, WORKER_OWN):
            yield _error("variables", f"{name} is the worker's own, and stays", "Leave it out.", drop)
        elif not any(matches(there, (name,)) for there in here.environ):
            yield Wrong("variables", Severity.WARNING, f"{name} is not set in this session", "Nothing travels for it.", (drop,))
        elif matches(name, (*PATHS, *VALUES, *PIPELINE)):
            yield Wrong("variables", Severity.NOTE, f"{name} travels anyway", "", (drop,))
    for name in request.secrets:
        drop = Mend("Leave out", "secrets", tuple(other for other in request.secrets if other != name))
        if not name.isidentifier():
            yield _error("secrets", f"{name} is no name", "Name secrets one by one, without patterns.", drop)
        elif name not in here.environ:
            yield Wrong("secrets", Severity.WARNING, f"{name} is not set in this session", "Nothing travels for it.", (drop,))


_TAKEN = frozenset(
    {"name", "cpus", "priority", "retries", "attempts", "timeout_s", "filename", "workspace", "version", "chunk", "user"}
)
"""Options that have a field of their own, or mean something else to an action."""


def _of_options(request: Request, action: Action, here: Surroundings) -> Iterator[Wrong]:
    report, maya = here.report(request.engine), request.needs_maya(action)
    for line in request.options:
        drop = Mend("Leave out", "options", tuple(other for other in request.options if other != line))
        name, equals, _ = line.partition("=")
        name = name.strip()
        if not equals or not name.isidentifier():
            yield _error("options", f"{line!r} is no option", "Write name=value, one a line.", drop)
        elif name in _TAKEN:
            yield _error("options", f"the option {name} has a field of its own, or is the action's", "Leave it out here.", drop)
        elif report is not None:
            trouble = _trouble_with_option(name, request.further[name], report, maya)
            if trouble:
                yield _error("options", trouble.rstrip("."), "", drop)


def _trouble_with_option(name: str, value: Any, report: Report, maya: bool) -> str:
    if report.options.get(name, "").startswith(_REFUSED):
        return f"{name} is {report.options[name]}"
    try:
        check_options({name: value}, JOB_OPTIONS | (Executor.OPTIONS if maya else frozenset[str]()), report, "the job")
        checked({name: value} if name in JOB_OPTIONS else {})
    except SubmitError as error:
        return str(error)
    return ""


_REFUSED = "refused: "

_CHECKS: tuple[Callable[[Request, Action, Surroundings], Iterator[Wrong]], ...] = (
    _of_values, _of_frames, _of_nodes, _of_items, _of_scene, _of_workspace, _of_version, _of_engine, _of_numbers, _of_options,
    _of_variables,
)  # fmt: skip
