"""Every command of ours that a page names is there, with its options; and every command is in a page."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from farmfutures.cli.app import cli

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]

_BLOCK = re.compile(r"```bash\n(.*?)```", re.DOTALL)
_SPAN = re.compile(r"`((?:\.venv/bin/python -m )?farmfutures [^`\n]+)`")


def lines(page: Path) -> Iterator[str]:
    """Our command lines in a page, without what follows two spaces, which is a remark."""
    text = page.read_text(encoding="utf-8")
    blocks = [line.partition("  ")[0] for block in _BLOCK.findall(text) for line in block.splitlines()]
    for line in [*blocks, *_SPAN.findall(text)]:
        found = line.removeprefix(".venv/bin/python -m ")
        if found.startswith("farmfutures "):
            yield found.strip()


def names(command: click.Command, parents: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all commands: ``("broker", "stop")``."""
    if not isinstance(command, click.Group):
        yield parents
        return
    for name, child in command.commands.items():
        yield from names(child, (*parents, name))


def resolve(words: list[str]) -> tuple[tuple[str, ...], str]:
    """Returns which command a line names, and what is wrong with it, if anything is."""
    command: click.Command = cli
    path: tuple[str, ...] = ()
    while isinstance(command, click.Group) and words:
        if words[0].startswith("-"):
            option = next((one for one in command.params if words[0] in one.opts), None)
            if option is None:
                break
            words = words[2:] if isinstance(option, click.Option) and not option.is_flag else words[1:]
            continue
        if words[0] not in command.commands:
            return path, f"no command {words[0]}"
        command, path = command.commands[words[0]], (*path, words.pop(0))
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"-h", "--help"}
    ours = words[: words.index("--")] if "--" in words else words
    strange = [word for word in ours if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in known]
    return path, f"no option {', '.join(strange)}" if strange else ""


LINES = sorted({line for page in PAGES for line in lines(page)})


@pytest.mark.parametrize("line", LINES)
def test_a_command_and_its_options_are_there(line: str) -> None:
    _, problem = resolve(shlex.split(line)[1:])
    assert problem == ""


def test_what_is_wrong_would_be_seen() -> None:
    assert resolve(["jobs", "--sate", "failed"])[1] == "no option --sate"
    assert resolve(["broker", "bild"])[1] == "no command bild"


def test_every_command_is_in_a_page() -> None:
    named = {resolve(shlex.split(line)[1:])[0] for line in LINES}
    assert {" ".join(path) for path in set(names(cli)) - named} == set()


def test_options_beside_a_command_are_its_own() -> None:
    """In a block, what a remark says of further options: ``# --follow for one that runs``."""
    for page in PAGES:
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.splitlines():
                command, _, remark = line.partition("  ")
                if command.startswith("farmfutures "):
                    words = shlex.split(command)[1:]
                    options = re.findall(r"(?<!\S)--[a-z-]+", remark)
                    path, _ = resolve(words)
                    assert resolve([*path, *options])[1] == "", line
