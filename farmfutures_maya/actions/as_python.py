"""The script that does the same as a form: readable, and run by a test."""

from __future__ import annotations

import pprint
from collections.abc import Iterator, Mapping
from typing import Any

from .action import Action
from .request import PYTHON, Request, Scene

_WIDTH = 100


def as_python(request: Request, action: Action, *, in_maya: bool) -> str:
    """Returns a script.

    Args:
        request: What is asked for.
        action: The action of it.
        in_maya: Whether the script is for a Maya, whose session is cloned.
    """
    return "\n".join([*_head(action), *_executor(request, action, in_maya), "", *_submit(request, action), ""])


def _head(action: Action) -> Iterator[str]:
    if action.by_value:
        yield f"# The action is from {action.source}: the setting 'actions' has to name its folder."
    yield "import farmfutures.maya"
    yield "from farmfutures.maya import actions"
    yield ""


def _executor(request: Request, action: Action, in_maya: bool) -> Iterator[str]:
    options = {"engine": request.engine or None}
    if not request.needs_maya(action):
        yield f"executor = farmfutures.Executor({_named(options)})"
        return
    options["version"] = request.version if request.version not in ("", PYTHON) else None
    options["filename"] = request.filename if request.scene == Scene.FILE else None
    options["workspace"] = request.workspace or None
    yield f"executor = farmfutures.maya.Executor({_named(options)})"
    if not in_maya:
        return
    scene = ["scene=False"] if request.scene == Scene.NONE else []
    policy = _named({"allow": request.variables or None, "allow_secrets": request.secrets or None})
    yield f"executor.clone_environ({', '.join([f'policy=farmfutures.maya.Policy({policy})'] * bool(policy) + scene)})"
    if request.scene == Scene.SNAPSHOT:
        yield "executor.create_tempfile()  # the scene as it is on screen"


def _submit(request: Request, action: Action) -> Iterator[str]:
    asked: dict[str, Any] = {
        "frames": request.frames.strip() or None if action.signature.frames else None,
        "chunk": request.chunk if request.chunk != 1 and action.signature.frames else None,
        "nodes": list(request.nodes) or None,
        "items": list(request.items) or None,
    }
    yield "futures = actions.submit("
    yield f"    {action.name!r},"
    yield "    executor,"
    values = own_values(request, action)
    if values:
        yield from _indented(pprint.pformat(values, width=_WIDTH, sort_dicts=False))
    for name, value in {**asked, **request.job}.items():
        if value is not None:
            yield f"    {name}={value!r},"
    yield ")"
    yield "print(futures[0].job_id)"


def own_values(request: Request, action: Action) -> dict[str, Any]:
    """Returns the values of the action's own fields that are not as they are at first."""
    firsts = {param.name: param.first for param in action.params}
    return {name: value for name, value in request.values.items() if name in firsts and value != firsts[name]}


def _indented(text: str) -> Iterator[str]:
    lines = text.splitlines()
    for number, line in enumerate(lines):
        yield f"    {line}{',' if number == len(lines) - 1 else ''}"


def _named(options: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in options.items() if value is not None)
