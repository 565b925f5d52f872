"""Files that fit a head, functions that fit a screen."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("scripts", "farmfutures_maya", "plugins")
MAX_FILE, MAX_FUNCTION, MEDIAN = 500, 40, 8
MAX_TEST_FILE, MAX_TEST_FUNCTION = 600, 60

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yields (place, lines without the docstring) of each function; a nested one counts in its parent, too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, Function):
            place = f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
            yield place, (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)


def docstring_lines(node: Function) -> int:
    if ast.get_docstring(node) is None:
        return 0
    text = node.body[0]
    return (text.end_lineno or text.lineno) - text.lineno + 1


@pytest.mark.parametrize(("folders", "limit"), [(SOURCE, MAX_FILE), (("tests",), MAX_TEST_FILE)])
def test_no_file_is_too_long(folders: tuple[str, ...], limit: int) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files(*folders)}
    assert {path: length for path, length in lengths.items() if length > limit} == {}


@pytest.mark.parametrize(("folders", "limit"), [(SOURCE, MAX_FUNCTION), (("tests",), MAX_TEST_FUNCTION)])
def test_no_function_is_too_long(folders: tuple[str, ...], limit: int) -> None:
    lengths = dict(found for path in files(*folders) for found in functions(path))
    assert {place: length for place, length in lengths.items() if length > limit} == {}


def test_most_functions_are_short() -> None:
    lengths = [length for path in files(*SOURCE) for _, length in functions(path)]
    assert statistics.median(lengths) < MEDIAN
