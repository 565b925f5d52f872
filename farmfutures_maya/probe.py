"""What ``farmfutures doctor`` has a ``mayapy`` say of itself, a line of JSON for each thing that it got to.

It starts Maya as a worker does. Whatever ends it on the way, what came before has been said.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from farmfutures._vendor import REQUIREMENTS
from farmfutures.checkup import import_package

from . import _cmds
from .bootstrap import bootstrap
from .script import leave
from .session import OWN_PLUGIN

NAME = "farmfutures"
"""Of the module."""

PREFIX = "farmfutures-probe: "
"""Lines that start so go on in JSON; Maya prints to the same place."""


def main(words: Sequence[str]) -> None:
    """Says what there is, and ends the process.

    Args:
        words: ``"quick"`` leaves Maya alone; else settings of `bootstrap` as JSON.
    """
    say(
        python=sys.version.split()[0],
        executable=sys.executable,
        packages={name: dict(import_package(name)) for name in REQUIREMENTS},
    )
    goodbye = None
    if words[0] != "quick":
        try:
            goodbye = _start(json.loads(words[0]))
        except Exception as error:
            say(error=str(error))
    # Last: a module that Maya has read brings them along.
    say(packages={name: dict(import_package(name)) for name in REQUIREMENTS})
    leave(0, goodbye)


def say(**values: Any) -> None:
    """Prints one line."""
    print(f"{PREFIX}{json.dumps(values)}", flush=True)


def heard(text: str) -> dict[str, Any]:
    """Returns all that was said in what a probe printed."""
    said: dict[str, Any] = {}
    for line in text.splitlines():
        _, found, values = line.partition(PREFIX)
        if found:
            said |= json.loads(values)
    return said


def _start(settings: dict[str, Any]) -> Callable[[], object] | None:
    goodbye = bootstrap(settings).goodbye
    modules = _cmds.modules()
    say(maya=_cmds.version(), build=_cmds.cut_identifier(), modules=modules)
    if NAME in modules:
        say(plugin=_load_plugin())
    return goodbye


def _load_plugin() -> str:
    """Returns what Maya says against our plug-in, or ""."""
    try:
        _cmds.load_plugin(OWN_PLUGIN)
    except RuntimeError as error:
        return str(error).strip()
    return ""
