"""The log of an item, as somebody reads it: real items of a real farm, keys and clicks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures

Wait = Callable[..., None]


def chatter(folder: str, lines: int, bad: bool) -> None:
    """Prints lines, then one for each file ``say N`` that comes, until there is one called ``end``."""
    import os
    import time

    for number in range(lines):
        print(f"line {number} of the log" + (" needle" if number % 100 == 50 else ""))
    said = 0
    while not os.path.exists(os.path.join(folder, "end")):
        if os.path.exists(os.path.join(folder, f"say {said}")):
            print(f"said {said}", flush=True)
            said += 1
        time.sleep(0.002)
    if bad:
        raise RuntimeError("no licence for host 'render3'")


def second_time(path: str) -> None:
    import os

    print("trying")
    if not os.path.exists(path):
        open(path, "w").close()
        raise OSError("not yet")
    print("it went well")


@pytest.fixture
def submit(broker: Path, tmp_path: Path) -> Iterator[Callable[..., farmfutures.JobInfo]]:
    executor = farmfutures.Executor(cpus=1)

    def run(lines: int, *, bad: bool = False, over: bool = True) -> farmfutures.JobInfo:
        if over:
            (tmp_path / "end").touch()
        future = executor.submit_ext(chatter, [str(tmp_path), lines, bad], name="chatter")
        deadline = time.monotonic() + 20
        while not (future.done() if over else future.running()):
            assert time.monotonic() < deadline
            time.sleep(0.005)
        with farmfutures.Farm() as farm:
            return farm.job(future.job_id)

    yield run
    (tmp_path / "end").touch()
    executor.shutdown()


@pytest.fixture
def pane(feed: Any) -> Iterator[Any]:
    made = import_module("farmfutures_maya.panel.log.pane").LogPane(feed)
    made.resize(700, 400)
    made.show()
    yield made
    import_module("shiboken6").delete(made)


def in_view(pane: Any) -> list[str]:
    first, last = pane.view.in_view()
    return [pane.view.lines.get(line, "?") for line in range(first, last)]


def complete(pane: Any) -> bool:
    return bool(pane.known.lines) and pane.known.whole and "?" not in in_view(pane)


def press(widget: Any, key: str, shift: bool = False) -> None:
    qt, test = import_module("PySide6.QtCore").Qt, import_module("PySide6.QtTest").QTest
    test.keyClick(widget, getattr(qt.Key, f"Key_{key}"), getattr(qt.KeyboardModifier, "ShiftModifier" if shift else "NoModifier"))


def test_it_opens_at_the_first_error(pane: Any, submit: Any, wait_for: Wait) -> None:
    pane.show_item(submit(3000, bad=True), 0)
    wait_for(lambda: complete(pane) and pane.view.current == 3000)
    assert pane.view.lines[3000] == "Traceback (most recent call last):"
    assert pane.errors.text() == "2 error lines"
    pane.go_error(1)
    assert pane.view.lines[pane.view.current] == "RuntimeError: no licence for host 'render3'"
    pane.go_error(1)
    assert pane.view.current == 3000  # Around the end.
    pane.go_error(-1)
    assert pane.view.current == pane.known.lines - 1
    assert pane.line.text().startswith("chatter   3,00")
    assert not pane.follow.isChecked()


def test_errors_are_marks_on_the_scroll_bar(pane: Any, submit: Any, wait_for: Wait) -> None:
    look, gui = import_module("farmfutures_maya.panel.look"), import_module("PySide6.QtGui")
    pane.show_item(submit(3000, bad=True), 0)
    wait_for(lambda: complete(pane))
    groove = pane.view.marks.groove()
    rows = pane.view.marks.rows(pane.known.errors, groove)
    assert len(rows) in (1, 2)
    assert groove.bottom() - rows[-1] < 10  # They are at the end of three thousand lines.
    image = pane.view.marks.grab().toImage()
    scale = image.devicePixelRatio()
    colour = image.pixelColor(int((groove.right() - 2) * scale), int((rows[-1] + 1) * scale))
    assert colour == gui.QColor(look.ERROR)


def test_it_follows_what_is_printed_until_somebody_scrolls(pane: Any, submit: Any, wait_for: Wait, tmp_path: Path) -> None:
    pane.show_item(submit(500, over=False), 0)
    (tmp_path / "say 0").touch()
    wait_for(lambda: in_view(pane)[-1:] == ["said 0"])
    assert pane.follow.isChecked()
    press(pane.view, "PageUp")
    assert not pane.follow.isChecked()
    (tmp_path / "say 1").touch()
    wait_for(lambda: pane.known.lines == 502)
    assert "said 1" not in in_view(pane)
    press(pane.view, "End")
    assert pane.follow.isChecked()
    (tmp_path / "end").touch()  # Its log gets its own place, and is the same one.
    wait_for(lambda: pane.item.state.done and not pane._timer.isActive())
    wait_for(lambda: in_view(pane)[-2:] == ["said 0", "said 1"])
    assert pane.known.version == 1


def test_search_says_which_of_how_many_and_goes_on_by_keys(pane: Any, submit: Any, wait_for: Wait) -> None:
    pane.show_item(submit(1000), 0)
    wait_for(lambda: complete(pane))
    pane.search()
    pane.finder.field.setText("NEEDLE")
    wait_for(lambda: pane.finder.count.text() == "1 of 10")
    visited = [pane.view.current]
    for key, shift in (("Return", False), ("Return", False), ("Return", True), ("Return", True), ("Return", True)):
        press(pane.finder.field, key, shift)
        visited.append(pane.view.current)
    assert visited == [50, 150, 250, 150, 50, 950]
    assert len(pane.view.marks.found) == 10
    pane.finder.case.click()
    wait_for(lambda: pane.finder.count.text() == "none")
    assert not pane.finder.down.isEnabled()
    pane.finder.field.clear()
    wait_for(lambda: pane.finder.count.text() == "" and pane.view.sought is None)


def test_what_is_chosen_is_copied(pane: Any, submit: Any, wait_for: Wait, qt: Any) -> None:
    pane.show_item(submit(300), 0)
    wait_for(lambda: complete(pane))
    core, test = import_module("PySide6.QtCore"), import_module("PySide6.QtTest").QTest
    press(pane.view, "Home")
    wait_for(lambda: complete(pane))
    view, letter, height = pane.view, pane.view._letter(), pane.view._line_height()
    begin = core.QPoint(round(view._gutter() + 5 * letter), round(height * 1.5))
    end = core.QPoint(round(view._gutter() + 6 * letter), round(height * 2.5))
    button, none = core.Qt.MouseButton.LeftButton, core.Qt.KeyboardModifier.NoModifier
    test.mousePress(view.viewport(), button, none, begin)
    test.mouseMove(view.viewport(), end)
    view.head = view.place_at(end)  # Without a screen no button is held down.
    test.mouseRelease(view.viewport(), button, none, end)
    pane.copy()
    wait_for(lambda: qt.clipboard().text() == "1 of the log\nline 2")
    press(view, "A")
    view.choose_all()
    pane.copy()
    wait_for(lambda: qt.clipboard().text().count("\n") == 299)
    assert pane.line.text() == "300 lines copied."


def test_logs_of_former_attempts_are_there(pane: Any, broker: Path, wait_for: Wait, tmp_path: Path) -> None:
    with farmfutures.Executor(cpus=1) as executor, farmfutures.Farm() as farm:
        future = executor.submit_ext(second_time, [str(tmp_path / "tried")], retries=1)
        assert future.result(20) is None
        pane.show_item(farm.job(future.job_id), 0)
        wait_for(lambda: complete(pane) and pane.attempts.isVisible())
        assert in_view(pane) == ["trying", "it went well"]
        assert [pane.attempts.itemText(row) for row in range(pane.attempts.count())] == ["last attempt", "attempt 1"]
        pane.attempts.setCurrentIndex(1)
        wait_for(lambda: complete(pane) and in_view(pane)[-1] == "OSError: not yet")
        assert pane.view.lines[pane.view.current] == "Traceback (most recent call last):"
        pane.attempts.setCurrentIndex(0)
        wait_for(lambda: complete(pane) and in_view(pane)[-1] == "it went well")


def test_it_is_saved_as_it_is(pane: Any, submit: Any, wait_for: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = import_module("PySide6.QtWidgets").QFileDialog
    monkeypatch.setattr(dialog, "getSaveFileName", lambda *_: (str(tmp_path / "kept.log"), ""))
    pane.show_item(submit(300), 0)
    wait_for(lambda: complete(pane))
    pane.save()
    wait_for(lambda: pane.line.text() == f"Saved as {tmp_path / 'kept.log'}.")
    assert (tmp_path / "kept.log").read_text().splitlines()[299].startswith("line 299")


def test_it_is_opened_where_logs_are_opened(
    pane: Any, submit: Any, wait_for: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    opened: list[Any] = []
    services = import_module("PySide6.QtGui").QDesktopServices
    monkeypatch.setattr(services, "openUrl", opened.append)
    pane.show_item(submit(3), 0)
    wait_for(lambda: complete(pane))
    pane.open_in_editor()
    assert [url.toLocalFile() for url in opened] == [pane.known.path]


def test_silence_and_no_choice_are_said(pane: Any, submit: Any, wait_for: Wait) -> None:
    pane.show_item(None, -1)
    assert pane.line.text() == "Choose an item to read its log."
    pane.show_item(submit(0), 0)
    wait_for(lambda: pane.line.text() == "chatter is complete and has printed nothing.")


def test_a_log_of_two_hundred_megabytes_never_holds_the_interface(window: Any, qt: Any, tmp_path: Path, submit: Any) -> None:
    """Each event of the interface, with reading and searching going on on the feed's threads."""
    path = tmp_path / "large.log"
    block = b"".join(b"00:%02d  812MB | [mtoa] sample %d is done\n" % (n % 60, n) for n in range(20_000))
    with path.open("wb") as file:
        while file.tell() < 200 * 1024 * 1024:
            file.write(block)
        file.write(b"# Error: the end\n")

    class Farm:
        def item(self, job: int, work: int) -> farmfutures.ItemInfo:
            done = farmfutures.State.FAILED
            return farmfutures.ItemInfo(job, work, "large", done, 1, 1, 1, 1.0, 2.0, log_path=str(path))

    feed = import_module("PySide6.QtCore").QObject()
    asked: list[Any] = []
    feed.ask = lambda key, function, then, failed=None: asked.append((function, then))
    feed.forget = lambda key: None
    pane = import_module("farmfutures_maya.panel.log.pane").LogPane(feed)
    pane.resize(900, 600)
    pane.show()
    longest = 0.0

    def ui(act: Callable[[], object]) -> None:
        nonlocal longest
        begin = time.thread_time()
        act()
        qt.processEvents()
        longest = max(longest, time.thread_time() - begin)

    def answer() -> None:
        while asked:
            function, then = asked.pop(0)
            value = function(Farm())  # On a thread of the feed.
            ui(partial(then, value))

    ui(lambda: pane.show_item(submit(1), 0))
    answer()
    assert pane.view.current == pane.known.lines - 1
    for place in range(0, pane.known.lines, pane.known.lines // 20):
        ui(partial(pane.view.marks.setValue, place))
        answer()
    ui(lambda: pane.finder.field.setText("sample 777"))
    ui(pane.finder._change)
    answer()
    assert pane.finder.count.text().startswith("1 of ")
    assert len(pane.view.lines) < 6000
    assert longest < 0.05, longest  # 16 ms on a machine with nothing else to do.
    import_module("shiboken6").delete(pane)
