"""The module description and the shelf: grammar and quirks of Maya."""

from __future__ import annotations

import re
from pathlib import Path

import farmfutures

ROOT = Path(__file__).resolve().parents[2]


def test_the_module_description() -> None:
    text = (ROOT / "module.mod").read_text()
    lines = text.splitlines()
    # A blank line or a comment would end the block for Maya.
    assert all(lines)
    assert not [line for line in lines if line.startswith(("#", "//"))]
    head = re.fullmatch(r"\+ farmfutures (\d+\.\d+\.\d+) \.", lines[0])
    assert head
    assert lines[1:] == ["plug-ins: plugins", "MAYA_SHELF_PATH +:= shelves"]
    for folder in ("plugins", "shelves", "scripts"):
        assert (ROOT / folder).is_dir()


def test_one_version_everywhere() -> None:
    module = (ROOT / "module.mod").read_text().split()[2]
    plugin = re.search(r'^VERSION = "(.*)"', (ROOT / "plugins/farmfutures_plugin.py").read_text(), re.MULTILINE)
    assert plugin
    assert module == plugin[1] == farmfutures.__version__


def test_the_shelf_has_the_names_that_maya_expects() -> None:
    file = next((ROOT / "shelves").iterdir())
    text = file.read_text()
    assert file.stem == "shelf_FarmFutures"
    assert text.startswith(f"global proc {file.stem} () {{")
    assert text.rstrip().endswith("}")


def test_the_shelf_button_runs_python() -> None:
    text = (ROOT / "shelves/shelf_FarmFutures.mel").read_text()
    command = re.search(r'-command "((?:[^"\\]|\\.)*)"', text)
    assert command
    assert '-sourceType "python"' in text
    compile(command[1].replace("\\n", "\n"), "<shelf>", "exec")
    assert text.count('"') % 2 == 0
