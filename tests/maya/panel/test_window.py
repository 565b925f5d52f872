"""The panel as a whole, as a person uses it: looked at, searched, steered by keys, and never held up by a farm."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import JobInfo, State

UI_S = 0.016
"""What an event of the interface may take: a frame at 60 Hz."""

Wait = Callable[..., None]
Job = Callable[..., JobInfo]


@pytest.fixture
def panel(window: Any, state: Path, qt: Any, wait_for: Wait) -> Iterator[Any]:
    """The panel, as it looks when nobody asks the farm."""
    (state / "jobs").mkdir(parents=True, mode=0o700)
    state.chmod(0o700)
    made = import_module("farmfutures_maya.panel.window").Panel()
    made.feed.start = lambda: None
    made.resize(1000, 600)
    made.show()
    made.activateWindow()
    wait_for(lambda: qt.activeWindow() is made)
    yield made
    made.feed.close(wait_s=10)
    import_module("shiboken6").delete(made)


def seen(*jobs: JobInfo) -> Any:
    return import_module("farmfutures_maya.panel.watch").Seen(2000.0, jobs, "", "local")


def health(*args: Any) -> Any:
    return import_module("farmfutures_maya.panel.feed").Health(*args)


def numbers(panel: Any) -> list[int]:
    return [panel.table.jobs.job_at(row).id for row in range(panel.table.jobs.rowCount())]


def press(panel: Any, qt: Any, *keys: str) -> None:
    """Presses keys as a person does: the widget that has the keyboard gets them."""
    test, gui = import_module("PySide6.QtTest").QTest, import_module("PySide6.QtGui")
    for key in keys:
        widget = panel.window().focusWidget() or panel
        if len(key) == 1:
            test.keyClicks(widget, key)
        else:
            combination = gui.QKeySequence(key)[0]
            test.keyClick(widget, combination.key(), combination.keyboardModifiers())
        qt.processEvents()


def test_search_chips_and_mine_find_jobs(panel: Any, qt: Any, job: Job, wait_for: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    me = import_module("farmfutures.settings").os_user()
    panel.show_seen(seen(job(4, user=me), job(3, State.FAILED), job(2, State.COMPLETE, name="other"), job(1, paused=True)))
    assert [panel.header.chips[kind].text().strip() for kind in ("running", "failed", "stopped")] == [
        "Running 1", "Failed 1", "Stopped 0"
    ]  # fmt: skip
    panel.header.chips["failed"].click()
    assert numbers(panel) == [3]
    panel.header.chips["complete"].click()
    assert numbers(panel) == [3, 2]
    panel.header.clear()
    panel.header.mine.click()
    assert numbers(panel) == [4]
    assert panel.header.chips["failed"].text().strip() == "Failed 0"
    panel.header.mine.click()
    panel.header.search.setText("OTHER")
    wait_for(lambda: numbers(panel) == [2])
    panel.header.search.setText("nothing of that kind")
    wait_for(lambda: panel.table.empty.text().find("None of the 4 jobs is like that.") > 0)
    press(panel, qt, "Esc")
    panel.header.clear()
    wait_for(lambda: numbers(panel) == [4, 3, 2, 1])


def test_an_empty_farm_says_how_to_begin(panel: Any, job: Job) -> None:
    assert panel.table.empty.text() == "Asking the farm..."
    panel.show_seen(seen())
    assert "No jobs yet" in panel.table.empty.text()
    panel.show_seen(seen(job(1)))
    assert not panel.table.empty.isVisible()
    assert [chosen.id for chosen in panel.table.chosen_jobs()] == [1]  # There is something to see at once.


def test_u8_without_a_farm_what_was_known_stays_with_its_age(panel: Any, job: Job) -> None:
    trouble = import_module("farmfutures_maya.panel.watch").Seen(2000.0, None, "The broker has stopped.")
    panel.show_seen(trouble)
    panel.show_health(health("down", "The broker has stopped.", None))
    assert (panel.notice.text.text(), panel.notice.kind, panel.table.empty.text()) == ("The broker has stopped.", "warning", "")
    panel.show_seen(seen(job(1)))
    panel.show_health(health("fine", "", time.time()))
    assert (panel.notice.isVisible(), panel.header.state.text()) == (False, "local, seen now")
    panel.show_seen(trouble)
    panel.show_health(health("down", "The broker has stopped.", time.time() - 300))
    assert numbers(panel) == [1]
    assert panel.notice.text.text() == "The broker has stopped. What you see is from 5 min ago."
    assert panel.header.state.text() == "local, no answer"
    panel.show_health(health("slow", "The farm has not answered for 7 s.", time.time() - 8))
    assert panel.notice.text.text() == "The farm has not answered for 7 s. What you see is from 8 s ago."


def test_u7_everything_is_reached_by_keys(panel: Any, qt: Any, job: Job, wait_for: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    panel.show_seen(seen(job(3), job(2, State.FAILED), job(1)))
    press(panel, qt, "4")
    assert numbers(panel) == [2]
    press(panel, qt, "4", "Down", "Down")
    assert [chosen.id for chosen in panel.table.chosen_jobs()] == [1]
    press(panel, qt, "Shift+Up")
    assert {chosen.id for chosen in panel.table.chosen_jobs()} == {2, 1}
    press(panel, qt, "/")
    assert panel.header.search.hasFocus()
    press(panel, qt, "j", "o", "b", "Space", "2")  # A field keeps what it can write.
    assert panel.header.search.text() == "job 2"
    wait_for(lambda: numbers(panel) == [2])
    press(panel, qt, "Esc")
    assert panel.table.hasFocus()
    press(panel, qt, "Esc")
    wait_for(lambda: numbers(panel) == [3, 2, 1])
    press(panel, qt, "m")
    assert panel.header.mine.isChecked()
    press(panel, qt, "m")
    looked: list[bool] = []
    monkeypatch.setattr(panel.feed, "look_soon", lambda: looked.append(True))
    press(panel, qt, "F5")
    assert looked == [True]
    press(panel, qt, "Ctrl+1")
    assert panel.details.isAncestorOf(qt.focusWidget())
    press(panel, qt, "Esc", "Return")
    assert panel.details.isAncestorOf(qt.focusWidget())
    press(panel, qt, "Esc")
    assert panel.table.hasFocus()


@pytest.mark.parametrize("width", [1000, 400])
def test_question_mark_shows_every_key_and_any_key_closes_it(panel: Any, qt: Any, width: int) -> None:
    keys = import_module("farmfutures_maya.panel.key_list")
    panel.resize(width, 600)
    qt.processEvents()
    press(panel, qt, "?")
    shown = panel.findChild(keys.KeyList)
    assert shown.isVisible()
    assert panel.rect().contains(shown.geometry())
    said = [label.text() for label in shown.findChildren(import_module("PySide6.QtWidgets").QLabel)]
    parts = dict(keys.listed(panel))
    assert ("/ or Ctrl+F", "Search jobs") in parts[""]
    assert {"", "Jobs", "Log"} <= set(parts)
    for lines in parts.values():
        for combination, what in lines:
            assert combination in said
            assert what in said
    press(panel, qt, "x")
    assert not shown.isVisible()
    assert panel.table.hasFocus()


def test_no_two_actions_of_a_place_have_the_same_key(panel: Any) -> None:
    for place, lines in import_module("farmfutures_maya.panel.key_list").listed(panel):
        keys = [key for combination, _ in lines for key in combination.split(" or ")]
        assert sorted(keys) == sorted(set(keys)), place


def test_keys_are_claimed_before_mayas_hotkeys(panel: Any, qt: Any) -> None:
    core, gui = import_module("PySide6.QtCore"), import_module("PySide6.QtGui")
    panel.table.setFocus()
    for key, text, claimed in ((core.Qt.Key.Key_M, "m", True), (core.Qt.Key.Key_W, "w", False)):
        event = gui.QKeyEvent(core.QEvent.Type.ShortcutOverride, key, core.Qt.KeyboardModifier.NoModifier, text)
        event.ignore()
        qt.sendEvent(panel.table, event)
        assert event.isAccepted() == claimed


def test_a_notice_does_what_its_button_says_or_ends(panel: Any, wait_for: Wait) -> None:
    done: list[str] = []
    panel.notice.say(
        "Two jobs were removed.", "good", button="Undo", does=lambda: done.append("undo"), ends=lambda: done.append("end")
    )
    panel.notice.button.click()
    assert (done, panel.notice.isVisible()) == (["undo"], False)
    panel.notice.say("Two jobs were removed.", button="Undo", does=lambda: done.append("undo"), ends=lambda: done.append("end"))
    panel.notice.say("Something else.", "error", seconds=0.05)
    assert done == ["undo", "end"]
    wait_for(lambda: not panel.notice.isVisible())
    panel.feed.refused.emit("key", ValueError("it can't be done: do that."))
    assert (panel.notice.text.text(), panel.notice.kind) == ("it can't be done: do that.", "error")


def test_how_it_was_set_up_is_remembered(panel: Any, state: Path, qt: Any) -> None:
    panel.header.mine.click()
    panel.header.chips["failed"].click()
    panel.table.layout_of.choose("user", False)
    panel.hide()
    assert json.loads((state / "panel.json").read_text())["kinds"] == ["failed"]
    other = import_module("farmfutures_maya.panel.window").Panel()
    assert (other.header.mine.isChecked(), other.header.chips["failed"].isChecked()) == (True, True)
    assert "user" in other.table.layout_of.saved()["hidden"]
    import_module("shiboken6").delete(other)


def test_the_parts_of_the_panel_are_as_large_as_somebody_made_them(panel: Any, job: Job, qt: Any) -> None:
    panel.show_seen(seen(job(1)))
    panel.split.moveSplitter(panel.split.height() // 4, 1)
    jobs, details = panel.split.sizes()
    panel.hide()
    other = import_module("farmfutures_maya.panel.window").Panel()
    other.resize(panel.size())
    other.show()
    other.show_seen(seen(job(1)))
    qt.processEvents()
    assert other.split.sizes()[0] / sum(other.split.sizes()) == pytest.approx(jobs / (jobs + details), abs=0.03)
    other.close()
    import_module("shiboken6").delete(other)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"shares": {"above": 7}}', '{"kinds": 5, "columns": [], "mine": "x"}', '{"kinds": ["none such"]}']
)
def test_what_was_remembered_and_is_broken_costs_nothing_else(panel: Any, state: Path, text: str) -> None:
    (state / "panel.json").write_text(text)
    other = import_module("farmfutures_maya.panel.window").Panel()
    assert other.header.filter == import_module("farmfutures_maya.panel.jobs.filters").Filter()
    import_module("shiboken6").delete(other)


def test_the_menu_and_the_about_box(panel: Any, qt: Any, job: Job) -> None:
    panel.show_seen(seen(job(1)))
    menu = panel.header.menu.menu()
    menu.aboutToShow.emit()
    assert [action.text().partition("\t")[0] for action in menu.actions() if action.text()] == [
        "Jobs",
        "Items",
        "Columns",
        "Look Again",
        "Keys",
        "About",
    ]
    panel.feed.cost.looks, panel.feed.cost.asks, panel.feed.cost.held_s = 1, 0, 90.0
    panel.show_about()
    box = panel.findChild(import_module("PySide6.QtWidgets").QMessageBox)
    assert farmfutures.__version__ in box.text()
    assert "has looked at the farm 1 time and asked it 0 questions" in box.text()
    assert "held still for 2 min while Maya played back" in box.text()
    box.close()
    qt.processEvents()


@pytest.mark.parametrize("width", [280, 460, 900, 1500])
def test_nothing_lies_outside_at_any_width(panel: Any, qt: Any, job: Job, width: int) -> None:
    panel.show_seen(seen(*(job(number, state) for number, state in enumerate(State, 1))))
    panel.resize(width, 600)
    for _ in range(3):
        qt.processEvents()
    assert panel.width() == width
    header = panel.header
    for part in (header.search, header.new, header.menu, header.mine, header.state, *header.chips.values()):
        assert part.parentWidget().rect().contains(part.geometry()), part
    assert header.search.width() >= 70
    below = import_module("PySide6.QtCore").Qt.Orientation
    assert panel.split.orientation() == (below.Horizontal if width > 1100 else below.Vertical)


# --- with a farm


@pytest.fixture
def live(broker: Path, window: Any) -> Iterator[Any]:
    """The panel on a real farm."""
    made = import_module("farmfutures_maya.panel.window").Panel()
    made.resize(1000, 600)
    yield made
    made.feed.close(wait_s=10)
    import_module("shiboken6").delete(made)


class Watchdog:
    """Notes how long the interface was busy at one time, by the processor time of its thread."""

    def __init__(self, qt: Any) -> None:
        self._qt, self.longest_s, self.turns = qt, 0.0, 0

    def run(self, until: Callable[[], bool], timeout_s: float = 20) -> None:
        end = time.monotonic() + timeout_s
        while not until():
            assert time.monotonic() < end
            begin = time.thread_time()
            self._qt.processEvents()
            self.longest_s = max(self.longest_s, time.thread_time() - begin)
            self.turns += 1
            threading.Event().wait(0.001)


@pytest.mark.timeout(60)
def test_u1_a_farm_that_answers_after_5_s_never_holds_the_interface(
    live: Any, qt: Any, wait_for: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    with farmfutures.Executor(cpus=1) as executor:
        executor.submit(abs, -1).result(20)
    live.show()
    wait_for(lambda: live.table.jobs.rowCount() == 1)
    for _ in range(5):
        qt.processEvents()
    slow, answers = farmfutures.Farm.jobs, threading.Event()
    monkeypatch.setattr(farmfutures.Farm, "jobs", lambda self, *args: (answers.wait(5), slow(self, *args))[1])
    dog, known = Watchdog(qt), live.feed.now.known_s
    live.look_again()
    live.header.search.setText("a")  # And one goes on using it.
    dog.run(lambda: live.feed.now.kind == "slow")
    assert "has not answered for" in live.notice.text.text()
    live.header.search.setText("")
    dog.run(lambda: live.feed.now.kind == "fine" and live.feed.now.known_s > known)
    assert not live.notice.isVisible()
    assert dog.longest_s < UI_S
    assert dog.turns > 100


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing here kills a process as hard")
def test_u8_a_broker_that_was_killed_is_said_and_comes_back(live: Any, qt: Any, wait_for: Wait) -> None:
    with farmfutures.Farm() as farm, farmfutures.Executor(cpus=1) as executor:
        executor.submit(abs, -1).result(20)
        live.show()
        wait_for(lambda: live.table.jobs.rowCount() == 1 and live.feed.now.kind == "fine")
        os.kill((farm.broker_status() or {})["pid"], signal.SIGKILL)
        wait_for(lambda: not farm._is_up())
        live.look_again()
        wait_for(lambda: live.feed.now.kind == "down")
        assert live.table.jobs.rowCount() == 1
        assert "has stopped" in live.notice.text.text()
        executor.submit(abs, -2).result(20)  # The next job starts it.
        live.notice.button.click()
        wait_for(lambda: live.feed.now.kind == "fine" and live.table.jobs.rowCount() == 2)
        assert not live.notice.isVisible()


def feeds() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "farmfutures-feed"]


def test_it_asks_while_somebody_looks_only(broker: Path, window: Any, wait_for: Wait) -> None:
    made = import_module("farmfutures_maya.panel.window").Panel()
    assert feeds() == []
    made.show()
    assert len(feeds()) == 1
    made.hide()
    wait_for(lambda: feeds() == [])
    made.show()
    import_module("shiboken6").delete(made)
    wait_for(lambda: feeds() == [])


@pytest.mark.parametrize(("condition", "said"), [("playingBack", "Maya is playing back"), ("busy", "Maya is rendering")])
def test_n15_it_holds_still_while_maya_plays_back_or_renders(
    maya: Any, live: Any, wait_for: Wait, condition: str, said: str
) -> None:
    live.show()
    wait_for(lambda: live.feed.now.kind == "fine")
    maya.world.conditions.add(condition)
    wait_for(lambda: live.feed.now.kind == "held")
    assert live.header.state.text() == "local, holding still"
    assert live.header.state.toolTip().startswith(said)
    maya.world.conditions.clear()
    wait_for(lambda: live.feed.now.kind == "fine")


@pytest.mark.timeout(60)
def test_u7_a_job_is_submitted_and_chosen_by_keys(
    maya: Any, live: Any, qt: Any, wait_for: Wait, stand_in: Path, monkeypatch: Any
) -> None:
    """From the panel's key to the form, its script and its button; the job is chosen as soon as it is seen."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    live.show()
    live.activateWindow()
    wait_for(lambda: qt.activeWindow() is live and live.feed.now.kind == "fine")
    press(live, qt, "Ctrl+N")
    window = live._form
    wait_for(lambda: qt.activeWindow() is window)
    form = window.form
    script = form.fields.rows["source"].editor
    script.setFocus()
    wait_for(lambda: qt.focusWidget() is not None and (script is qt.focusWidget() or script.isAncestorOf(qt.focusWidget())))
    test = import_module("PySide6.QtTest").QTest
    test.keyClicks(qt.focusWidget(), "result = 6 * 7")
    wait_for(lambda: form.bar.button.isEnabled() and not form.wrong)
    form.bar.button.setFocus()
    test.keyClick(form.bar.button, import_module("PySide6.QtCore").Qt.Key.Key_Space)
    wait_for(lambda: len(live.table.chosen_jobs()) == 1, 40)
    (job,) = live.table.chosen_jobs()
    wait_for(lambda: live.table.chosen_jobs()[0].state.done, 40)
    with farmfutures.Farm() as farm:
        assert farm.outcome(job.id, 0) == 42
    window.hide()
