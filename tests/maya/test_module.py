"""The module description and the shelf: grammar and quirks of Maya."""

from __future__ import annotations

import re
import struct
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

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


def test_the_shelf_as_maya_reads_it(maya: Any, window: Any, qt: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tab of its own with our buttons, icons and commands; by MAYA_SHELF_PATH, so that nothing stays in the preferences."""
    monkeypatch.setenv("MAYA_SHELF_PATH", f":{ROOT / 'shelves'}")  # As `+:=` leaves it where nothing was set.
    monkeypatch.setenv("XBMLANGPATH", str(ROOT / "icons"))
    window.load_shelves()
    assert window.shelves.tabText(0) == "FarmFutures"
    buttons = window.shelves.widget(0).findChildren(import_module("PySide6.QtWidgets").QToolButton)
    assert [button.objectName() for button in buttons] == ["Run on Farm", "Farm Panel"]
    assert not any(button.icon().isNull() for button in buttons)
    asked: list[str] = []
    monkeypatch.setattr("farmfutures_maya.menu.ask_and_submit", lambda: asked.append("run"))
    monkeypatch.setattr(farmfutures.maya, "show_panel", lambda: asked.append("panel"))
    for button in buttons:
        button.click()
    assert asked == ["run", "panel"]


def test_the_buttons_are_of_python() -> None:
    text = (ROOT / "shelves/shelf_FarmFutures.mel").read_text()
    commands = re.findall(r'-command "((?:[^"\\]|\\.)*)"', text)
    assert len(commands) == text.count('-sourceType "python"') == 2
    for command in commands:
        compile(command.replace("\\n", "\n"), "<shelf>", "exec")


@pytest.mark.parametrize(("suffix", "size"), [("", 32), ("_150", 48), ("_200", 64)])
@pytest.mark.parametrize("name", ["farmSubmit", "farmPanel"])
def test_icons_are_there_for_every_screen(name: str, suffix: str, size: int) -> None:
    """Maya takes ``name_150.png`` and ``name_200.png`` where its interface is scaled."""
    data = (ROOT / "icons" / f"{name}{suffix}.png").read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == (size, size)


@pytest.mark.parametrize(("suffix", "size"), [("", 32), ("_150", 48), ("_200", 64)])
@pytest.mark.parametrize("name", ["farmSubmit", "farmPanel"])
def test_icons_are_what_was_drawn(qt: Any, name: str, suffix: str, size: int) -> None:
    """Each is its ``.svg`` as Qt draws it; who changes one draws it again."""
    gui, svg = import_module("PySide6.QtGui"), import_module("PySide6.QtSvg")
    drawn = gui.QImage(size, size, gui.QImage.Format.Format_ARGB32)
    drawn.fill(0)
    painter = gui.QPainter(drawn)
    svg.QSvgRenderer(str(ROOT / "icons" / f"{name}.svg")).render(painter)
    painter.end()
    kept = gui.QImage(str(ROOT / "icons" / f"{name}{suffix}.png")).convertToFormat(gui.QImage.Format.Format_ARGB32)
    far = sum(abs(one - other) for one, other in zip(bytes(drawn.constBits()), bytes(kept.constBits()), strict=True))
    assert far / kept.sizeInBytes() < 4  # Of 255; versions of Qt differ at the edges.


def test_every_icon_that_is_named_is_there() -> None:
    texts = [(ROOT / "shelves/shelf_FarmFutures.mel").read_text(), (ROOT / "farmfutures_maya/menu.py").read_text()]
    named = {name for text in texts for name in re.findall(r"\w+\.png", text)}
    assert named == {"farmSubmit.png", "farmPanel.png"}
    assert {path.name for path in (ROOT / "icons").iterdir()} >= named
