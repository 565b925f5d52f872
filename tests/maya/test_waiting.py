"""Waiting on the main thread of an interactive Maya: it stays alive, and Esc ends it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
import farmfutures.maya
from farmfutures.errors import NotSubmittedError, WaitCancelledError
from farmfutures.maya import Future
from farmfutures_maya.waiting import FEW, tell

SOON_S = 0.05


def submitted(count: int = 1) -> list[Future]:
    """Futures of job 7, as the engine binds them."""
    futures = [Future(str(number)) for number in range(count)]
    for number, future in enumerate(futures):
        future._ids = (7, number)
    return futures


@contextmanager
def later(function: Callable[[], object], seconds: float = SOON_S) -> Iterator[None]:
    """Calls on a thread after a while, in which the block waits."""
    timer = threading.Timer(seconds, function)
    timer.start()
    try:
        yield
    finally:
        timer.join()


def resolve(futures: list[Future], value: object) -> None:
    for future in futures:
        future.set_result(value)


def dialogs(qt: Any) -> list[Any]:
    return [widget for widget in qt.topLevelWidgets() if widget.objectName() == "FarmFuturesWait" and widget.isVisible()]


def press_escape_when_asked(qt: Any, said: list[str]) -> Any:
    """Presses Esc in the dialog as soon as there is one; keep what this returns."""
    core, test = import_module("PySide6.QtCore"), import_module("PySide6.QtTest")
    timer = core.QTimer(interval=10)

    def press() -> None:
        for dialog in dialogs(qt):
            said.append(dialog._label.text())
            timer.stop()
            test.QTest.keyClick(dialog, core.Qt.Key.Key_Escape)

    timer.timeout.connect(press)
    timer.start()
    return timer


WAYS: dict[str, Callable[[list[Future]], object]] = {
    "result": lambda futures: futures[0].result(5),
    "exception": lambda futures: futures[0].exception(5),
    "concurrent.futures.wait": lambda futures: concurrent.futures.wait(futures, 5),
    "concurrent.futures.as_completed": lambda futures: list(concurrent.futures.as_completed(futures, 5)),
    "farmfutures.as_completed": lambda futures: list(farmfutures.as_completed(futures, 5)),
    "farmfutures.maya.wait": lambda futures: farmfutures.maya.wait(futures, 5),
}


@pytest.mark.parametrize("way", WAYS)
def test_waiting_keeps_the_interface_alive_and_threads_reach_the_main_thread(window: Any, way: str) -> None:
    """A callback thread that needs the main thread before it can resolve the future: plain blocking is a deadlock."""
    utils = import_module("maya.utils")
    (future,) = submitted()
    beats: list[int] = []
    timer = import_module("PySide6.QtCore").QTimer(interval=5)
    timer.timeout.connect(lambda: beats.append(1))
    timer.start()
    with later(lambda: future.set_result(utils.executeInMainThreadWithResult(threading.get_ident))):
        WAYS[way]([future])
    timer.stop()
    assert future.result() == threading.get_ident()
    assert beats


@pytest.mark.parametrize("way", WAYS)
def test_escape_stops_the_wait_and_nothing_else(window: Any, qt: Any, way: str) -> None:
    futures = submitted(2)
    said: list[str] = []
    timer = press_escape_when_asked(qt, said)
    with pytest.raises(WaitCancelledError, match="goes on"):
        WAYS[way](futures)
    timer.stop()
    assert said
    assert not any(future.done() for future in futures)
    assert dialogs(qt) == []
    futures[0].set_result(3)
    assert futures[0].result() == 3


@pytest.mark.parametrize("way", ["result", "farmfutures.maya.wait"])
def test_a_time_limit_is_kept(window: Any, way: str) -> None:
    (future,) = submitted()
    begin = time.monotonic()
    if way == "result":
        with pytest.raises(TimeoutError):
            future.result(SOON_S)
    else:
        done, missing = farmfutures.maya.wait([future], SOON_S)
        assert (done, missing) == (set(), {future})
    assert SOON_S <= time.monotonic() - begin < 2
    assert list(future._waiters) == []


@pytest.mark.parametrize(
    ("return_when", "end", "over"),
    [
        ("FIRST_COMPLETED", lambda a, b: a.set_result(1), 1),
        ("FIRST_EXCEPTION", lambda a, b: a.set_exception(ValueError()), 1),
        ("FIRST_EXCEPTION", lambda a, b: (a.set_result(1), b.set_result(2)), 2),
        ("ALL_COMPLETED", lambda a, b: (a.set_result(1), b.set_exception(ValueError())), 2),
        ("ALL_COMPLETED", lambda a, b: (a._cancelled(), b.set_result(1)), 2),
    ],
)
def test_what_is_enough_is_as_in_the_standard_library(window: Any, return_when: str, end: Any, over: int) -> None:
    a, b = submitted(2)
    with later(lambda: end(a, b)):
        done, missing = farmfutures.maya.wait([a, b, a], 5, return_when)
    assert (len(done), len(missing)) == (over, 2 - over)


def test_futures_of_other_executors_may_be_among_them(window: Any) -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        other = pool.submit(time.sleep, SOON_S)
        (ours,) = submitted()
        with later(lambda: ours.set_result(1)):
            assert farmfutures.maya.wait([ours, other], 5).not_done == set()


def test_what_was_not_submitted_is_not_waited_for(window: Any) -> None:
    with pytest.raises(NotSubmittedError):
        farmfutures.maya.wait([Future("never")])
    assert farmfutures.maya.wait([]) == (set(), set())


def test_cancelling_the_dialog_can_cancel_what_does_not_run(window: Any, qt: Any) -> None:
    class Owner:
        cancelled: list[Future] = []

        def _cancel(self, futures: list[Future]) -> None:
            self.cancelled += futures

    futures = submitted(3)
    owner: Any = Owner()
    for future in futures:
        future._owner = owner
    timer = press_escape_when_asked(qt, [])
    with pytest.raises(WaitCancelledError):
        farmfutures.maya.wait(futures, 5, cancel_futures=True)
    timer.stop()
    assert owner.cancelled == futures


def test_the_dialog_says_what_is_waited_for() -> None:
    one, two = submitted(2)
    assert tell([one]).text == "Waiting for job 7, work item 0"
    one._progress([1, 4, "half way"])
    assert tell([one]) == ("Waiting for job 7, work item 0: half way", 0.25, 1)
    two.set_result(1)
    assert tell([one, two], "Heights") == ("Heights: 1 of 2 done", 1.25, 2)


def test_of_many_futures_only_those_that_are_over_are_counted(window: Any, qt: Any) -> None:
    """U1: to look at each of them would hold Maya for too long."""
    futures = submitted(FEW + 1)
    futures[0].set_result(1)
    futures[1]._progress([1, 2])
    said: list[str] = []
    timer = press_escape_when_asked(qt, said)
    with pytest.raises(WaitCancelledError):
        farmfutures.maya.wait(futures, 5, title="Many")
    timer.stop()
    assert said == ["Many: 1 of 1,001 done"]


def test_a_long_text_is_shortened_to_the_dialog(window: Any, qt: Any) -> None:
    (future,) = submitted()
    future._progress([1, 2, "a very long message " * 20])
    said: list[str] = []
    timer = press_escape_when_asked(qt, said)
    with pytest.raises(WaitCancelledError):
        future.result(5)
    timer.stop()
    assert "\N{HORIZONTAL ELLIPSIS}" in said[0]


def test_a_wait_in_the_idle_time_of_a_wait(window: Any) -> None:
    """The inner one ends first, as loops in loops do, though the outer one's future was done before."""
    inner, outer = submitted(2)
    inside, seen = threading.Event(), list[int]()

    def wait_inside() -> None:
        inside.set()
        seen.append(inner.result(5))

    def resolve() -> None:
        assert inside.wait(5)
        outer.set_result(2)
        inner.set_result(1)

    import_module("maya.utils").executeDeferred(wait_inside)
    with later(resolve):
        assert outer.result(5) == 2
    assert seen == [1]


