"""What a check looks at on disk. It runs in threads: nothing here calls Maya."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from .disk import Disk, Place
from .drives import Drives
from .environ import variables_in
from .inputs import Input
from .mayapy import MayaVersion
from .patterns import expression, gaps, has_tokens
from .problems import Kind, Problem, Severity, listed
from .session import Plugin

_HEAD_BYTES = 64
_SAVED_BY = re.compile(rb"//Maya ASCII (20\d\d)")

_FIXES = {
    Kind.REFERENCE: "Put the file back, or correct its path in the Reference Editor.",
    Kind.TEXTURE: "Put the file back, or correct its path in the File Path Editor.",
    Kind.CACHE: "Make the cache again, or correct its path in the File Path Editor.",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found of one thing.

    Attributes:
        problems: What is wrong with it.
        path: Where it is.
        local: The drive that it is on where only this machine has that, else "".
    """

    problems: tuple[Problem, ...] = ()
    path: str = ""
    local: str = ""


Look = Callable[[], Looked]


class Looks:
    """Looks at one machine's disks.

    Args:
        place: What relative paths are relative to.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.disk = Disk()

    @functools.cached_property
    def drives(self) -> Drives:
        """The drives; asked for in a thread, since that starts a process on macOS."""
        return Drives()

    def _local(self, path: str) -> str:
        return "" if self.place.is_shared(path) else self.drives.local_root(path)

    def at_input(self, wanted: Input) -> Looked:
        """Looks for the files that nodes name."""
        unset = sorted(name for name in variables_in([wanted.path]) if name not in self.place.environ)
        if unset:
            return Looked((_unset(wanted, unset),))
        names = [name for name in (wanted.resolved, wanted.path) if name]
        candidates = list(dict.fromkeys(full for name in names for full in self.place.candidates(name, wanted.rule)))
        for full in candidates:
            files = self.disk.find(full)
            if files:
                return Looked(_of_sequence(wanted, full, files), full, self._local(full))
        return Looked((_missing(wanted, candidates),))

    def at_plugin(self, plugin: Plugin, maya_location: str) -> Looked:
        """Looks for the file of a plug-in; those that come with Maya come with the worker's, too."""
        path = plugin.path.replace("\\", "/")
        if not path or (maya_location and path.startswith(maya_location.replace("\\", "/").rstrip("/") + "/")):
            return Looked()
        if os.path.isfile(path):
            return Looked((), path, self._local(path))
        cause = f"it is loaded here, but its file {path} is not there any more, so that workers can't load it"
        fix = "Install it again, or unload it in the Plug-in Manager."
        return Looked((Problem(Kind.PLUGIN, Severity.ERROR, cause, f"the plug-in {plugin.name}", fix, path),))

    def at_header(self, scene: str, wanted: MayaVersion) -> Looked:
        """Looks at the Maya that wrote a scene (Maya ASCII says it in its first line; Maya binary nowhere near it)."""
        try:
            with open(scene, "rb") as file:
                found = _SAVED_BY.match(file.read(_HEAD_BYTES))
        except OSError:
            return Looked()  # That it is not there is said elsewhere.
        if found is None or wanted.major is None or int(found[1]) <= wanted.major:
            return Looked()
        cause = f"it was saved by Maya {found[1].decode()}, and the job is for Maya {wanted.text}, which will not open it"
        fix = f"Give version={found[1].decode()}, or ignore_version=True to try it nevertheless."
        return Looked((Problem(Kind.VERSION, Severity.ERROR, cause, scene, fix, scene),))


def _unset(wanted: Input, names: list[str]) -> Problem:
    cause = f"the path {wanted.path} uses {', '.join('$' + name for name in names)}, which is not set"
    fix = "Set it before Maya starts; variables in paths of the scene travel to the workers."
    return Problem(Kind.VARIABLE, Severity.ERROR, cause, listed(wanted.nodes), fix, wanted.path)


def _missing(wanted: Input, candidates: list[str]) -> Problem:
    what = "no file that it stands for is there" if has_tokens(wanted.path) else "the file is not there"
    more = f" (looked for {listed(candidates)})" if candidates and candidates != [wanted.path] else ""
    cause = f"{wanted.path}: {what}{more}"
    return Problem(wanted.kind, Severity.ERROR, cause, listed(wanted.nodes), _FIXES[wanted.kind], wanted.path)


def _of_sequence(wanted: Input, full: str, files: list[str]) -> tuple[Problem, ...]:
    name = expression(os.path.normcase(os.path.basename(full)))
    if "frame" not in name.groupindex:
        return ()
    matches = (name.fullmatch(os.path.normcase(os.path.basename(file))) for file in files)
    missing = gaps(int(match["frame"]) for match in matches if match)
    if not missing:
        return ()
    ranges = listed([str(first) if first == last else f"{first}-{last}" for first, last in missing], 5)
    cause = f"{wanted.path}: frames of the sequence are missing: {ranges}"
    return (Problem(wanted.kind, Severity.WARNING, cause, listed(wanted.nodes), _FIXES[wanted.kind], wanted.path),)
