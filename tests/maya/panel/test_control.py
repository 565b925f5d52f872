"""U9: the panel outlives scenes, changes of the workspace and reloads of the plug-in, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures.maya
from farmfutures_maya.panel import control

ROOT = Path(__file__).resolve().parents[3]
PLUGIN = ROOT / "plugins" / "farmfutures_plugin.py"

Wait = Callable[..., None]


@pytest.fixture
def plugin(maya: Any, broker: Path, window: Any, idle: Callable[[], None]) -> Any:
    """The plug-in is loaded, and Maya idle."""
    maya.cmds.loadPlugin(str(PLUGIN))
    idle()
    yield window
    if "farmfutures_plugin" in maya.world.plugins:
        maya.cmds.unloadPlugin("farmfutures_plugin")
    idle()


def switch(window: Any) -> None:
    """Another workspace: Maya takes the controls away, and makes those that the new one has, by their scripts."""
    window.save_layout()
    for name in list(window.parts):
        if name == control.NAME:
            window.remove(name)
            del window._world.interface[name]
    window.restore_layout()


def test_show_panel_opens_it_once(plugin: Any, wait_for: Wait) -> None:
    assert farmfutures.maya.show_panel() == control.NAME
    first = control._widget
    assert farmfutures.maya.show_panel() == control.NAME
    assert first is not None
    assert control._widget is first
    wait_for(lambda: first.feed.now.kind == "fine")


def test_u9_it_outlives_scenes_that_are_made_and_opened(maya: Any, plugin: Any, scene: Path, idle: Callable[[], None]) -> None:
    farmfutures.maya.show_panel()
    panel, callbacks = control._widget, len(maya.world.callbacks)
    assert panel is not None
    for _ in range(5):
        maya.cmds.file(new=True, force=True)
        maya.cmds.file(str(scene), open=True, force=True)
        idle()
    assert control._widget is panel
    assert panel.isVisible()
    assert len(maya.world.callbacks) == callbacks


def test_u9_it_comes_back_with_every_change_of_the_workspace(
    maya: Any, plugin: Any, qt: Any, state: Path, idle: Callable[[], None], wait_for: Wait
) -> None:
    farmfutures.maya.show_panel()
    callbacks, counts = len(maya.world.callbacks), set()
    assert control._widget is not None
    control._widget.header.mine.click()  # What was chosen is there again, too.
    wait_for((state / "panel.json").exists)
    for _ in range(10):
        gone = control._widget
        switch(plugin)
        idle()
        assert control._widget is not None
        assert control._widget is not gone
        assert control._widget.isVisible()
        assert control._widget.header.mine.isChecked()
        counts.add(len(qt.allWidgets()))
    assert len(counts) == 1
    assert len(maya.world.callbacks) == callbacks


def test_without_an_interface_it_says_where_else_to_look(maya: Any) -> None:
    with pytest.raises(RuntimeError, match="farmfutures panel opens it in a window of its own"):
        farmfutures.maya.show_panel()


def test_where_maya_has_no_qt_nothing_of_ours_is_in_the_way(maya: Any) -> None:
    """The room that the plug-in imports loads in a Maya that is batch, and has no Qt in it."""
    source = Path(control.__file__).read_text(encoding="utf-8")
    head = source[: source.index("def require_interface")]
    assert "PySide6" not in head
    assert import_module("farmfutures_maya.panel.control") is control
