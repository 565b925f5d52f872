"""Find the ``mayapy`` of a Maya version on this platform.

Looked for in this order; each one that is there is asked for its version (version_probe.py), and what is another version, or no
``mayapy`` at all, is passed over and named in the error:

1. the option ``interpreter``: there is no other one then, and a wrong one is an error;
2. ``FARMFUTURES_MAYAPY``: a path, in which ``{version}`` stands for the version that is looked for. One that names no
   file is an error at once;
3. ``$MAYA_LOCATION/bin/mayapy``: inside one Maya this points to that Maya;
4. where Autodesk installs Maya (Maya help 2027, "Python from an external interpreter");
5. ``mayapy`` on PATH, last: it is the classic way to get another version than the scene was made with.

What is found is resolved to the real file. On Linux ``bin/mayapy`` is a shell script that looks for ``../lib`` beside
itself, so that it loads somebody else's libraries when it is started through a link. Nobody ever compares it to
``sys.executable``: on macOS ``bin/mayapy`` says there that it is ``MacOS/mayapy``.

The answer is what the worker must say again when it has started (standalone.py): a Maya that can't be asked is believed until
then.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from farmfutures.errors import InterpreterNotFoundError, OptionError

from .version_probe import ask

VARIABLE = "FARMFUTURES_MAYAPY"

_NUMBER = re.compile(r"(20\d\d)(?:\.(\d+))?(?:\.\d+)*")
_NAMED = re.compile(r"(?:autodesk[-_ ]?)?maya[-_ ]?(20\d\d)(?:\.(\d+))?(?!\d).*", re.IGNORECASE)
_PREVIEW = "preview release"


@dataclass(frozen=True, slots=True)
class MayaVersion:
    """A Maya version as somebody wrote it: ``2026``, ``"2026"``, ``"2026.1"``, ``"Preview Release 150"``.

    Attributes:
        text: What was written.
        major: The year, or None of a preview release.
        minor: The update that was asked for, or None.
    """

    text: str
    major: int | None
    minor: int | None

    @classmethod
    def parse(cls, value: object) -> MayaVersion:
        """Reads a version.

        Raises:
            OptionError: It is none.
        """
        text = str(value).strip()
        found = _NUMBER.fullmatch(text.lower().removeprefix("maya").strip())
        if found and not isinstance(value, bool):
            return cls(text, int(found[1]), int(found[2]) if found[2] else None)
        if text.lower().startswith(_PREVIEW):
            return cls(text, None, None)
        raise OptionError(f"version={value!r} is not a version of Maya: write 2026, '2026', '2026.1' or 'Preview Release'.")

    def names(self) -> tuple[str, ...]:
        """Returns how an installation's folder may call it, the exact one first."""
        if self.major is None:
            return ("PR", "Preview", self.text)
        exact = (f"{self.major}.{self.minor}",) if self.minor else ()
        return (*exact, str(self.major))

    def fits(self, other: MayaVersion | None) -> bool:
        """Returns whether `other` may stand in for this: the same year, or nobody knows."""
        return other is None or self.major == other.major


@dataclass(frozen=True, slots=True)
class Mayapy:
    """A ``mayapy`` that was found.

    Attributes:
        path: The real file, links resolved.
        version: What it answered, else what its path says, or None where neither says anything.
        source: Where it was found, for people.
    """

    path: Path
    version: MayaVersion | None
    source: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a job's interpreters are started with, and their version as far as it is known."""

    command: tuple[str, ...]
    version: MayaVersion | None


def choose(interpreter: object, version: object = None, *, session: str | None = None) -> Choice:
    """Returns what to start for a job.

    Args:
        interpreter: The job's option: the path of a ``mayapy``, or a command of the caller's, such as
            ``["rez-env", "maya-2026", "--", "mayapy"]``, in which nothing is touched and nobody asked. Nothing: `find`.
        version: As of `find`.
        session: As of `find`.

    Raises:
        InterpreterNotFoundError: There is none, or the one that was given is of another version or no mayapy.
        OptionError: `version` is not a version.
    """
    if not interpreter:
        found = find(version, session=session)
        return Choice((str(found.path),), found.version)
    if isinstance(interpreter, (list, tuple)):
        return Choice(tuple(str(word) for word in cast("Sequence[object]", interpreter)), None)
    path = str(interpreter)
    if not (os.path.basename(path).lower().startswith("mayapy") and os.path.isfile(path)):
        return Choice((path,), None)  # A wrapper of the studio's, or a name for PATH: the worker says what it is.
    real = Path(os.path.realpath(path))
    wanted = None if version is None else MayaVersion.parse(version)
    held, problem = _held(real, wanted)
    if problem:
        raise InterpreterNotFoundError(
            f"interpreter={path!r} won't do: {problem}. Give the mayapy of Maya {wanted.text if wanted else 'any version'}, "
            "or leave interpreter= out to have it looked for."
        )
    return Choice((str(real),), held)


