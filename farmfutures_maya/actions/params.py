"""What the types of an action's parameters mean: a field of the form, or something that the form's own fields supply.

    frame: Frame            called for each frame, and Maya is there; a work item holds one or some of them
    frames: Frames          called with the frames of a work item
    frames: FrameRange      called with all frames, which stay together
    node: Node              called for each node that was chosen, a work item each
    item: Item              called for each line of a list, a work item each

With ``| None`` it may be left out: then the function is called once, with None. All other parameters are fields:

    bool, int, float, str, Literal["a", "b"], an enum, list[str], Path
    Annotated[float, Between(0.01, 10), "frames from one sample to the next"]
    Annotated[str, Code("mel")], Annotated[Path, Folder()], Annotated[Path, File("*.abc")]
"""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Union

from farmfutures.errors import OptionError


class Supplied(enum.StrEnum):
    """What fields of every form supply."""

    FRAME = "frame"
    FRAMES = "frames"
    RANGE = "range"
    NODE = "node"
    ITEM = "item"
    SETUP = "setup"


Frame = Annotated[int, Supplied.FRAME]
Frames = Annotated[Sequence[int], Supplied.FRAMES]
FrameRange = Annotated[Sequence[int], Supplied.RANGE]
Node = Annotated[str, Supplied.NODE]
Item = Annotated[str, Supplied.ITEM]

OF_FRAMES = frozenset({Supplied.FRAME, Supplied.FRAMES, Supplied.RANGE})


class Kind(enum.StrEnum):
    """What sort of field a parameter is."""

    SWITCH = "switch"
    WHOLE = "whole number"
    NUMBER = "number"
    TEXT = "text"
    CODE = "code"
    CHOICE = "choice"
    LIST = "list"
    FILE = "file"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Between:
    """Limits of a number, both included."""

    low: float = float("-inf")
    high: float = float("inf")


@dataclass(frozen=True, slots=True)
class Code:
    """A text of many lines, in this language: ``"python"``, ``"mel"``, or "" for what is no code."""

    language: str = "python"


@dataclass(frozen=True, slots=True)
class Folder:
    """A path of a folder, which need not be there yet; a relative one lies in the project."""


@dataclass(frozen=True, slots=True)
class File:
    """A path of a file that is there.

    Attributes:
        pattern: What a dialog shows: ``"*.abc"``.
    """

    pattern: str = "*"


MISSING = object()
"""The default of a parameter that has none."""


@dataclass(frozen=True)
class Param:
    """A parameter that is a field of the form.

    Attributes:
        name: As the function has it.
        kind: What sort of field.
        default: What it is at first; `MISSING` where it has to be given.
        optional: Whether it may be None.
        choices: Of a `Kind.CHOICE`.
        low: Of a number.
        high: Of a number.
        language: Of `Kind.CODE`.
        pattern: Of `Kind.FILE`.
        help: A sentence about it.
        type: What the function takes, `Path` or an enum say, of which plain data stands in forms and files.
    """

    name: str
    kind: Kind
    default: Any = MISSING
    optional: bool = False
    choices: tuple[Any, ...] = ()
    low: float = float("-inf")
    high: float = float("inf")
    language: str = ""
    pattern: str = "*"
    help: str = ""
    type: Any = None

    @property
    def label(self) -> str:
        """What stands beside the field."""
        words = self.name.strip("_").split("_")
        return " ".join([_INITIALS.get(words[0], words[0].capitalize()), *(_INITIALS.get(word, word) for word in words[1:])])

    @property
    def required(self) -> bool:
        """Whether it has to be given."""
        return self.default is MISSING and not self.optional

    @property
    def first(self) -> Any:
        """What the field shows at first."""
        if self.default is not MISSING:
            return list(self.default) if self.kind == Kind.LIST and self.default else self.default
        return None if self.optional else _EMPTY.get(self.kind, self.choices[0] if self.choices else "")

    def made(self, value: Any) -> Any:
        """Returns what the function gets where plain data stands for it."""
        if value is None or not isinstance(self.type, type):
            return value
        if issubclass(self.type, (enum.Enum, Path)) and not isinstance(value, self.type):
            return self.type(value)
        return value


_INITIALS = {"uv": "UV", "uvs": "UVs", "usd": "USD", "fbx": "FBX", "id": "ID", "fps": "FPS", "exr": "EXR"}
_EMPTY: dict[Kind, Any] = {Kind.SWITCH: False, Kind.WHOLE: 0, Kind.NUMBER: 0.0, Kind.LIST: []}
_PLAIN: dict[Any, Kind] = {
    bool: Kind.SWITCH, int: Kind.WHOLE, float: Kind.NUMBER, str: Kind.TEXT, Path: Kind.FILE, inspect.Parameter.empty: Kind.TEXT,
}  # fmt: skip


