"""The interface of the stand-in, drawn by Qt without a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

pytestmark = pytest.mark.skipif("config.getoption('--mayapy') is not None", reason="looks into the stand-in's window")


@pytest.fixture
def window(maya: Any, widgets: Any) -> Callable[[str], Any]:
    """Runs a script in a Maya with a window."""
    begin = "import threading\nfrom maya import cmds, utils, OpenMayaUI\nfrom mayasim.world import world\n"
    begin += "from PySide6.QtWidgets import QApplication, QWidget\napp, window = QApplication.instance(), world.window\n"
    shown = {"FARMFUTURES_SIM_INTERACTIVE": "1", "FARMFUTURES_SIM_WINDOW": "1", "QT_QPA_PLATFORM": "offscreen"}
    return lambda script: maya(begin + textwrap.dedent(script), initialize=False, **shown)


def test_idle_time(window: Any) -> None:
    """What is deferred runs in order, what threads ask for too, and one that fails keeps none of the others."""
    script = """
    said, main = [], threading.get_ident()
    utils.executeDeferred(said.append, 1)
    utils.executeDeferred("1 / 0")
    utils.executeDeferred(said.append, 2)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(utils.executeInMainThreadWithResult(threading.get_ident)))
    thread.start()
    before = list(said)
    while thread.is_alive() or world.deferred:
        app.processEvents()
    result = [before, said, answers == [main]]
    """
    assert window(script) == [[], [1, 2], True]


def test_menus(window: Any) -> None:
    script = """
    import sys
    sys.modules["__main__"].said = said = []
    cmds.menu("M", label="Menu", parent="MayaWindow")
    cmds.menuItem(label="One", command="said.append(1)", parent="M")
    cmds.menuItem(divider=True, parent="M")
    cmds.menuItem(label="Two", command=lambda *_: said.append(2), parent="M")
    [action.trigger() for action in window.parts["M"].actions()]
    titles = [action.text() for action in window.menuBar().actions()]
    cmds.deleteUI("M", menu=True)
    result = [said, titles, [action.text() for action in window.menuBar().actions()], cmds.menu("M", exists=True)]
    """
    assert window(script) == [[1, 2], ["Menu"], [], False]


def test_workspace_controls(window: Any) -> None:
    """A script fills a control, when its plug-in is there; closing deletes it unless it is retained."""
    script = """
    import shiboken6
    fill = "from PySide6.QtWidgets import QLabel; import shiboken6; from maya.OpenMayaUI import MQtUtil; "
    fill += "label = QLabel('inside'); parent = int(MQtUtil.getCurrentParent()); "
    fill += "MQtUtil.addWidgetToMayaLayout(int(shiboken6.getCppPointer(label)[0]), parent)"
    def inside():
        pointer = OpenMayaUI.MQtUtil.findControl("C")
        found = shiboken6.wrapInstance(int(pointer), QWidget) if pointer else None
        return None if found is None else len(found.children()) - 1
    result = [inside()]
    cmds.workspaceControl("C", label="Control", uiScript=fill, requiredPlugin="fbxmaya")
    result.append(inside())
    cmds.loadPlugin("fbxmaya")
    result.append(inside())
    cmds.workspaceControl("C", edit=True, visible=False)
    result.append(cmds.workspaceControl("C", query=True, visible=True))
    cmds.workspaceControl("C", edit=True, restore=True)
    result.append(cmds.workspaceControl("C", query=True, visible=True))
    cmds.workspaceControl("C", edit=True, retain=True)
    cmds.workspaceControl("C", edit=True, close=True)
    result.append(cmds.workspaceControl("C", exists=True))
    cmds.workspaceControl("C", edit=True, retain=False)
    cmds.workspaceControl("C", edit=True, close=True)
    result += [cmds.workspaceControl("C", exists=True), inside()]
    """
    assert window(script) == [None, 0, 1, False, True, True, False, None]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("cmds.workspaceControl('A'); cmds.workspaceControl('A')", "is not unique"),
        ("cmds.workspaceControl('A', edit=True, close=True)", "Object 'A' not found"),
        ("cmds.workspaceControl('A', query=True, visible=True)", "Object 'A' not found"),
        ("cmds.deleteUI('A', control=True)", "Object 'A' not found"),
    ],
)
def test_errors(window: Any, command: str, text: str) -> None:
    assert text in window(f"try:\n    {command}\nexcept RuntimeError as error:\n    result = str(error)")


def test_colours_are_those_of_maya(window: Any) -> None:
    """Dark grey, with text that is light on it."""
    script = """
    palette = app.palette()
    result = [palette.window().color().lightness(), palette.windowText().color().lightness()]
    """
    dark, light = window(script)
    assert dark < 100 < 200 < light


def test_the_shelf_file_must_hold_its_procedure(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(import_module("pathlib").Path(__file__).resolve().parents[1] / "mayasim" / "site"))
    (tmp_path / "shelf_A.mel").write_text('global proc shelf_B () { shelfButton -label "x"; }')
    with pytest.raises(RuntimeError, match="it must hold the procedure shelf_A"):
        import_module("mayasim.shelves").found(str(tmp_path))
