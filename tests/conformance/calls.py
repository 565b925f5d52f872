"""What calls of these tests do."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import farmfutures


def speak(gate: str) -> tuple[int, int] | None:
    """Says how far it is, on all ways that there are, until a file is there."""
    print("on stdout", flush=True)
    os.write(2, b"on descriptor 2\n")
    while not os.path.exists(gate):
        farmfutures.progress(3, 6, "half way")
        time.sleep(0.02)
    return farmfutures.current_ids()


def variables(*names: str) -> list[str | None]:
    return [os.environ.get(name) for name in names]


def boot(settings: dict[str, Any]) -> None:
    os.environ["SCENE"] = settings["scene"]


def boot_badly(settings: dict[str, Any]) -> None:
    with open(settings["starts"], "a") as file:
        file.write("start\n")
    print("License checkout failed", flush=True)
    raise RuntimeError("no floating licence")


def again(depth: int) -> list[int]:
    """Submits itself, on whatever engine it came from, until it is deep enough."""
    if not depth:
        return [0]
    with farmfutures.Executor() as executor:
        return [depth, *executor.submit(again, depth - 1).result(60)]


def exit_with(code: int) -> None:
    sys.exit(code)


class Odd(Exception):
    """Pickles well, and can't be loaded: it is made with two arguments."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} and {two}")


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("this one stays")


class BadText(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


class Base(BaseException):
    pass


def raise_odd(kind: str) -> None:
    """R12: exceptions that do not travel well."""
    if kind == "two arguments":
        raise Odd("salt", "pepper")
    if kind == "reduce":
        raise Unpicklable("salt")
    if kind == "bad text":
        raise BadText("salt")
    if kind == "base":
        raise Base("salt")
    if kind == "group":
        raise ExceptionGroup("salt", [ValueError(1), KeyError(2)])
    if kind == "long":
        raise ValueError("salt" * 2_500_000)
    if kind == "cause":
        error = ValueError("salt")
        error.__cause__ = error
        raise error
    here: dict[str, Any] = {}
    exec("class Gone(Exception): pass", here)
    raise here["Gone"]("salt")


KINDS = ("two arguments", "reduce", "bad text", "base", "group", "long", "cause", "class that is not there")


def only_there() -> Any:
    """R13: an instance of a class of a module that the client can't import."""
    import types

    module = types.ModuleType("only_on_the_worker")
    exec("class Thing:\n    pass", module.__dict__)
    sys.modules[module.__name__] = module
    return module.__dict__["Thing"]()
