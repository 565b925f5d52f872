"""Futures without a condition each behave as those of the standard library."""

from __future__ import annotations

import concurrent.futures
import os
import sys
import threading
from typing import Any

import pytest

from farmfutures import Future
from farmfutures.latch import Latch


@pytest.mark.parametrize("latch", [Latch, threading.Condition])
def test_waiting_and_being_notified(latch: Any) -> None:
    one, waiting, seen = latch(), threading.Event(), []

    def wait() -> None:
        with one:
            waiting.set()
            seen.append(one.wait(20))

    threads = [threading.Thread(target=wait) for _ in range(2)]
    for thread in threads:
        thread.start()
    waiting.wait(20)
    while len(seen) < 2:
        with one:
            one.notify()
            one.notify_all()
    for thread in threads:
        thread.join()
    assert seen == [True, True]
    with one:
        assert not one.wait(0.001)


def test_the_lock_is_free_while_somebody_waits_and_can_be_taken_twice() -> None:
    one, another = Latch(), Latch()
    with one, another:
        assert one.acquire(timeout=1)
        one.release()
        assert not another.wait(0.001)


def test_as_many_waits_as_the_standard_library_has() -> None:
    futures = [Future(str(n)) for n in range(4)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        results = [pool.submit(concurrent.futures.Future.result, future, 20) for future in futures]
        first = pool.submit(concurrent.futures.wait, futures, 20, concurrent.futures.FIRST_COMPLETED)
        every = pool.submit(lambda: [future.result() for future in concurrent.futures.as_completed(futures, 20)])
        for n, future in enumerate(futures):
            future.set_result(n)
        assert [result.result(20) for result in results] == [0, 1, 2, 3]
        assert first.result(20).done
        assert sorted(every.result(20)) == [0, 1, 2, 3]


def test_a_wait_that_takes_too_long() -> None:
    future = Future("slow")
    with pytest.raises(TimeoutError):
        concurrent.futures.Future.result(future, 0.001)


def test_attributes_are_those_of_the_standard_library() -> None:
    assert vars(concurrent.futures.Future()).keys() <= vars(Future("x")).keys()


@pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="no fork, or none that is safe")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_child_of_fork_does_not_inherit_who_holds_the_lock() -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with Latch():
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    child = os.fork()
    if child == 0:
        os._exit(0 if Latch().acquire(timeout=5) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    done.set()
    thread.join()
