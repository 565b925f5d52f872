"""Whether this machine can do what farmfutures needs of it, as far as no Maya is concerned: for ``farmfutures doctor``.

Each check says what it found, and where that is not good, what to do about it. Nothing is changed or repaired.
"""

from __future__ import annotations

import enum
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ._vendor import REQUIREMENTS
from .errors import FarmFuturesError, OptionError
from .settings import PREFIX, Settings, default_file

_ERROR_CHARACTERS = 300
_LITTLE_BYTES = 2 * 1024**3


class Verdict(enum.StrEnum):
    """What a check came to."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        group: What was looked at: ``"this machine"``, ``"Maya 2026"``.
        what: What of it.
        verdict: Whether that is good.
        found: What was found, in words.
        advice: What to do about it; "" where nothing needs to be done.
    """

    group: str
    what: str
    verdict: Verdict
    found: str
    advice: str = ""


HERE = "this machine"


def ok(what: str, found: str, group: str = HERE) -> Finding:
    """All is well."""
    return Finding(group, what, Verdict.OK, found)


def note(what: str, found: str, advice: str, group: str = HERE) -> Finding:
    """It works, and somebody may want it otherwise."""
    return Finding(group, what, Verdict.NOTE, found, advice)


def wrong(what: str, found: str, advice: str, group: str = HERE) -> Finding:
    """It does not work."""
    return Finding(group, what, Verdict.WRONG, found, advice)


def skipped(what: str, why: str, group: str = HERE) -> Finding:
    """Nobody knows."""
    return Finding(group, what, Verdict.SKIPPED, why)


def examine(*, quick: bool = False) -> Iterator[Finding]:
    """Yields what is found, as it is found.

    Args:
        quick: Start nothing: no broker, and no call that runs through it.
    """
    from . import __version__

    yield ok("farmfutures", f"{__version__} in {Path(__file__).parent}")
    yield ok("Python", f"{sys.version.split()[0]}, {sys.executable}")
    for name in REQUIREMENTS:
        yield judge_package(name, import_package(name))
    try:
        settings = Settings.load()
    except OptionError as error:
        yield wrong("settings", str(error), "mend or remove it; until then nothing of farmfutures starts")
        return
    yield ok("settings", _settings())
    wrongs = 0
    for found in examine_local(settings) if settings.engine == "local" else examine_engine(settings.engine, settings):
        wrongs += found.verdict is Verdict.WRONG
        yield found
    if wrongs or quick:
        yield skipped("a call", "needs all of this" if wrongs else "not tried, to be quick")
    else:
        from .engines.probe import probe

        yield from probe()


def examine_local(settings: Settings) -> Iterator[Finding]:
    """Yields what the local engine needs, and starts nothing: its folder and its broker."""
    state = _state(settings)
    yield state
    if state.verdict is Verdict.WRONG:
        yield skipped("broker", "needs the state folder")
    else:
        yield _other_broker(settings) or _broker(settings)


def examine_engine(name: str, settings: Settings) -> Iterator[Finding]:
    """Yields what any engine says of itself, grouped under its name."""
    from .engines.engine import shared

    group = f"the {name} engine"
    try:
        engine = shared.open(name, settings)
    except FarmFuturesError as error:
        yield wrong("engine", str(error), "name another one in the setting 'engine', or mend it", group)
        return
    try:
        for found in engine.examine():
            yield (ok(found.what, found.text, group) if found.well else wrong(found.what, found.text, found.help, group))
    finally:
        shared.close(engine)


# Packages


def import_package(name: str) -> Mapping[str, str]:
    """Returns ``version`` and ``file`` of a package as it is found here, or the ``error`` with which its import fails."""
    from importlib import import_module

    try:
        module = import_module(name)
    except Exception as error:  # A package of another Python fails in all kinds of ways.
        return {"error": f"{type(error).__name__}: {' '.join(str(error).split())[:_ERROR_CHARACTERS]}"}
    return {"version": str(getattr(module, "__version__", "?")), "file": str(module.__file__)}


