"""One table of which folders are the same place on which platform: ``P:/ <-> /mnt/projects``.

A rule has two or more sides. What a side is shows in how it is written: a drive letter or a UNC share is Windows, what is
below ``/Volumes`` and the like is macOS, any other full path is Linux, or macOS where the rule has no side of its own
for that. A path that is met is mapped to the side of the platform that it is met on; two sides of one platform are
refused, because nothing would tell which of them holds.

Mapping is done where a path is used, not where it is sent from: the sender of a job does not know who will run it.

An argument counts as a path if it is an ``os.PathLike``, or a ``str`` that begins with a side of a rule that is foreign
here; so do the members of a list, tuple or dict that is an argument. Any other ``str`` might be one, too, but nothing says
so, and text that is no path must arrive as it was sent. A side of a rule is a whole folder, at the beginning: what starts
with it and goes on with a slash is hardly ever anything but a path. Results and exceptions are not touched: they go back
to where other folders hold, and what is in them is the call's own affair. Neither are
variables of a single work item.
"""

from __future__ import annotations

import functools
import os
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

from .errors import OptionError

Pair: TypeAlias = tuple[str, str]
"""A folder, and the one that stands for it here; with forward slashes and without one at the end (``P:``)."""

_WINDOWS = re.compile(r"[A-Za-z]:(?=[/\\]|$)|[/\\]{2}[^/\\]+[/\\]+[^/\\]+")
_LONG = re.compile(r"[/\\]{2}\?[/\\](?:(UNC)[/\\])?", re.IGNORECASE)
_MACOS = ("/Volumes/", "/Users/", "/Applications/", "/Library/", "/System/", "/Network/")
_ARROW = "<->"
_ENTRY = re.compile(r"[A-Za-z]:[^;:]*|[^;:]+")
"""An entry of a search path of any platform: the colon of a drive is none between entries."""
_ICONS = "XBMLANGPATH"
_MARK = "/%B"
"""What ends an entry of XBMLANGPATH on Linux, where it stands for the name of the icon."""


