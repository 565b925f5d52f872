"""Callbacks of futures reach Maya's main thread: when it is idle, in batches, in order, inside nothing else."""

from __future__ import annotations

import logging
import threading
import time
from importlib import import_module
from typing import Any

import pytest

from farmfutures.maya import Future
from farmfutures_maya import main_thread
from farmfutures_maya.checks import Subject, check
from farmfutures_maya.main_thread import SLICE_S


def settle(futures: list[Future]) -> None:
    """Resolves futures as the listening thread does."""

    def resolve() -> None:
        for number, future in enumerate(futures):
            future.set_result(number)

    thread = threading.Thread(target=resolve)
    thread.start()
    thread.join()


def count_idle_calls(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    utils = import_module("maya.utils")
    asked: list[object] = []
    plain = utils.executeDeferred

    def noted(function: Any, *args: Any) -> None:
        asked.append(function)
        plain(function, *args)

    monkeypatch.setattr(utils, "executeDeferred", noted)
    return asked


def test_callbacks_come_on_the_main_thread_in_one_batch(window: Any, idle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = count_idle_calls(monkeypatch)
    monkeypatch.setattr(main_thread, "SLICE_S", 10)
    futures = [Future() for _ in range(500)]
    seen: list[tuple[int, int]] = []
    for future in futures:
        future.add_done_callback(lambda done: seen.append((done.result(), threading.get_ident())))
    settle(futures)
    assert seen == []  # Nobody was called on the thread that resolved them.
    idle()
    assert seen == [(number, threading.get_ident()) for number in range(500)]
    assert len(asked) == 1


def test_a_future_that_is_done_calls_back_when_maya_is_idle_too(window: Any, idle: Any) -> None:
    future = Future()
    settle([future])
    seen: list[Future] = []
    future.add_done_callback(seen.append)
    assert seen == []
    idle()
    assert seen == [future]


def test_long_callbacks_leave_the_interface_its_turn(window: Any, idle: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """U1: a call is never cut in two, and after a slice of time Maya is asked again."""
    asked = count_idle_calls(monkeypatch)
    futures = [Future() for _ in range(4)]
    for future in futures:
        future.add_done_callback(lambda _: time.sleep(2 * SLICE_S))
    settle(futures)
    idle()
    assert len(asked) == 4  # Each of them is a slice of its own.


def test_no_callback_runs_inside_a_command_that_waits(window: Any, idle: Any) -> None:
    first, second = Future(), Future()
    first._ids, second._ids = (1, 0), (1, 1)
    seen: list[str] = []
    first.add_done_callback(lambda _: seen.append("called"))
    timers = [threading.Timer(0.02, first.set_result, [1]), threading.Timer(0.1, second.set_result, [2])]
    for timer in timers:
        timer.start()
    assert second.result(5) == 2
    assert first.done()
    assert seen == []
    idle()
    assert seen == ["called"]
    for timer in timers:
        timer.join()


def test_a_callback_that_opens_an_event_loop_is_not_joined_by_others(window: Any, qt: Any, idle: Any) -> None:
    seen: list[str] = []

    def first() -> None:
        seen.append("begin")
        qt.processEvents()
        seen.append("end")

    main_thread.mailbox.post(first)
    main_thread.mailbox.post(seen.append, "second")
    idle()
    assert seen == ["begin", "end", "second"]


def test_a_callback_that_fails_is_logged_and_the_others_come(window: Any, idle: Any, caplog: pytest.LogCaptureFixture) -> None:
    futures = [Future(), Future()]
    seen: list[Future] = []
    futures[0].add_done_callback(lambda done: 1 / 0)
    futures[1].add_done_callback(seen.append)
    with caplog.at_level(logging.ERROR, "concurrent.futures"):
        settle(futures)
        idle()
    assert seen == [futures[1]]
    assert "ZeroDivisionError" in caplog.text


def test_in_mayapy_callbacks_are_those_of_the_standard_library(maya: Any) -> None:
    """There is no idle time that would ever come."""
    future = Future()
    seen: list[str] = []
    future.add_done_callback(lambda _: seen.append(threading.current_thread().name))
    thread = threading.Thread(target=future.set_result, args=[1], name="listener")
    thread.start()
    thread.join()
    assert seen == ["listener"]


@pytest.mark.parametrize(("batch", "interactive"), [(True, False), (False, True)])
def test_what_is_interactive(maya: Any, batch: bool, interactive: bool) -> None:
    maya.world.batch = batch
    seen: list[bool] = []
    thread = threading.Thread(target=lambda: seen.extend([main_thread.is_interactive(), main_thread.holds_interface()]))
    thread.start()
    thread.join()
    assert seen == [interactive, False]
    assert main_thread.holds_interface() == interactive


def test_without_maya_nothing_is_interactive(no_maya: None) -> None:
    assert not main_thread.is_interactive()


def test_no_callback_runs_inside_a_check_that_draws(maya: Any, window: Any, idle: Any) -> None:
    seen: list[str] = []
    drawn: list[int] = []

    def progress(done: int, total: int, text: str) -> None:
        drawn.append(done)
        main_thread.mailbox.post(seen.append, text)

    check(Subject(""), progress)
    assert drawn
    assert seen == []
    idle()
    assert len(seen) == len(drawn)
