"""The table of settings in the page for wranglers is what `farmfutures.Settings` says.

Run as a script, this writes the table anew.
"""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from farmfutures import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "wranglers.md"
MARKED = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- end -->)", re.DOTALL)

OF_THE_MACHINE = {"state": "see below", "slots": "the number of processors"}
"""Defaults that differ from machine to machine."""

_UNITS = ((1024**3, "GiB"), (1024**2, "MiB"), (1024, "KiB"))


def meanings() -> dict[str, str]:
    """What the docstring says of each attribute."""
    text = (Settings.__doc__ or "").partition("Attributes:")[2]
    found = re.findall(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", text, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", said).replace("``", "`") for name, said in found}


def default(name: str, value: object) -> str:
    """A default as it would stand in the TOML file."""
    if name in OF_THE_MACHINE:
        return OF_THE_MACHINE[name]
    if isinstance(value, tuple):
        return f"`[{', '.join(map(toml, value))}]`"
    size = next((f" ({value // unit} {word})" for unit, word in _UNITS if isinstance(value, int) and value >= unit), "")
    return f"`{toml(value)}`{size}"


def toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def table() -> str:
    defaults, said = vars(Settings()), meanings()
    rows = [f"| `{name}` | {default(name, value)} | {said[name]} |" for name, value in defaults.items()]
    return "\n".join(["| setting | default | |", "|---|---|---|", *rows, ""])


def test_every_setting_is_in_the_page_as_it_is() -> None:
    found = MARKED.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[0] == table(), "run python tests/docs/test_settings.py"


def test_the_docstring_explains_every_setting() -> None:
    assert list(meanings()) == [item.name for item in fields(Settings)]


if __name__ == "__main__":
    PAGE.write_text(MARKED.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
