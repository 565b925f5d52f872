"""Flags: the stand-in's, and those of every command that our own source calls, are in the published stubs of Maya."""

from __future__ import annotations

import ast
import functools
import json
import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIM = ROOT / "tests" / "mayasim"
FOLDERS = ("farmfutures_maya", "plugins", "scripts", "tests/maya", "tests/sim")
SOURCES = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if path != Path(__file__).resolve()]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

OWN_COMMANDS = {
    "farmSubmit": "our plug-in's",
    "farmPanel": "our plug-in's",
}
"""Commands that Maya does not have, and whose they are."""

UNKNOWN_TO_THE_STUBS = {
    ("workspaceControl", "query"), ("workspaceControl", "q"), ("workspaceControl", "edit"), ("workspaceControl", "e"),
}  # fmt: skip
"""Documented, missing in the stubs, for a command that the stand-in may not offer. See `LACKING` of make_flags.py."""


@functools.cache
def stubs() -> dict[str, set[str]]:
    """All flags of all commands: the stubs' and what is known to be lacking in them."""
    spec = spec_from_file_location("make_flags", SIM / "make_flags.py")
    assert spec is not None
    assert spec.loader is not None
    module: Any = module_from_spec(spec)
    spec.loader.exec_module(module)
    known = module.stub_flags()
    return {name: set(flags) | set(module.LACKING.get(name, ())) for name, flags in known.items()}


def test_flags_of_the_stand_in() -> None:
    """Of every command all flags that there are; what the stand-in offers is among them."""
    code = "from mayasim import commands, flags; print({name: sorted(run.offered) for name, run in flags.EVERY.items()})"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(SIM / 'site')!r}); {code}"]
    offered = ast.literal_eval(subprocess.run(command, capture_output=True, text=True, check=True, timeout=25).stdout)
    table = json.loads((SIM / "site" / "mayasim" / "flags.json").read_text())
    assert {name: sorted(stubs()[name]) for name in offered} == table, "run tests/mayasim/make_flags.py"
    # Words of Python can be flags in MEL only.
    extra = {name: set(flags) - set(table[name]) - set(keyword.kwlist) for name, flags in offered.items()}
    assert {name: flags for name, flags in extra.items() if flags} == {}


def calls(tree: ast.AST) -> Iterator[tuple[int, str, list[str]]]:
    """Yields (line, command, flags) of what is called of ``cmds`` or by name through ``untyped``."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function, flags = node.func, [word.arg for word in node.keywords if word.arg is not None]
        if isinstance(function, ast.Attribute) and _is_cmds(function.value):
            yield node.lineno, function.attr, flags
        elif isinstance(function, ast.Call) and isinstance(function.func, ast.Name) and function.func.id == "untyped":
            (name,) = function.args
            assert isinstance(name, ast.Constant), f"line {node.lineno}: untyped needs the command's name as it stands"
            yield node.lineno, str(name.value), flags
    yield from _more(tree)


def _is_cmds(value: ast.expr) -> bool:
    """``cmds``, ``maya.cmds`` and a fixture's ``cmds``."""
    return (isinstance(value, ast.Name) and value.id == "cmds") or (isinstance(value, ast.Attribute) and value.attr == "cmds")


def _more(tree: ast.AST) -> Iterator[tuple[int, str, list[str]]]:
    """Flags that go into a call by ``**more``: the keys of the dictionary of that name, in the same function."""
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef):
            continue
        for node in ast.walk(scope):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_cmds(node.func.value):
                spread = [word.value.id for word in node.keywords if word.arg is None and isinstance(word.value, ast.Name)]
                for name in spread:
                    yield node.lineno, node.func.attr, sorted(_keys(scope, name))


def _keys(scope: ast.FunctionDef, name: str) -> set[str]:
    """Returns the keys that a function gives a dictionary."""
    found: set[str] = set()
    for node in ast.walk(scope):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name) and target.value.id == name:
                found |= {str(target.slice.value)} if isinstance(target.slice, ast.Constant) else set()
            if isinstance(target, ast.Name) and target.id == name and node.value is not None:
                dictionaries = [part for part in ast.walk(node.value) if isinstance(part, ast.Dict)]
                found |= {str(key.value) for made in dictionaries for key in made.keys if isinstance(key, ast.Constant)}
    return found


_INLINE = re.compile(r"`([^`\n]*cmds\.[^`\n]*)`")
_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)


def trees() -> Iterator[tuple[str, ast.AST]]:
    """Yields every file, script in a string of a test, and block of a page, as a syntax tree."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        yield str(path.relative_to(ROOT)), tree
        for node in ast.walk(tree):
            if "cmds." in (text := _text(node)):
                yield f"{path.relative_to(ROOT)}:{node.lineno}, in a string", _parsed(text)  # type: ignore[attr-defined]
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        yield from ((f"{page.relative_to(ROOT)}, a block", ast.parse(match[1])) for match in _BLOCK.finditer(text))
        yield from ((f"{page.relative_to(ROOT)}, {match[1][:40]}", _parsed(match[1])) for match in _INLINE.finditer(text))


def _text(node: ast.AST) -> str:
    """Returns what a string says; what an f-string puts in is a word in it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "'x'" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _parsed(text: str) -> ast.AST:
    try:
        return ast.parse(textwrap.dedent(text))
    except SyntaxError:
        return ast.Module([], [])  # Prose, or a part of a script.


def wrong(where: str, tree: ast.AST, known: dict[str, set[str]]) -> list[str]:
    """Returns a line about each call that the stubs do not know."""
    found: list[str] = []
    for line, command, flags in calls(tree):
        if command in OWN_COMMANDS:
            continue
        if command not in known:
            found.append(f"{where}, line {line}: Maya has no command {command}")
            continue
        bad = [flag for flag in flags if flag not in known[command] and (command, flag) not in UNKNOWN_TO_THE_STUBS]
        found += [f"{where}, line {line}: {command} has no flag {flag}" for flag in bad]
    return found


DELIBERATE = re.compile(r"nonsense|noSuch")


def test_every_call_of_ours_uses_flags_that_there_are() -> None:
    """Of source, plug-in, tests and docs; calls that are wrong on purpose say so by their names."""
    known, found, count = stubs(), list[str](), 0
    for where, tree in trees():
        count += sum(1 for _ in calls(tree))
        found += wrong(where, tree, known)
    assert count > 300
    assert [line for line in found if not DELIBERATE.search(line)] == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("cmds.file('a', opne=True)", "file has no flag opne"),
        ("from maya import cmds\ncmds.fiel(new=True)", "no command fiel"),
        ("maya.cmds.ls(slection=True)", "ls has no flag slection"),
        ("untyped('upAxis')(axsi='y')", "upAxis has no flag axsi"),
        ("def f():\n    more: dict = {'force': True}\n    more['iggnore'] = 1\n    cmds.file('a', **more)", "no flag iggnore"),
    ],
)
def test_a_wrong_flag_would_be_found(source: str, text: str) -> None:
    assert text in "\n".join(wrong("here", ast.parse(source), stubs()))