@dataclass(frozen=True)
class Signature:
    """What a function asks for.

    Attributes:
        supplied: By the name of its parameter what other fields supply, in order.
        optional: Which of those may be left out.
        params: Its own fields, in order.
    """

    supplied: dict[str, Supplied]
    optional: frozenset[Supplied]
    params: tuple[Param, ...]

    def asks_for(self, *wanted: Supplied) -> bool:
        """Whether one of these is among what has to be supplied, or may be."""
        return any(one in self.supplied.values() for one in wanted)

    @property
    def frames(self) -> Supplied | None:
        """How it takes frames, if it takes any."""
        return next((one for one in self.supplied.values() if one in OF_FRAMES), None)


def read(function: Callable[..., Any]) -> Signature:
    """Reads what a function asks for.

    Raises:
        OptionError: A parameter is of a type that is no field, or two take frames.
    """
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except Exception as error:
        raise OptionError(f"{_called(function)}: its types can't be read ({type(error).__name__}: {error}).") from error
    supplied: dict[str, Supplied] = {}
    optional: set[Supplied] = set()
    params: list[Param] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise OptionError(f"{_called(function)}: {parameter} can't be a field: give it a name and a type.")
        plain, extras, may_be_none = _taken_apart(hints.get(name, parameter.annotation))
        source = next((extra for extra in extras if isinstance(extra, Supplied)), None)
        if source is None:
            params.append(_param(function, parameter, plain, extras, may_be_none))
            continue
        supplied[name] = source
        optional |= {source} if may_be_none or parameter.default is None else set()
    if sum(one in OF_FRAMES for one in supplied.values()) > 1:
        raise OptionError(f"{_called(function)}: only one parameter can take the frames.")
    return Signature(supplied, frozenset(optional), tuple(params))


def _called(function: Callable[..., Any]) -> str:
    return f"the action {getattr(function, '__qualname__', function)}"


def _taken_apart(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Returns the plain type, what is annotated, and whether None may stand for it."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        left = [part for part in typing.get_args(hint) if part is not type(None)]
        if len(left) == 1:
            plain, extras, _ = _taken_apart(left[0])
            return plain, extras, True
    if typing.get_origin(hint) is Annotated:
        plain, extras, may_be_none = _taken_apart(hint.__origin__)
        return plain, (*extras, *hint.__metadata__), may_be_none
    return hint, (), False


def _param(
    function: Callable[..., Any], parameter: inspect.Parameter, plain: Any, extras: tuple[Any, ...], optional: bool
) -> Param:  # fmt: skip
    kind, choices = _kind(plain, extras)
    if kind is None:
        raise OptionError(
            f"{_called(function)}: {parameter} is of a type that is no field. There are bool, int, float, str, Path, list[str], "
            "Literal and enums."
        )
    limits = next((extra for extra in extras if isinstance(extra, Between)), Between())
    default = MISSING if parameter.default is parameter.empty else _as_choice(parameter.default)
    return Param(
        name=parameter.name, kind=kind, default=default, optional=optional or default is None, choices=choices,
        low=limits.low, high=limits.high,
        language=next((extra.language for extra in extras if isinstance(extra, Code)), ""),
        pattern=next((extra.pattern for extra in extras if isinstance(extra, File)), "*"),
        help=next((extra for extra in extras if isinstance(extra, str) and not isinstance(extra, enum.Enum)), ""),
        type=plain,
    )  # fmt: skip


def _kind(plain: Any, extras: tuple[Any, ...]) -> tuple[Kind | None, tuple[Any, ...]]:
    for mark, kind in ((Code, Kind.CODE), (Folder, Kind.FOLDER), (File, Kind.FILE)):
        if any(isinstance(extra, mark) for extra in extras):
            return kind, ()
    if typing.get_origin(plain) is Literal:
        return Kind.CHOICE, typing.get_args(plain)
    if isinstance(plain, type) and issubclass(plain, enum.Enum):
        return Kind.CHOICE, tuple(_as_choice(member) for member in plain)
    if typing.get_origin(plain) in (list, tuple, Sequence) or plain in (list, tuple):
        return Kind.LIST, ()
    return _PLAIN.get(plain), ()


def _as_choice(value: Any) -> Any:
    """A member of an enum is known by its value: that is plain data, and goes into files and scripts."""
    return value.value if isinstance(value, enum.Enum) else str(value) if isinstance(value, Path) else value
