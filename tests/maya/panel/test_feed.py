"""The feed: the farm is looked at and asked on other threads, and whatever happens there is said here."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

import farmfutures

UI_S = 0.016
"""What an event of the interface may take: a frame at 60 Hz."""

Wait = Callable[..., None]


def test_the_feed_brings_the_newest_jobs(feed: Any, wait_for: Wait) -> None:
    with farmfutures.Executor(cpus=1) as executor:
        jobs = [executor.submit(abs, -1).job_id for _ in range(6)]
    feed.start()
    feed.start()  # It looks already.
    wait_for(lambda: bool(feed.looks))
    assert [job.id for job in feed.looks[0].jobs] == jobs[:0:-1]
    assert (feed.now.kind, feed.looks[0].engine) == ("fine", "local")


def test_a_job_that_did_not_change_is_the_same_object(feed: Any, wait_for: Wait) -> None:
    with farmfutures.Executor(cpus=1) as executor:
        executor.submit(abs, -1).result()
    feed.start()
    wait_for(lambda: bool(feed.looks) and feed.looks[-1].jobs[0].state.done)
    count = len(feed.looks)
    feed.look_soon()
    wait_for(lambda: len(feed.looks) > count)
    assert feed.looks[-1].jobs[0] is feed.looks[-2].jobs[0]


def test_more_jobs_than_a_page_are_all_seen_once(feed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = import_module("farmfutures_maya.panel.watch")
    monkeypatch.setattr(watch, "PAGE", 2)
    with farmfutures.Executor(cpus=1) as executor:
        jobs = [executor.submit(abs, -1).job_id for _ in range(5)]
    with farmfutures.Farm() as farm:
        for limit in (3, 4, 5, 9):
            seen = watch.Watch(limit, lambda seen: True).look(farm, start=True)
            assert [job.id for job in seen.jobs] == jobs[::-1][:limit]


def test_u1_a_farm_that_does_not_answer_holds_nobody(feed: Any, wait_for: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def jobs(self: object, *_: int) -> list[farmfutures.JobInfo]:
        asked.set()
        answer.wait(10)
        return []

    monkeypatch.setattr(farmfutures.Farm, "jobs", jobs)
    begin = time.perf_counter(), time.thread_time()
    feed.start()
    feed.ask("jobs", lambda farm: farm.jobs(1), lambda jobs: None)
    feed.act(lambda farm: farm.jobs(1))
    feed.stop()
    feed.start()
    took, worked = time.perf_counter() - begin[0], time.thread_time() - begin[1]
    assert asked.wait(10)
    answer.set()
    wait_for(lambda: bool(feed.looks))
    assert worked < UI_S
    assert took < 2  # The machine may have more to do; the farm's answer takes longer than that.


def test_a_slow_farm_is_said_and_forgiven(feed: Any, wait_for: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("farmfutures_maya.panel.feed"), "SLOW_S", 0.05)
    feed.start()
    wait_for(lambda: feed.now.kind == "fine")
    known, answer = feed.now.known_s, threading.Event()
    jobs = farmfutures.Farm.jobs
    monkeypatch.setattr(farmfutures.Farm, "jobs", lambda self, *args: (answer.wait(10), jobs(self, *args))[1])
    feed.look_soon()
    wait_for(lambda: feed.now.kind == "slow")
    assert feed.now.sentence == "The farm has not answered for 0 s."
    assert feed.now.known_s == known
    answer.set()
    wait_for(lambda: feed.now.kind == "fine")
    assert feed.now.known_s > known


def test_a_broker_that_was_stopped_is_not_started_by_looking(feed: Any) -> None:
    watch = import_module("farmfutures_maya.panel.watch").Watch(5, lambda seen: True)
    with farmfutures.Farm() as farm:
        assert watch.look(farm, start=False).jobs == ()
        farm.stop_broker()
        seen = watch.look(farm, start=False)
        assert (seen.jobs, farm.broker_status()) == (None, None)
        assert "has stopped" in seen.trouble
        assert watch.look(farm, start=True).jobs == ()
        assert farm.broker_status() is not None


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="nothing here kills a process as hard")
def test_a_broker_that_was_killed_with_work_left_is_started_again(feed: Any, wait_for: Wait) -> None:
    with farmfutures.Farm() as farm, farmfutures.Executor(cpus=1) as executor:
        job = executor.submit(time.sleep, 60).job_id
        feed.start()
        wait_for(lambda: bool(feed.looks) and feed.looks[-1].jobs[0].id == job)
        before = (farm.broker_status() or {})["pid"]
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: not farm._is_up())
        count = len(feed.looks)
        feed.look_soon()
        wait_for(lambda: len(feed.looks) > count and feed.looks[-1].jobs is not None)
        assert (farm.broker_status() or {})["pid"] != before
        farm.kill(job)


def test_what_goes_wrong_is_said(feed: Any, wait_for: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object, *_: int) -> list[farmfutures.JobInfo]:
        raise farmfutures.errors.EngineUnavailableError("the broker could not be started in /x.")

    monkeypatch.setattr(farmfutures.Farm, "jobs", refuse)
    feed.start()
    wait_for(lambda: bool(feed.looks))
    assert (feed.looks[0].jobs, feed.looks[0].trouble) == (None, "the broker could not be started in /x.")
    assert (feed.said[-1].kind, feed.said[-1].sentence) == ("down", "the broker could not be started in /x.")


def test_answers_come_on_the_thread_that_the_feed_belongs_to(feed: Any, wait_for: Wait) -> None:
    got: list[Any] = []
    here = threading.get_ident()
    feed.ask(
        "where", lambda farm: (threading.get_ident(), len(farm.jobs())), lambda value: got.append((value, threading.get_ident()))
    )
    wait_for(lambda: bool(got))
    ((there, jobs), back) = got[0]
    assert (there != here, back, jobs) == (True, here, 0)


def test_of_questions_with_one_key_the_newest_is_answered_and_every_deed(feed: Any, wait_for: Wait) -> None:
    begun, go = threading.Event(), threading.Event()
    got: list[Any] = []

    def first(farm: object) -> str:
        begun.set()
        go.wait(10)
        return "old"

    feed.ask("key", first, got.append)
    assert begun.wait(10)
    for number in range(5):
        feed.ask("key", lambda farm, number=number: number, got.append)
        feed.act(lambda farm, number=number: f"deed {number}", got.append)
    feed.ask("forgotten", lambda farm: "forgotten", got.append)
    feed.forget("forgotten")
    wait_for(lambda: "deed 4" in got)
    go.set()
    wait_for(lambda: 4 in got)
    assert got == [*(f"deed {number}" for number in range(5)), 4] or got == [4, *(f"deed {number}" for number in range(5))]


def test_what_a_question_raises_comes_back(feed: Any, wait_for: Wait) -> None:
    got: list[Any] = []
    feed.refused.connect(lambda key, error: got.append((key, str(error))))
    feed.ask("one", lambda farm: 1 / 0, got.append, lambda error: got.append(type(error)))
    wait_for(lambda: got == [ZeroDivisionError])
    feed.ask("other", lambda farm: farm.job(77), got.append)
    wait_for(lambda: len(got) == 2)
    assert got[1] == ("other", "there is no job 77. 'farmfutures jobs' lists what there is.")


def test_a_widget_that_is_gone_gets_no_answer(feed: Any, qt: Any, widgets: Any, wait_for: Wait) -> None:
    go, got = threading.Event(), list[Any]()
    label = widgets.QLabel()
    feed.ask("text", lambda farm: str(go.wait(10)), label.setText)
    import_module("shiboken6").delete(label)
    go.set()
    feed.ask("after", lambda farm: True, got.append)
    wait_for(lambda: bool(got) and not feed._asks.pending)
    qt.processEvents()


def test_deeds_are_done_even_when_the_panel_is_closed(feed: Any) -> None:
    done = threading.Event()
    feed.act(lambda farm: done.set())
    feed.close()
    assert done.wait(10)


def test_it_holds_still_while_maya_is_busy_and_counts_what_it_costs(feed: Any, wait_for: Wait) -> None:
    why = ["Maya is playing back."]
    feed._still = lambda: why[0]
    feed.start()
    wait_for(lambda: feed.now.kind == "held")
    wait_for(lambda: bool(feed.looks))  # The one that had begun.
    count = len(feed.looks)
    feed.look_soon()
    wait_for(lambda: feed._watch._wanted.is_set() is False)  # It would look now.
    assert (len(feed.looks), feed.now.sentence) == (count, "Maya is playing back.")
    why[0] = ""
    wait_for(lambda: len(feed.looks) > count and feed.now.kind == "fine")
    assert feed.cost.held_s > 0
    assert feed.cost.looks == len(feed.looks)
    assert 0 < feed.cost.longest_s <= feed.cost.main_s
