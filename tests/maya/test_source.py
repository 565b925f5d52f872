"""Running source."""

from __future__ import annotations

from typing import Any

import pytest

from farmfutures.maya import evaluate, evaluate_at


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2", 3),
        ("  'a'\n", "a"),
        ("x = 2; result = x * 3", 6),
        ("import math\nresult = math.floor(2.5)\n", 2),
        ("x = 1", None),
        ("os:getcwd", __import__("os").getcwd()),
        ("decimal:Decimal", 0),
        ("{'a': 1}['a']", 1),
    ],
)
def test_expression_statements_and_names(no_maya: None, source: str, value: object) -> None:
    assert evaluate(source) == value


def test_cmds_are_at_hand(maya: Any) -> None:
    maya.cmds.createNode("transform", name="ball")
    assert evaluate("cmds.nodeType('ball')") == "transform"


def test_errors_are_the_sources_own() -> None:
    with pytest.raises(ZeroDivisionError):
        evaluate("1 / 0")
    with pytest.raises(SyntaxError):
        evaluate("1 +")


def test_at_a_frame(maya: Any) -> None:
    assert evaluate_at(7, "[frame, cmds.currentTime(query=True)]") == [7, 7.0]
    assert evaluate_at(8, "result = frame * 2") == 16
    assert evaluate_at(9, "math:sqrt") == 3  # A function is given the frame.


def test_at_a_frame_without_maya(no_maya: None) -> None:
    assert evaluate_at(2, "frame + 1") == 3