@dataclass(frozen=True)
class PathMapping:
    """A table of rules, for one platform.

    Args:
        rules: Each one text, ``"P:/ <-> /mnt/projects"`` or ``"P:/ <-> /mnt/projects <-> /Volumes/projects"``.
        platform: The platform that paths are mapped to, as ``sys.platform``.

    Raises:
        OptionError: A rule is not one; the message quotes it and says why.
    """

    rules: tuple[str, ...] = ()
    platform: str = sys.platform

    def __post_init__(self) -> None:
        _ = self.pairs  # A rule that is wrong is said here, not on a worker.

    @functools.cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """What is mapped to what on this platform, the longest folder first."""
        found = {_key(pair[0]): pair for rule in reversed(self.rules) for pair in _pairs(rule, self.platform)}
        return tuple(sorted(found.values(), key=lambda pair: -len(pair[0])))

    @functools.cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((_pattern(source), target) for source, target in self.pairs)

    def path(self, path: str) -> str:
        """Returns a path as it is here, with forward slashes; one that no rule is for as it was given."""
        plain = _short(path)
        for pattern, target in self._patterns:
            if found := pattern.match(plain):
                rest = plain[found.end() :]
                return _join(target, rest.replace("\\", "/") if _WINDOWS.match(plain) else rest)
        return path

    def variable(self, name: str, value: str, sender: str) -> str:
        """Returns the value of an environment variable as it is here.

        Args:
            name: ``*PATH`` and ``*PATHS`` are search paths, others one path or none.
            value: Its value where it comes from.
            sender: The platform that it comes from, as ``sys.platform``.
        """
        if not name.upper().endswith(("PATH", "PATHS")) or "://" in value:
            return self.path(value)
        theirs, ours = separator(sender), separator(self.platform)
        # Whoever started this process may have put entries of its own in front, with the other separator.
        entries = value.split(ours) if theirs == ours else _ENTRY.findall(value)
        mapped = [self.path(entry) for entry in entries]
        if name.upper() == _ICONS:
            mapped = [_icons(entry, self.platform) for entry in mapped if entry]
        return ours.join(mapped) if theirs != ours or mapped != entries else value

    def argument(self, value: Any) -> Any:
        """Returns an argument with the paths in it as they are here; the module says what counts as one."""
        # Own classes stay as they are, those that are derived from these too: they may not be made from their members.
        if _is_exactly(value, list, tuple):
            return type(value)(map(self._one, value))
        if _is_exactly(value, dict):
            return {key: self._one(item) for key, item in value.items()}
        return self._one(value)

    def _one(self, value: Any) -> Any:
        if _is_exactly(value, str):
            return self.path(value)
        text = _path_text(value)
        mapped = self.path(text)
        # Path(), and not the value's own class: that may be the one of another platform.
        return value if mapped == text else Path(mapped)

    def arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Maps all arguments of a call."""
        return tuple(map(self.argument, args)), {name: self.argument(value) for name, value in kwargs.items()}

    def dirmap(self) -> list[Pair]:
        """Returns what ``cmds.dirmap`` is to map, with slashes at the ends, so that it can't stop amid a name.

        Maya compares letter by letter, and drives are written both ways.
        """
        found: dict[str, str] = {}
        for source, target in self.pairs:
            drives = (source[0].upper() + source[1:], source[0].lower() + source[1:]) if source[1:2] == ":" else (source,)
            found.update((f"{drive}/", _join(target, "/")) for drive in drives)
        return list(found.items())


def _is_exactly(value: Any, *kinds: type) -> bool:
    return type(value) in kinds


def _path_text(value: Any) -> str:
    """Returns the path that an ``os.PathLike`` of text stands for, "" for anything else."""
    if not isinstance(value, os.PathLike):
        return ""
    text = os.fspath(cast("os.PathLike[str] | os.PathLike[bytes]", value))
    return text if isinstance(text, str) else ""


def rules_of(*given: object) -> tuple[str, ...]:
    """Returns rules from settings and options in one form, the first ones first.

    Args:
        *given: None, one rule, or several; a rule may be a pair of folders, for two sides.

    Raises:
        OptionError: Something else was given.
    """
    found: dict[str, None] = {}
    for some in given:
        if isinstance(some, str):
            found[some] = None
        elif isinstance(some, Iterable):
            found.update((_rule(item), None) for item in cast("Iterable[object]", some))
        elif some is not None:
            raise OptionError(f"path_mapping={some!r}: give rules such as 'P:/ <-> /mnt/projects', as text or a list of them.")
    return tuple(found)


def _rule(item: object) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, (tuple, list)):
        sides = cast("Sequence[str | os.PathLike[str]]", item)
        if len(sides) == 2:
            return f"{os.fspath(sides[0])} <-> {os.fspath(sides[1])}"
    raise OptionError(f"path_mapping: {item!r} is no rule: write it as 'P:/ <-> /mnt/projects', or as a pair of folders.")


def _pairs(rule: str, platform: str) -> Iterable[Pair]:
    """Yields what a rule maps to what on a platform."""
    sides = [_side(side.strip(), rule) for side in rule.split(_ARROW)]
    kinds = [_kind(side) for side in sides]
    if len(sides) < 2:
        raise _wrong(rule, f"two folders with {_ARROW!r} between them were expected")
    if len(set(kinds)) < len(kinds):
        raise _wrong(rule, "two of its sides are on the same platform, and nothing would tell which of them holds")
    ours = next((side for side, kind in zip(sides, kinds, strict=True) if _fits(kind, platform, kinds)), None)
    return [(side, ours) for side in sides if side != ours] if ours is not None else []


def _side(text: str, rule: str) -> str:
    """Returns a folder of a rule with forward slashes, and none at its end."""
    plain = _short(text)
    if _WINDOWS.match(plain):
        plain = "/" * plain.startswith(("//", "\\\\")) + re.sub(r"[/\\]+", "/", plain)
    elif not plain.startswith("/"):
        raise _wrong(rule, f"{text!r} is not the full path of a folder")
    if not plain.strip("/"):
        raise _wrong(rule, f"{text!r} is every path there is")
    return plain.rstrip("/")


def _wrong(rule: str, why: str) -> OptionError:
    return OptionError(f"path_mapping: {rule!r} is no rule: {why}. One that is: 'P:/ <-> /mnt/projects'.")


def _key(side: str) -> str:
    return side.lower() if _kind(side) == "win32" else side


def _kind(side: str) -> str:
    if _WINDOWS.match(side):
        return "win32"
    return "darwin" if f"{side}/".startswith(_MACOS) else "linux"


def _fits(kind: str, platform: str, kinds: list[str]) -> bool:
    return kind == platform or (platform == "darwin" and kind == "linux" and "darwin" not in kinds)


def _pattern(source: str) -> re.Pattern[str]:
    """Returns what matches a folder at the beginning of a path, up to the end of its last name."""
    if _kind(source) != "win32":
        return re.compile(re.escape(source) + r"(?=/|$)")
    # Windows has no case, and both slashes, any number of them.
    names = [re.escape(name) for name in source.lstrip("/").split("/")]
    share = r"[/\\]{2}" if source.startswith("//") else ""
    return re.compile(share + r"[/\\]+".join(names) + r"(?=[/\\]|$)", re.IGNORECASE)


def _short(path: str) -> str:
    r"""Returns a path without the ``\\?\`` that Windows has for long ones (Win32 file namespaces)."""
    found = _LONG.match(path)
    return ("//" if found[1] else "") + path[found.end() :] if found else path


def _join(target: str, rest: str) -> str:
    """Joins a folder and what follows it. ``P:`` alone is the current folder of a drive, not its root."""
    return target + (rest or ("/" if target.endswith(":") else ""))


def separator(platform: str) -> str:
    """Returns what stands between the entries of a search path there."""
    return ";" if platform == "win32" else ":"


def _icons(entry: str, platform: str) -> str:
    plain = entry.removesuffix(_MARK)
    return plain + _MARK if platform.startswith("linux") else plain
