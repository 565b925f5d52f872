"""Find the member that can't be pickled, for the message."""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Dump = Callable[[Any], bytes]
Found = tuple[str, Any, BaseException]

_DEEPEST = 400


def find(function: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any], dump: Dump, error: BaseException) -> Found:
    """Returns path, object and reason of the first thing in a call that can't be dumped."""
    parts: list[tuple[str, Any]] = [("the function", function)]
    parts += [(f"args[{i}]", value) for i, value in enumerate(args)]
    parts += [(f"kwargs[{key!r}]", value) for key, value in kwargs.items()]
    for path, value in parts:
        reason = _failure(value, dump)
        if reason is not None:
            return find_in(path, value, dump, reason)
    return "the call", (function, args, kwargs), error


def find_in(path: str, value: Any, dump: Dump, error: BaseException) -> Found:
    """Goes down from `value` as long as a member of it can't be dumped either."""
    steps = [path]
    seen = {id(value)}
    while len(steps) < _DEEPEST:
        bad = next(_bad_members(value, dump, seen), None)
        if bad is None:
            break
        step, value, error = bad
        steps.append(step)
        seen.add(id(value))
    return _shorten(steps), value, error


def _bad_members(value: Any, dump: Dump, seen: set[int]) -> Iterator[Found]:
    for step, member in _members(value):
        if id(member) not in seen:
            reason = _failure(member, dump)
            if reason is not None:
                yield step, member, reason


def _failure(value: Any, dump: Dump) -> BaseException | None:
    try:
        dump(value)
    except Exception as error:
        return error
    return None


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((f"[{key!r}]", member) for key, member in value.items())
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from ((f"[{i}]", member) for i, member in enumerate(value))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from ((f".{f.name}", getattr(value, f.name, None)) for f in dataclasses.fields(value))
    else:
        yield from _inside(value)


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    for cell, name in zip(getattr(value, "__closure__", None) or (), _free_names(value), strict=False):
        yield f" closing over {name!r}", cell.cell_contents
    for name in getattr(getattr(value, "__code__", None), "co_names", ()):
        if name in getattr(value, "__globals__", ()):
            yield f" using the global {name!r}", value.__globals__[name]
    if getattr(value, "__self__", None) is not None:
        yield ".__self__", value.__self__
    if not isinstance(value, type) and not callable(value):
        yield from ((f".{name}", member) for name, member in getattr(value, "__dict__", {}).items())


def _free_names(value: Any) -> tuple[str, ...]:
    code = getattr(value, "__code__", None)
    return code.co_freevars if code else ()


def _shorten(steps: list[str]) -> str:
    whole = "".join(steps)
    if len(whole) <= 160:
        return whole
    return f"{''.join(steps[:4])} ... {''.join(steps[-4:])} ({len(steps) - 1} levels deep)"


def brief(value: Any) -> str:
    """Returns a short, safe repr with the type in front."""
    try:
        text = reprlib.repr(value)
    except Exception:
        text = "(its repr fails)"
    return f"a {type(value).__module__}.{type(value).__qualname__}, {text}"