def judge_package(name: str, found: Mapping[str, str], group: str = HERE, how: str = "`pip install") -> Finding:
    """Says whether a package is one that farmfutures was tested with.

    Args:
        name: As it is imported.
        found: As of `import_package`.
        group: Whose package it is.
        how: What to say in front of the requirement: the command that installs packages there.
    """
    requirement = REQUIREMENTS[name]
    what, mend = re.split("[<>=]", requirement)[0], f"{how} '{requirement}'`"
    if "error" in found:
        return wrong(what, found["error"], mend, group)
    text = f"{found['version']} in {Path(found['file']).parent.parent}"
    return ok(what, text, group) if _fits(requirement, found["version"]) else wrong(what, text, mend, group)


def _fits(requirement: str, version: str) -> bool:
    low, high = (int(number) for number in re.findall(r"\d+", requirement))
    major = re.match(r"\d+", version)
    return major is not None and low <= int(major[0]) < high


# Settings and state


def _settings() -> str:
    file = Path(os.environ.get(f"{PREFIX}SETTINGS") or default_file())
    names = sorted(name for name in os.environ if name.removeprefix(PREFIX).lower() in Settings.__dataclass_fields__)
    variables = f"; set by variables: {', '.join(names)}" if names else ""
    return (f"from {file}" if file.is_file() else f"defaults, there is no {file}") + variables


def _state(settings: Settings) -> Finding:
    from .engines.local.folder import Folder, check_local
    from .guard import make_private

    root = Folder(settings.state).root
    there = next(path for path in (root, *root.parents) if path.exists())
    try:
        check_local(root)
        if there == root:
            make_private(root)
        elif not os.access(there, os.W_OK | os.X_OK):
            return wrong(
                "state folder", f"{root} can't be made: {there} is not writable", "set FARMFUTURES_STATE to a folder of yours"
            )
    except FarmFuturesError as error:
        return wrong("state folder", str(error), "as it says")
    free = shutil.disk_usage(there).free
    text = f"{root}, {free / 1024**3:.0f} GB free" + ("" if there == root else "; the first job makes it")
    if free < _LITTLE_BYTES:
        return note("state folder", text, "free some space: jobs are refused when the disk is full")
    return ok("state folder", text)


# Broker and worker


def _other_broker(settings: Settings) -> Finding | None:
    """A broker that speaks another protocol can't be asked; what it wrote beside its lock can be read."""
    from .engines.local import wire
    from .engines.local.folder import Folder
    from .engines.local.lock import is_held

    folder = Folder(settings.state)
    if not is_held(folder.lock):
        return ok("broker", "none is running; the next job starts one")
    try:
        said = json.loads(folder.connection.read_text())
    except (OSError, ValueError):
        return None  # It has only just started.
    if said.get("version") == wire.VERSION:
        return None
    return wrong(
        "broker",
        f"pid {said.get('pid')} is of another farmfutures (protocol {said.get('version')}, ours is {wire.VERSION})",
        "let its jobs end and stop it by `farmfutures broker stop` of that version, or end the process",
    )


def _broker(settings: Settings) -> Finding:
    from . import __version__
    from .farm import Farm

    try:
        with Farm("local") as farm:
            status = farm.broker_status()
    except FarmFuturesError as error:
        return wrong("broker", str(error), f"look at {settings.state / 'broker.log'}; `farmfutures broker stop` ends it")
    if status is None:
        return ok("broker", "none is running; the next job starts one")
    text = f"{status['release']}, pid {status['pid']}, open jobs: {status['open_jobs']}, interpreters: {status['workers']}"
    if status["stuck"]:
        return wrong("broker", f"{text}; it can't write its database: {status['stuck']}", "free some space on that disk")
    if status["release"] != __version__:
        return note("broker", text, f"this is {__version__}: `farmfutures broker stop --drain` has the next job start its own")
    return ok("broker", text)