def find(
    version: object = None,
    *,
    environ: Mapping[str, str] | None = None,
    session: str | None = None,
    platform: str = sys.platform,
) -> Mayapy:
    """Finds the interpreter of a version.

    Args:
        version: ``2026``, ``"2026.1"``, ``"Preview Release"``; None takes the newest there is.
        environ: Instead of ``os.environ``.
        session: The version of the Maya that this runs in, which says what ``MAYA_LOCATION`` holds.
        platform: As ``sys.platform``.

    Raises:
        InterpreterNotFoundError: There is none; the message names each place and what was there.
        OptionError: `version` is not a version.
    """
    wanted = None if version is None else MayaVersion.parse(version)
    looked: list[str] = []
    for path, known, source in _places(wanted, os.environ if environ is None else environ, session, platform):
        if not path.is_file():
            looked.append(f"{source}: no {path}")
            if source == VARIABLE:  # Somebody meant this one: what else there is would be a surprise.
                break
            continue
        real = Path(os.path.realpath(path))
        held, problem = (known, _misfit(path, wanted, known)) if known else _held(real, wanted)
        if not problem:
            return Mayapy(real, held, source)
        looked.append(f"{source}: {problem}")
    raise InterpreterNotFoundError(_not_found(wanted, looked))


def _held(real: Path, wanted: MayaVersion | None) -> tuple[MayaVersion | None, str]:
    """Asks a mayapy; returns its version and what is wrong with it, if anything is."""
    answer = ask(real)
    if answer.problem:
        return None, f"{real} {answer.problem}"
    try:
        held = MayaVersion.parse(answer.version) if answer.version else version_of(real)
    except OptionError:
        held = version_of(real)
    return held, _misfit(real, wanted, held)


def _misfit(path: Path, wanted: MayaVersion | None, held: MayaVersion | None) -> str:
    fits = wanted is None or wanted.fits(held)
    return "" if fits else f"{path} is Maya {held.text if held else '?'}"


def installed(*, environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> list[Mayapy]:
    """Returns every interpreter that can be found, in the order of `find`, none twice.

    Nobody is asked: `version` is what the path says, and whether each of them works is for others to find out.
    """
    found: dict[Path, Mayapy] = {}
    for path, _, source in _places(None, os.environ if environ is None else environ, None, platform):
        if path.is_file():
            real = Path(os.path.realpath(path))
            found.setdefault(real, Mayapy(real, version_of(real), source))
    return list(found.values())


def _places(
    wanted: MayaVersion | None, environ: Mapping[str, str], session: str | None, platform: str
) -> Iterator[tuple[Path, MayaVersion | None, str]]:
    """Yields (file, version where it need not be asked, where this comes from), best first, whether it exists or not."""
    set_path = environ.get(VARIABLE)
    if set_path:
        named = set_path.replace("{version}", str(wanted.major or wanted.text) if wanted else "")
        yield Path(named).expanduser(), None, VARIABLE
    location = environ.get("MAYA_LOCATION")
    if location:
        held = MayaVersion.parse(session) if session else None
        for path in _in_location(Path(location), platform):
            yield path, held, "MAYA_LOCATION"
    for path in _installs(wanted, environ, platform):
        yield path, None, "installed"
    on_path = shutil.which("mayapy", path=environ.get("PATH", ""))
    if on_path:
        yield Path(on_path), None, "PATH"


def _in_location(location: Path, platform: str) -> Iterator[Path]:
    """On macOS MAYA_LOCATION is ``.../Maya.app/Contents``, and for some tools the folder above Maya.app (maya-usd)."""
    yield location / "bin" / _file(platform)
    if platform == "darwin":
        yield location / "Maya.app/Contents/bin/mayapy"
        yield location / "Contents/bin/mayapy"


def _installs(wanted: MayaVersion | None, environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    root, prefix, inside = _table(environ, platform)
    if wanted is not None:
        names = [prefix + name for name in wanted.names()]
    else:
        names = [path.name for path in _newest_first(root, prefix)]
    for name in names:
        yield root / name / inside / _file(platform)


def _newest_first(root: Path, prefix: str) -> list[Path]:
    def by_version(path: Path) -> tuple[int, int]:
        held = version_of(path)
        return (held.major or 0, held.minor or 0) if held else (0, 0)

    return sorted((path for path in root.glob(f"{prefix}*") if path.is_dir()), key=by_version, reverse=True)


def _table(environ: Mapping[str, str], platform: str) -> tuple[Path, str, str]:
    """Returns (folder, how an installation's name starts, where its bin is) of this platform."""
    if platform == "win32":
        return Path(environ.get("ProgramFiles", r"C:\Program Files")) / "Autodesk", "Maya", "bin"
    if platform == "darwin":
        return Path("/Applications/Autodesk"), "maya", "Maya.app/Contents/bin"
    return Path("/usr/autodesk"), "maya", "bin"


def _file(platform: str) -> str:
    return "mayapy.exe" if platform == "win32" else "mayapy"


def version_of(path: Path) -> MayaVersion | None:
    """Returns the version that a path speaks of: ``/usr/autodesk/maya2026/bin``, ``/rez/maya/2026.1/bin``.

    A year anywhere else in it (``/projects/show_2024``) says nothing.
    """
    for parent, part in zip(("", *path.parts), path.parts, strict=False):
        found = _NAMED.fullmatch(part) or ("maya" in parent.lower() and _NUMBER.fullmatch(part))
        if found:
            return MayaVersion(".".join(filter(None, found.groups())), int(found[1]), int(found[2]) if found[2] else None)
    return None


def _not_found(wanted: MayaVersion | None, looked: list[str]) -> str:
    what = f"mayapy of Maya {wanted.text}" if wanted else "mayapy"
    places = "; ".join(looked) or "nothing is installed in Autodesk's usual place, and none is on PATH"
    return (
        f"there is no {what} on this machine. Looked at: {places}. Install that Maya, or set {VARIABLE} "
        "(or the option interpreter=) to the path of its mayapy."
    )
