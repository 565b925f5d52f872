"""What the types of parameters mean."""

from __future__ import annotations

import enum
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest

from farmfutures.errors import OptionError
from farmfutures_maya.actions import Between, Code, File, Folder, Frame, FrameRange, Frames, Item, Node, action, params
from farmfutures_maya.actions.action import of
from farmfutures_maya.actions.params import Kind, Supplied
from farmfutures_maya.actions.wrong_values import trouble_here, trouble_with


class Side(enum.Enum):
    LEFT = "left"
    RIGHT = "right"


def every(
    frame: Frame | None,
    node: Node,
    item: Item,
    text: str,
    source: Annotated[str, Code("mel"), "What to run"],
    size: Annotated[int, Between(1, 10)] = 3,
    step: Annotated[float, Between(0.5)] | None = None,
    side: Side = Side.RIGHT,
    axis: Literal["x", "y"] = "y",
    names: list[str] = ["a"],  # noqa: B006
    folder: Annotated[Path, Folder()] = Path("cache"),
    file: Annotated[str, File("*.abc")] = "",
    on: bool = True,
) -> None:
    """Does it."""


def test_types_are_fields() -> None:
    found = params.read(every)
    assert found.supplied == {"frame": Supplied.FRAME, "node": Supplied.NODE, "item": Supplied.ITEM}
    assert found.optional == {Supplied.FRAME}
    assert found.frames == Supplied.FRAME
    kinds = {param.name: param.kind for param in found.params}
    assert kinds == {
        "text": Kind.TEXT, "source": Kind.CODE, "size": Kind.WHOLE, "step": Kind.NUMBER, "side": Kind.CHOICE,
        "axis": Kind.CHOICE, "names": Kind.LIST, "folder": Kind.FOLDER, "file": Kind.FILE, "on": Kind.SWITCH,
    }  # fmt: skip
    by_name = {param.name: param for param in found.params}
    assert (by_name["source"].language, by_name["source"].help, by_name["file"].pattern) == ("mel", "What to run", "*.abc")
    assert (by_name["size"].low, by_name["size"].high, by_name["step"].low) == (1, 10, 0.5)
    assert [param.name for param in found.params if param.required] == ["text", "source"]
    assert {param.name: param.first for param in found.params} == {
        "text": "", "source": "", "size": 3, "step": None, "side": "right", "axis": "y", "names": ["a"], "folder": "cache",
        "file": "", "on": True,
    }  # fmt: skip
    assert by_name["side"].choices == ("left", "right")


def test_plain_data_becomes_what_the_function_takes() -> None:
    found = of(action(every))
    assert found is not None
    made = found.arguments(found.values({"text": "a", "source": "b", "side": "left"}))
    assert (made["side"], made["folder"], made["names"], made["step"]) == (Side.LEFT, Path("cache"), ["a"], None)


def positional(a: int, /) -> None: ...
def everything(*args: int) -> None: ...
def strange(when: dict[str, int]) -> None: ...
def lost(when: Whenever) -> None: ...  # type: ignore[name-defined]  # noqa: F821
def twice(frame: Frame, frames: Frames) -> None: ...


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (positional, "can't be a field"),
        (everything, "can't be a field"),
        (strange, "of a type that is no field"),
        (lost, "its types can't be read .NameError"),
        (twice, "only one parameter can take the frames"),
    ],
)
def test_a_type_that_is_no_field_is_refused(function: Callable[..., Any], said: str) -> None:
    with pytest.raises(OptionError, match=f"the action {function.__name__}: .*{said}"):
        action(function)


@pytest.mark.parametrize(
    ("name", "value", "cause", "mend"),
    [
        ("text", "", "it is missing", None),
        ("text", 3, "it is no text", None),
        ("size", 11, "it is not between 1 and 10", 10),
        ("size", 2.5, "it is no whole number", None),
        ("size", True, "it is no whole number", None),
        ("size", None, "it is missing", 3),
        ("step", "fast", "it is no number", None),
        ("step", 0.1, "it is not between 0.5 and inf", 0.5),
        ("side", "up", "it is none of the choices", "right"),
        ("names", "a", "it is no list of texts", None),
        ("on", 1, "it is neither on nor off", None),
    ],
)
def test_values_that_mean_nothing(name: str, value: object, cause: str, mend: object) -> None:
    (param,) = [param for param in params.read(every).params if param.name == name]
    trouble = trouble_with(param, value)
    assert trouble is not None
    assert (trouble.cause, trouble.mend) == (cause, mend)
    assert trouble.fix.endswith(".")


def test_values_that_are_fine() -> None:
    given = {"text": "a", "source": "ls;", "step": 2, "names": [], "file": ""}
    for param in params.read(every).params:
        assert trouble_with(param, given.get(param.name, param.first)) is None
    found = of(action(every))
    assert found is not None
    with pytest.raises(OptionError, match=r"the action 'every' has no field 'sise'. It has: text, source, size"):
        found.values({"sise": 3})
    with pytest.raises(OptionError, match=r"'every', size=0: it is not between 1 and 10. Give 1, say."):
        found.values({"text": "a", "source": "b", "size": 0})


def code(source: Annotated[str, Code()], function: str = "", file: Annotated[str, File()] = "") -> None: ...


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("source", "a = (", "line 1: '(' was never closed"),
        ("source", "ok = 1\nfor x in y:\n", "line 2: expected an indented block"),
        ("source", "no_such_module:bake", "there is no module no_such_module here"),
        ("source", "cmds.ls()", None),
        ("source", "json:dumps", None),
        ("function", "dumps", "it does not name a function"),
        ("function", "json:dumps", None),
        ("file", "/nowhere/a.abc", "there is no file /nowhere/a.abc"),
    ],
)
def test_a_form_can_say_more(name: str, value: str, said: str | None) -> None:
    (param,) = [param for param in params.read(code).params if param.name == name]
    trouble = trouble_here(param, value)
    assert (trouble and trouble.cause.startswith(said or "?")) is (None if said is None else True)


def test_mel_is_not_read_as_python() -> None:
    (param, *_) = params.read(code).params
    assert trouble_here(param, 'ls -type "mesh";', "MEL") is None


def ranged(frames: FrameRange, node: Node) -> None: ...


def test_all_frames_may_stay_together() -> None:
    assert params.read(ranged).frames == Supplied.RANGE
