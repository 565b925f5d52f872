"""Look for files, in threads and without Maya: a disk that is slow or gone never holds the session.

A folder in which many files are looked for is listed once; asking for each of 10,000 textures on a network share by
itself takes minutes there.
"""

from __future__ import annotations

import itertools
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from . import patterns

THREADS = 4
"""Disks that are far away answer several at once."""

_LIST_AFTER = 4
_MOST_FOLDERS = 1000
_AT_ONCE = 20
_POLITE_S = 0.0005
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)|%(\w+)%")

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Place:
    """What relative paths of a scene are relative to.

    Attributes:
        workspace: The project's folder, or "".
        scene_folder: The folder of the scene, or "".
        rules: Folders of the project by file rule (``sourceImages``).
        environ: The environment, for paths that use variables.
        mapping: Pairs of folders that Maya maps while it reads files.
        shared: Folders that other machines have under names of their own.
    """

    workspace: str = ""
    scene_folder: str = ""
    rules: Mapping[str, str] = field(default_factory=dict[str, str])
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    mapping: Sequence[tuple[str, str]] = ()
    shared: Sequence[str] = ()

    def candidates(self, path: str, rule: str = "") -> list[str]:
        """Returns the full paths that a path of the scene may mean, in the order in which Maya looks.

        Args:
            path: As a node has it. ``root//rest`` means that `rest` is relative to the project (Maya writes it so).
            rule: The file rule of what it names.
        """
        path = _VARIABLE.sub(self._value, path.replace("\\", "/"))
        path = next((new + path[len(old) :] for old, new in self.mapping if path.startswith(old)), path)
        root, marker, rest = path.partition("//")
        found = [path] if _is_absolute(path) else []
        if marker and root:
            path = rest
        if marker or not found:
            inside = [self.workspace, os.path.join(self.workspace, self.rules.get(rule, "")), self.scene_folder]
            found += [os.path.join(folder, path) for folder in dict.fromkeys(inside) if folder]
        return found

    def is_shared(self, path: str) -> bool:
        """Returns whether other machines are known to have this path."""
        return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in self.shared)

    def _value(self, found: re.Match[str]) -> str:
        name = next(filter(None, found.groups()))
        return self.environ.get(name, found[0])


def _is_absolute(path: str) -> bool:
    """Paths of the other systems count as absolute, too: nothing is to be found below the project for them."""
    return path.startswith("/") or path[1:3] == ":/"


class Disk:
    """What is there, asked for from several threads."""

    def __init__(self) -> None:
        self._asked: dict[str, int] = {}
        self._names: dict[str, frozenset[str]] = {}

    def find(self, path: str) -> list[str]:
        """Returns the files that a full path stands for; none where they are not there."""
        if self._exists(path):
            return [path]
        return self._matches(path) if patterns.has_tokens(path) else []

    def _exists(self, path: str) -> bool:
        folder, name = os.path.split(path)
        self._asked[folder] = asked = self._asked.get(folder, 0) + 1
        if asked <= _LIST_AFTER:
            return os.path.exists(path)
        names = self._listing(folder)
        # Not every disk that tells names apart by their case lists them so: what isn't listed is asked for.
        return os.path.normcase(name) in names or (bool(names) and os.path.exists(path))

    def _listing(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(map(os.path.normcase, os.listdir(folder or ".")))
            except OSError:
                self._names[folder] = frozenset()
        return self._names[folder]

    def _matches(self, path: str) -> list[str]:
        """Goes down from the first folder whose name has a token."""
        parts = path.split("/")
        first = next(at for at, part in enumerate(parts) if patterns.has_tokens(part))
        wanted = patterns.expression(os.path.normcase(parts[first]))
        base, rest = "/".join(parts[:first]) or "/", parts[first + 1 :]
        names = [name for name in self._listing(base) if wanted.fullmatch(name)]
        found = [os.path.join(base, name) for name in names]
        if not rest:
            return found
        deeper = ("/".join([folder, *rest]) for folder in found[:_MOST_FOLDERS])
        return [file for path in deeper for file in self.find(path)]


class Search(Generic[T, R]):
    """A function for each of many items, in threads that nobody has to wait for.

    Args:
        items: What to look at.
        look: Called in a thread with each item.

    Attributes:
        results: What was found so far, in no order.
    """

    def __init__(self, items: Sequence[T], look: Callable[[T], R]) -> None:
        self.total = len(items)
        self.results: list[R] = []
        self._left = iter(items)
        self._lock = threading.Lock()
        self._look = look
        self._error: BaseException | None = None
        self._stopped = False
        self._over = threading.Event()

    def start(self) -> None:
        """Begins. The threads are daemons: one that waits for a dead disk does not hold the end of the process."""
        if not self.total:
            self._over.set()
        for _ in range(min(THREADS, self.total)):
            threading.Thread(target=self._run, name="farmfutures check", daemon=True).start()

    def _run(self) -> None:
        while not self._stopped and (some := self._some()):
            try:
                self.results += [self._look(item) for item in some]
            except BaseException as error:
                self._error = error
                self.stop()
            if len(self.results) == self.total:
                self._over.set()
            # Lets go of Python's lock for long enough that Maya's own thread gets it, and not the next of these.
            time.sleep(_POLITE_S)

    def _some(self) -> list[T]:
        with self._lock:
            return list(itertools.islice(self._left, _AT_ONCE))

    def wait(self, limit_s: float) -> bool:
        """Waits for a little while; returns whether everything was looked at.

        Args:
            limit_s: For how long at most, in seconds.

        Raises:
            BaseException: What a look has raised.
        """
        over = self._over.wait(limit_s)
        if self._error is not None:
            raise self._error
        return over

    def stop(self) -> None:
        """Looks at nothing more."""
        self._stopped = True
        self._over.set()