def test_results_one_after_the_other_share_a_dialog(window: Any, qt: Any, monkeypatch: pytest.MonkeyPatch, idle: Any) -> None:
    """It would flicker, if each result had its own; and it is gone once the script is over."""
    vigil = import_module("farmfutures_maya.vigil")
    monkeypatch.setattr(vigil, "SHOW_AFTER_S", 0)
    seen: set[int] = set()
    plain = vigil.WaitDialog.begin

    def begin(self: Any, on_stop: Any) -> None:
        seen.add(id(self))
        plain(self, on_stop)

    monkeypatch.setattr(vigil.WaitDialog, "begin", begin)
    futures = submitted(4)

    def resolve() -> None:
        for future in futures:
            time.sleep(SOON_S)
            future.set_result(1)

    with later(resolve):
        assert len(list(farmfutures.as_completed(futures, 5))) == 4
    assert len(seen) == 1
    while dialogs(qt):
        idle()


def test_asyncio_on_the_main_thread(window: Any) -> None:
    """Its callbacks don't go through Maya's idle time, which does not come while the loop runs."""
    (future,) = submitted()

    async def ask() -> Any:
        return await asyncio.wait_for(asyncio.wrap_future(future), 5)

    with later(lambda: future.set_result(4)):
        assert asyncio.run(ask()) == 4


@pytest.mark.parametrize("where", ["mayapy", "a thread of an interactive Maya"])
def test_where_there_is_nothing_to_freeze_blocking_is_plain(maya: Any, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("no event loop here")

    monkeypatch.setattr("farmfutures_maya.waiting._keep_alive", refuse)
    maya.world.batch = where == "mayapy"
    futures = submitted(2)

    def ask() -> list[Any]:
        return [futures[0].result(5), farmfutures.maya.wait(futures, 5).not_done, len(list(farmfutures.as_completed(futures)))]

    with later(lambda: resolve(futures, 5)), concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert (ask() if where == "mayapy" else pool.submit(ask).result()) == [5, set(), 2]


def test_a_job_in_a_real_interpreter(window: Any, state: Path, stand_in: Path) -> None:
    """The README's way, on the main thread: submit, as_completed, map, shutdown."""
    with farmfutures.maya.Executor(interpreter=[str(stand_in)], cpus=1) as executor:
        with executor.batch("Squares") as batch:
            futures = [batch.submit(pow, number, 2) for number in range(4)]
        assert sorted(future.result() for future in farmfutures.as_completed(futures, 20)) == [0, 1, 4, 9]
        assert list(executor.map(pow, [2, 3], [2, 2], timeout=20)) == [4, 9]
        assert all(isinstance(future, Future) for future in [*futures, *executor.attach(futures[0].job_id)])
