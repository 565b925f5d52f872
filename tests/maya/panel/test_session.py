"""U7: a whole session by keys alone, on a real engine with the stand-in's Mayas: submit, watch it fail, read why, mend, retry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import State

Wait = Callable[..., None]
Press = Callable[..., None]


@pytest.fixture
def press(qt: Any) -> Press:
    """Presses keys as a person does: whatever has the keyboard gets them."""
    test, gui = import_module("PySide6.QtTest").QTest, import_module("PySide6.QtGui")

    def press(*keys: str) -> None:
        for key in keys:
            widget = qt.focusWidget()
            assert widget is not None, f"nothing has the keyboard for {key!r}"
            combination = gui.QKeySequence(key)[0]
            test.keyClick(widget, combination.key(), combination.keyboardModifiers())
            qt.processEvents()

    return press


@pytest.fixture
def panel(broker: Path, window: Any, qt: Any, wait_for: Wait, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    made = import_module("farmfutures_maya.panel.window").Panel()
    made.resize(1000, 700)
    made.show()
    made.activateWindow()
    wait_for(lambda: qt.activeWindow() is made and made.feed.now.kind == "fine")
    yield made
    made.feed.close(wait_s=10)
    import_module("shiboken6").delete(made)


def state(panel: Any) -> State | None:
    chosen = panel.table.chosen_jobs()
    return chosen[0].state if len(chosen) == 1 else None


@pytest.mark.timeout(90)
def test_u7_submit_read_a_failing_log_mend_and_retry(
    maya: Any, panel: Any, qt: Any, press: Press, wait_for: Wait, tmp_path: Path
) -> None:
    texture = tmp_path / "hero.tx"
    test = import_module("PySide6.QtTest").QTest
    press("Ctrl+N")
    wait_for(lambda: qt.activeWindow() is panel._form)
    form = panel._form.form
    while not form.fields.rows["source"].editor.isAncestorOf(qt.focusWidget()):
        press("Tab")
    test.keyClicks(qt.focusWidget(), f"print('opening', {texture.name!r}); result = len(open({str(texture)!r}).read())")
    wait_for(lambda: form.bar.button.isEnabled() and not form.wrong)
    press("Ctrl+Return")
    wait_for(lambda: state(panel) is State.FAILED, 40)

    press("Esc")  # The form goes, and the panel has the keyboard again.
    panel.activateWindow()
    wait_for(lambda: qt.activeWindow() is panel)
    press("Esc", "4")
    assert panel.table.jobs.rowCount() == 1
    press("Ctrl+3")
    log = panel.details.log
    wait_for(lambda: any("FileNotFoundError" in line for line in log.view.lines.values()))
    assert log.errors.text() != ""

    texture.write_text("a texture")
    press("Esc", "R")
    wait_for(lambda: panel.table.jobs.rowCount() == 0, 40)  # Nothing is failed any more.
    press("4")
    wait_for(lambda: panel.table.jobs.rowCount() == 1 and panel.table.jobs.job_at(0).state is State.COMPLETE, 40)
    with farmfutures.Farm() as farm:
        assert farm.outcome(panel.table.jobs.job_at(0).id, 0) == len("a texture")
