"""What ``farmfutures doctor`` has a ``mayapy`` say of itself, a line of JSON for each thing that it got to.

It starts Maya as a worker does. Whatever ends it on the way, what came before has been said.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from farmfutures._vendor import REQUIREMENTS

from .script import leave

PREFIX = "farmfutures-probe: "
"""Lines that start so go on in JSON; Maya prints to the same place."""


def main(words: Sequence[str]) -> None:
    """Says what there is, and ends the process.

    Args:
        words: ``"quick"`` leaves Maya alone; else settings of `bootstrap` as JSON.
    """
    say(python=sys.version.split()[0], executable=sys.executable, packages=packages())
    goodbye = None
    if words[0] != "quick":
        try:
            goodbye = _start(json.loads(words[0]))
        except Exception as error:
            say(error=str(error))
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


def packages() -> dict[str, Mapping[str, str]]:
    """Returns version and file of what we need from others, or why it can't be imported."""
    return {name: _package(name) for name in REQUIREMENTS}


def _package(name: str) -> Mapping[str, str]:
    try:
        module = import_module(name)
    except Exception as error:  # A package of another Python fails in all kinds of ways.
        return {"error": f"{type(error).__name__}: {error}"}
    return {"version": str(getattr(module, "__version__", "?")), "file": str(module.__file__)}


def _start(settings: dict[str, Any]) -> Any:
    from . import _cmds
    from .bootstrap import bootstrap

    goodbye = bootstrap(settings)
    say(maya=_cmds.version(), build=_cmds.cut_identifier(), modules=_cmds.modules())
    return goodbye
