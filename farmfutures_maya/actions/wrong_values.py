"""What is wrong with what an action's own fields say: a cause and a fix for each."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from .params import Kind, Param

_NAMED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a value.

    Attributes:
        cause: As a sentence without its stop.
        fix: As a sentence.
        mend: The value that would be right, where there is one to offer.
    """

    cause: str
    fix: str
    mend: Any = None


def trouble_with(param: Param, value: Any) -> Trouble | None:
    """Returns what is wrong with a value as such, whatever machine it is for; None if nothing is."""
    if value is None or value == "" or value == []:
        if not param.required:
            return None if param.optional or value is not None else Trouble("it is missing", "Give one.", param.first)
        return Trouble("it is missing", param.help and f"{param.help}." or "Give one.")
    return _CHECKS[param.kind](param, value)


def _switch(param: Param, value: Any) -> Trouble | None:
    return None if isinstance(value, bool) else Trouble("it is neither on nor off", "Give True or False.")


def _number(param: Param, value: Any) -> Trouble | None:
    kinds = int if param.kind == Kind.WHOLE else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        what = "whole number" if param.kind == Kind.WHOLE else "number"
        return Trouble(f"it is no {what}", "Give one.")
    if not param.low <= value <= param.high:
        near = param.low if value < param.low else param.high
        return Trouble(
            f"it is not between {param.low:g} and {param.high:g}", f"Give {near:g}, say.", int(near) if kinds is int else near
        )
    return None


def _text(param: Param, value: Any) -> Trouble | None:
    return None if isinstance(value, (str, os.PathLike)) else Trouble("it is no text", "Give a text.")


def _choice(param: Param, value: Any) -> Trouble | None:
    if value in param.choices:
        return None
    return Trouble("it is none of the choices", f"There are: {', '.join(map(str, param.choices))}.", param.first)


def _list(param: Param, value: Any) -> Trouble | None:
    items = cast("list[object]", value) if isinstance(value, (list, tuple)) else None
    fine = items is not None and all(isinstance(item, str) for item in items)
    return None if fine else Trouble("it is no list of texts", "Give a list.")


_CHECKS: dict[Kind, Callable[[Param, Any], Trouble | None]] = {
    Kind.SWITCH: _switch, Kind.WHOLE: _number, Kind.NUMBER: _number, Kind.TEXT: _text, Kind.CODE: _text, Kind.FILE: _text,
    Kind.FOLDER: _text, Kind.CHOICE: _choice, Kind.LIST: _list,
}  # fmt: skip


def trouble_here(param: Param, value: Any, language: str = "") -> Trouble | None:
    """Returns what is wrong with a value on this machine and as a text: for a form, which can say so as it is typed.

    Args:
        param: The field.
        value: What it says.
        language: What a script is written in, where another field says so.
    """
    found = trouble_with(param, value)
    if found is not None or not value:
        return found
    if param.kind == Kind.CODE and (language or param.language).lower() == "python":
        return _of_python(str(value))
    if param.kind == Kind.FILE and not os.path.isfile(value):
        return Trouble(f"there is no file {value}", "Choose one that is there.")
    if param.name == "function" and param.kind == Kind.TEXT:
        return _of_function(str(value))
    return None


def _of_python(source: str) -> Trouble | None:
    if _NAMED.fullmatch(source.strip()):
        return _of_function(source.strip())
    try:
        compile(source.strip(), "<script>", "exec")
    except SyntaxError as error:
        return Trouble(f"line {error.lineno or 1}: {error.msg}", "Python can't read it as it is.")
    except ValueError as error:
        return Trouble(str(error), "Python can't read it as it is.")
    return None


def _of_function(name: str) -> Trouble | None:
    if not _NAMED.fullmatch(name):
        return Trouble("it does not name a function", "Write it as package.module:function.")
    top = name.partition(":")[0].partition(".")[0]
    try:
        there = importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        there = False
    return None if there else Trouble(f"there is no module {top} here", "Look at its name, and at sys.path in this session.")
