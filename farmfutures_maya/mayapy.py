"""Find the ``mayapy`` of a Maya version on this platform.

Looked for in this order; what is known to be another version is passed over and named in the error:

1. ``FARMFUTURES_MAYAPY``: a path, in which ``{version}`` stands for the version that is looked for. One that names no
   file is an error at once.
2. ``$MAYA_LOCATION/bin/mayapy``, only where its version fits: inside one Maya this points to that Maya.
3. Where Autodesk installs Maya (Maya help 2027, "Python from an external interpreter").
4. ``mayapy`` on PATH, last: it is the classic way to get another version than the scene was made with.

What is found is resolved to the real file. On Linux ``bin/mayapy`` is a shell script that looks for ``../lib`` beside
itself, so that it loads somebody else's libraries when it is started through a link.
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
        version: What its path says, or None where it says nothing.
        source: Where it was found, for people.
    """

    path: Path
    version: MayaVersion | None
    source: str


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
    for path, held, source in _places(wanted, os.environ if environ is None else environ, session, platform):
        if not path.is_file():
            looked.append(f"{source}: no {path}")
            if source == VARIABLE:  # Somebody meant this one: what else there is would be a surprise.
                break
        elif wanted is not None and not wanted.fits(held):
            looked.append(f"{source}: {path} is Maya {held.text if held else '?'}")
        else:
            return Mayapy(Path(os.path.realpath(path)), held, source)
    raise InterpreterNotFoundError(_not_found(wanted, looked))


def installed(*, environ: Mapping[str, str] | None = None, platform: str = sys.platform) -> list[Mayapy]:
    """Returns every interpreter that can be found, in the order of `find`, none twice."""
    found: dict[Path, Mayapy] = {}
    for path, held, source in _places(None, os.environ if environ is None else environ, None, platform):
        if path.is_file():
            real = Path(os.path.realpath(path))
            found.setdefault(real, Mayapy(real, held, source))
    return list(found.values())


def real_interpreter(interpreter: object) -> tuple[str, ...]:
    """Returns the command line of an ``interpreter`` option: a path to a ``mayapy`` as its real file, else unchanged.

    A list is a command of the caller's, such as ``["rez-env", "maya-2026", "--", "mayapy"]``: nothing in it is touched.
    """
    if isinstance(interpreter, (list, tuple)):
        return tuple(str(word) for word in cast("Sequence[object]", interpreter))
    path = str(interpreter)
    is_mayapy = os.path.basename(path).lower().startswith("mayapy") and os.path.exists(path)
    return (os.path.realpath(path) if is_mayapy else path,)


def _places(
    wanted: MayaVersion | None, environ: Mapping[str, str], session: str | None, platform: str
) -> Iterator[tuple[Path, MayaVersion | None, str]]:
    """Yields (file, version as far as known, where this comes from), best first, whether the file exists or not."""
    set_path = environ.get(VARIABLE)
    if set_path:
        named = set_path.replace("{version}", str(wanted.major or wanted.text) if wanted else "")
        path = Path(named).expanduser()
        yield path, version_of(path), VARIABLE
    location = environ.get("MAYA_LOCATION")
    if location:
        held = MayaVersion.parse(session) if session else version_of(Path(location))
        for path in _in_location(Path(location), platform):
            yield path, held, "MAYA_LOCATION"
    for path in _installs(wanted, environ, platform):
        yield path, version_of(path), "installed"
    on_path = shutil.which("mayapy", path=environ.get("PATH", ""))
    if on_path:
        yield Path(on_path), version_of(Path(os.path.realpath(on_path))), "PATH"


def _in_location(location: Path, platform: str) -> Iterator[Path]:
    """On macOS MAYA_LOCATION is ``.../Maya.app/Contents``, and for some tools the folder above Maya.app."""
    yield location / "bin" / _file(platform)
    if platform == "darwin":
        yield location / "Maya.app/Contents/bin/mayapy"


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
