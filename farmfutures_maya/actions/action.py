"""`action`: a function that people can choose to run on the farm."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, overload

from farmfutures.errors import OptionError

from . import params
from .params import Param, Supplied

F = TypeVar("F", bound=Callable[..., Any])
Where = Literal["maya", "anywhere", "session"]


@dataclass(frozen=True)
class Action:
    """Something that people can choose to run on the farm.

    Attributes:
        name: What scripts call it.
        label: What people see.
        help: A sentence or more: the function's docstring.
        function: What is called on the worker, with what is supplied and the fields' values by their names.
        runs_in: ``"maya"``; ``"anywhere"``: in a plain Python too; ``"session"``: it is called here, adds the work items itself
            to the `Setup` that it is given, and yields after each.
        group: Under which heading it stands.
        cpus: How many interpreters work on it at first; None leaves it to the engine.
        by_value: The function travels with its module, which a worker could not import.
        source: Where it is from, for people.
    """

    name: str
    label: str
    help: str
    function: Callable[..., Any] = field(repr=False)
    runs_in: Where = "maya"
    group: str = ""
    cpus: int | None = None
    by_value: bool = False
    source: str = "FarmFutures"
    signature: params.Signature = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "signature", params.read(self.function))

    @property
    def params(self) -> tuple[Param, ...]:
        """Its own fields."""
        return self.signature.params

    def takes(self, *wanted: Supplied) -> bool:
        """Whether it is told one of these."""
        return self.signature.asks_for(*wanted)

    def needs(self, one: Supplied) -> bool:
        """Whether it can't do without."""
        return self.signature.asks_for(one) and one not in self.signature.optional

    def arguments(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Returns values as the function takes them."""
        return {param.name: param.made(values[param.name]) for param in self.params}

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Returns a value for each of its fields.

        Raises:
            OptionError: A name that it does not have; a value that is missing, or none of the choices or beyond the limits.
        """
        unknown = sorted(set(given) - {param.name for param in self.params})
        if unknown:
            names = ", ".join(param.name for param in self.params) or "no fields"
            raise OptionError(f"the action {self.name!r} has no field {unknown[0]!r}. It has: {names}.")
        from .wrong_values import trouble_with  # It explains; few calls need that.

        values = {param.name: given.get(param.name, param.first) for param in self.params}
        for param in self.params:
            trouble = trouble_with(param, values[param.name])
            if trouble is not None:
                raise OptionError(
                    f"the action {self.name!r}, {param.name}={values[param.name]!r}: {trouble.cause}. {trouble.fix}"
                )
        return values


@overload
def action(function: F, /) -> F: ...
@overload
def action(
    label: str = "", /, *, name: str = "", runs_in: Where = "maya", group: str = "", cpus: int | None = None,
) -> Callable[[F], F]: ...  # fmt: skip
def action(
    label: str | Callable[..., Any] = "", /, *, name: str = "", runs_in: Where = "maya", group: str = "", cpus: int | None = None,
) -> Any:  # fmt: skip
    """Makes a function something that people can choose in the panel; its typed parameters are the form.

    Args:
        label: What people see; without one the function's name.
        name: What scripts call it; without one the function's name.
        runs_in: ``"anywhere"`` for what needs no Maya; ``"session"`` for what adds its work items by itself, see `Setup`.
        group: Under which heading it stands.
        cpus: How many interpreters work on it at first.

    Raises:
        OptionError: A parameter is of a type that is no field.

    Example:
        >>> @actions.action("Bake a simulation")
        ... def bake(node: actions.Node, frames: actions.FrameRange, step: float = 1.0) -> str:
        ...     '''Bakes what moves a hierarchy into keys.'''
    """

    def made(function: F) -> F:
        own = function.__name__
        text = label if isinstance(label, str) and label else own.replace("_", " ").strip().capitalize()
        function.__farm_action__ = Action(  # type: ignore[attr-defined]
            name=name or own, label=text, help=inspect.getdoc(function) or "", function=function, runs_in=runs_in, group=group,
            cpus=cpus,
        )  # fmt: skip
        return function

    return made(label) if callable(label) else made


def of(function: Any) -> Action | None:
    """Returns what `action` made of a function, if it did."""
    found = getattr(function, "__farm_action__", None)
    return found if isinstance(found, Action) else None


def reference(function: Callable[..., Any]) -> str:
    """Returns how a worker finds a function of an importable module: ``"package.module:function"``."""
    return f"{function.__module__}:{function.__qualname__}"


def home(function: Callable[..., Any]) -> str:
    """Returns the file that a function is from, "" where it is from none."""
    module = sys.modules.get(function.__module__)
    return os.path.abspath(getattr(module, "__file__", None) or "") if module else ""
