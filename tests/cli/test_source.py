"""Source text as a call."""

from __future__ import annotations

import os
import traceback

import pytest

from farmfutures.cli import source


@pytest.mark.parametrize(
    ("text", "function", "statements"),
    [
        ("os:getcwd", True, False),
        ("package.module:Class.method", True, False),
        ("1 + 1", False, False),
        ("{1: 2}", False, False),
        ("a = 1; b = 2", False, True),
        ("import os\nprint(os)", False, True),
        ("  1 + 1\n", False, False),
        ("os:", False, False),
        (":getcwd", False, False),
    ],
)
def test_qs39_what_a_text_is(text: str, function: bool, statements: bool) -> None:
    assert (source.is_function(text), source.is_statements(text)) == (function, statements)


@pytest.mark.parametrize(
    ("text", "imports", "value"),
    [
        ("6 * 7", (), 42),
        (" [n * n for n in range(3)]\n", (), [0, 1, 4]),
        ("math.floor(2.5)", ("math",), 2),
        ("os.path.join('a', 'b')", ("os.path",), os.path.join("a", "b")),
        ("d.dumps([1])", ("json as d",), "[1]"),
        ("x = 3; result = x + 1", (), 4),
        ("def double(n):\n    return 2 * n\nresult = double(4)", (), 8),
        ("x = 3;", (), None),
    ],
)
def test_qs39_evaluated_or_executed(text: str, imports: tuple[str, ...], value: object) -> None:
    source.check(text, imports)
    assert source.evaluate(text, imports) == value


@pytest.mark.parametrize(("text", "imports"), [("1 +", ()), ("x = ", ()), ("if; 1", ()), ("1", ("not a module",))])
def test_what_is_not_python_fails_before_it_is_sent(text: str, imports: tuple[str, ...]) -> None:
    with pytest.raises(SyntaxError):
        source.check(text, imports)


def test_tracebacks_quote_the_source() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        source.evaluate("x = 0\n1 / x")
    assert "1 / x" in "".join(traceback.format_exception(caught.value))
