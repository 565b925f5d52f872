"""Commands: their flags are checked, short ones made long, and they work on the main thread only."""

from __future__ import annotations

import contextlib
import functools
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .undo import queue

TABLE = Path(__file__).with_name("flags.json")
COMMANDS: dict[str, Callable[..., Any]] = {}
"""What ``maya.cmds`` gets when Maya is initialised."""
EVERY: dict[str, Callable[..., Any]] = {}
"""All of these, and those of plug-ins."""
OF_PLUGINS: dict[str, dict[str, Callable[..., Any]]] = {}
"""What ``maya.cmds`` and MEL get when a plug-in that comes with Maya is loaded."""


@functools.cache
def table() -> dict[str, list[str]]:
    """Returns every flag of every command on offer, short and long, as the published stubs know them."""
    found: dict[str, list[str]] = json.loads(TABLE.read_text())
    return found


def command(spec: str = "", *, undoable: bool = False, plugin: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a function a command.

    Args:
        spec: Its flags that the stand-in offers: ``"query:q sceneName:sn"``.
        undoable: What it does to the scene can be undone.
        plugin: It is there when this plug-in is loaded.
    """
    longs = dict(reversed(pair.split(":")) for pair in spec.split() if ":" in pair)
    known = {pair.partition(":")[0] for pair in spec.split()}

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__.rstrip("_")

        def run(*args: Any, **flags: Any) -> Any:
            if threading.current_thread() is not threading.main_thread():
                raise RuntimeError(f"{name}: Maya commands can only be called from the main thread.")
            longs_only = {_long(name, flag, longs, known): value for flag, value in flags.items()}
            with queue.command(name) if undoable else contextlib.nullcontext():
                return function(*args, **longs_only)

        run.__name__ = run.__qualname__ = name
        run.__module__ = "maya.cmds"
        run.offered = known | set(longs)  # type: ignore[attr-defined]
        EVERY[name] = run
        (OF_PLUGINS.setdefault(plugin, {}) if plugin else COMMANDS)[name] = run
        return function

    return register


def mel_command(plugin: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Makes a function a command of MEL, which gets its words, for when a plug-in is loaded."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        function.mel = function  # type: ignore[attr-defined]
        OF_PLUGINS.setdefault(plugin, {})[function.__name__] = function
        return function

    return register


def _long(name: str, flag: str, longs: dict[str, str], known: set[str]) -> str:
    if flag in known:
        return flag
    if flag in longs:
        return longs[flag]
    if flag in table()[name]:
        raise NotImplementedError(f"the stand-in's {name} has no flag {flag!r}, though Maya's does")
    raise TypeError(f"Invalid flag {flag!r}")


def names(*args: Any) -> list[str]:
    """Flattens the names that a command was given, singly or in lists."""
    found: list[str] = []
    for arg in args:
        found += names(*arg) if isinstance(arg, (list, tuple)) else [str(arg)]
    return found
