"""Runs inside the interpreter of a rehearsal: loads the calls of a job, and says what fails. It calls none of them.

Started as ``python -m farmfutures.worker.rehearse FOLDER``. Each answer is a line of JSON in a file, written at once, so
that what was said before a crash is known.
"""

from __future__ import annotations

import contextlib
import dis
import importlib.util
import json
import os
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .. import call as calls
from . import context, processes

PLAN, CALLS, ANSWERS = "plan.json", "calls", "answers"

_GOODBYE_S = 5.0
_HELD = ("maya", "maya.cmds", "maya.mel")
"""Modules that are empty until Maya was started."""

_DEEPEST = 3


class Rehearse:
    """One rehearsal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.plan: dict[str, Any] = json.loads((folder / PLAN).read_text(encoding="utf-8"))
        self.answers = os.open(folder / ANSWERS, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.goodbye: Callable[[], object] | None = None

    def run(self) -> None:
        """Does what a worker does up to its first call."""
        self.say("started")
        self._surroundings()
        for what, path in self.plan["paths"]:
            if not os.path.exists(path):
                self.say("problem", f"the {what} {path} is not there")
        if self._prepare():
            self._load()
        self.say("done")

    def say(self, kind: str, text: str = "", name: str = "") -> None:
        """Writes an answer."""
        os.write(self.answers, (json.dumps({"kind": kind, "text": text, "call": name}) + "\n").encode())

    def _surroundings(self) -> None:
        # As empty a __main__ as a worker's: what the caller's __main__ holds comes by value.
        sys.modules["__main__"] = types.ModuleType("__main__")
        known = set(sys.path)
        sys.path.extend(path for path in self.plan["sys_path"] if path not in known)
        try:
            os.chdir(self.plan["cwd"] or ".")
        except OSError as error:
            self.say("problem", f"the folder {self.plan['cwd']} (cwd=) can't be entered: {error.strerror}")

    def _prepare(self) -> bool:
        """Imports bootstrap and preflight, and runs them where that was asked for; returns whether to go on."""
        steps = [("bootstrap", name) for name in [self.plan["bootstrap"]] if name]
        for what, name in [*steps, *(("preflight", name) for name in self.plan["preflight"])]:
            self.say("at", f"the {what} {name} had run")
            try:
                function = calls.resolve(name)
                if self.plan["run"]:
                    self._begin(function(self.plan["settings"]) if what == "bootstrap" else function())
            except BaseException as error:
                self.say("problem", f"the {what} {name} fails: {reason(error)}")
                return False
        return True

    def _begin(self, hooks: object) -> None:
        goodbye = hooks.goodbye if isinstance(hooks, context.Hooks) else hooks
        if callable(goodbye) and self.goodbye is None:
            self.goodbye = goodbye

    def _load(self) -> None:
        with (self.folder / CALLS).open("rb") as file:
            for name, size in self.plan["calls"]:
                data = file.read(size)
                self.say("at", f"the call {name!r} was loaded")
                try:
                    self._call(name, data)
                except BaseException as error:
                    self._failed(name, error)
                self.say("loaded")

    def _call(self, name: str, data: bytes) -> None:
        function, args, kwargs = calls.unpack_call(data)
        if isinstance(function, calls.ByName):
            if self._is_empty(function.name.partition(":")[0]):
                return  # Maya's own command: it is there as soon as Maya is.
            function = calls.resolve(function.name)
        for where, path in _paths(args, kwargs):
            if not os.path.exists(path) and not os.path.isdir(os.path.dirname(path)):
                self.say("problem", f"{where} is {path}, and neither that nor its folder is there", name)
        for module in sorted(set(_imports(getattr(function, "__code__", None)))):
            self._look_for(module, name)

    def _is_empty(self, module: str) -> bool:
        return module in _HELD and not self.plan["run"]

    def _look_for(self, module: str, name: str) -> None:
        """What a function imports while it runs it may do without, so that this is no error."""
        try:
            if self._is_empty(module) or importlib.util.find_spec(module.partition(".")[0]) is not None:
                return
        except (ImportError, ValueError):
            pass  # A module without a spec, or one that fails: it is not there for this.
        self.say("warning", f"the function imports {module}, which {sys.executable} does not have", name)

    def _failed(self, name: str, error: BaseException) -> None:
        of = getattr(error, "name", None) if isinstance(error, ImportError) else None
        empty = of in _HELD and self._is_empty(str(of)) and "maya" in sys.modules
        if empty or (isinstance(error, AttributeError) and "'maya." in str(error) and not self.plan["run"]):
            text = f"this can't be told before Maya is started, which rehearse(bootstrap=True) does: {reason(error)}"
            self.say("warning", text, name)
            return
        self.say("problem", f"it can't be loaded: {reason(error)}", name)

    def leave(self) -> None:
        """Ends the process as a worker's ends."""
        threading.Thread(target=_end_later, daemon=True).start()
        with contextlib.suppress(BaseException):
            if self.goodbye is not None:
                self.goodbye()
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(0)


def reason(error: BaseException) -> str:
    """Says what failed and where: which import in which line of which file."""
    text = f"{type(error).__name__}: {error}".rstrip(".")
    place = next((frame for frame in reversed(traceback.extract_tb(error.__traceback__)) if _is_theirs(frame.filename)), None)
    at = f" (in {place.filename}, line {place.lineno})" if place else ""
    mend = (
        f"; {sys.executable} has to find it: install it there, or give the folder that holds it as sys_path=[...]"
        if isinstance(error, ModuleNotFoundError)
        else ""
    )
    return f"{text}{at}{mend}"


def _is_theirs(file: str) -> bool:
    ours = os.path.dirname(os.path.dirname(__file__))
    return not file.startswith((ours, "<frozen")) and os.path.basename(os.path.dirname(file)) != "importlib"


def _paths(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yields the full paths among the arguments, also in lists, tuples and dicts."""
    for number, value in enumerate(args):
        yield from _in(f"argument {number + 1}", value, 0)
    for name, value in kwargs.items():
        yield from _in(f"argument {name}", value, 0)


def _in(where: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, (str, os.PathLike)):
        text = str(value)
        if os.path.isabs(text) and "\n" not in text:
            yield where, text
    elif isinstance(value, (list, tuple, dict)) and depth < _DEEPEST:
        for member in value.values() if isinstance(value, dict) else value:
            yield from _in(where, member, depth + 1)


def _imports(code: types.CodeType | None) -> Iterator[str]:
    """Yields the modules that a function imports while it runs, in functions inside of it too."""
    if code is None:
        return
    for instruction in dis.get_instructions(code):
        if instruction.opname == "IMPORT_NAME" and instruction.argval:
            yield instruction.argval
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _imports(constant)


def _end_later() -> None:
    time.sleep(_GOODBYE_S)
    os._exit(0)


def main(arguments: list[str]) -> None:
    """Rehearses what lies in the folder that is named."""
    processes.die_with_parent()
    rehearse = Rehearse(Path(arguments[0]))
    rehearse.run()
    rehearse.leave()


if __name__ == "__main__":
    main(sys.argv[1:])
