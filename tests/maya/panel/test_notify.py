"""What has happened to jobs is told: once, to whom it concerns, in Maya's view, by the system and on the shelf."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import JobInfo, State
from farmfutures_maya.panel.news import STUCK_S, Kind, News, Sum, sum_of

Waits = Callable[..., None]

C, F, R, P = State.COMPLETE, State.FAILED, State.RUNNING, State.PENDING


def job(number: int = 1, state: State = R, user: str = "mara", **counts: int) -> JobInfo:
    by_state = {State(name): count for name, count in counts.items()}
    total = sum(by_state.values())
    return JobInfo(number, f"shot {number}", user, state, 50, 2, total, by_state, 1000.0, 1000.0, None, "local")


def told(*looks: tuple[float, list[JobInfo]]) -> list[list[tuple[str, str]]]:
    news = News("mara")
    return [[(str(item.kind), item.text) for item in news.take(jobs, at)] for at, jobs in looks]


CASES: list[tuple[list[tuple[float, list[JobInfo]]], list[list[tuple[str, str]]]]] = [
    (
        [(0, [job(running=2, pending=8)]), (1, [job(complete=1, running=1, pending=8)]), (2, [job(complete=2, pending=8)]),
         (3, [job(state=C, complete=10)]), (4, [job(state=C, complete=10)])],
        [[], [("first", "shot 1: the first of 10 items is done.")], [], [("finished", "shot 1 is finished: 10 items.")], []],
    ),
    (
        [(0, [job(running=3)]), (1, [job(failed=1, running=2)]), (2, [job(failed=2, running=1)]), (3, [job(state=F, failed=3)])],
        [[], [("failing", "shot 1: the first item failed, 1 of 3 are done.")], [], [("failed", "shot 1 failed: 3 of 3 items.")]],
    ),
    ([(0, [job(state=C, complete=3), job(2, F, failed=1)]), (1, [job(state=C, complete=3)])], [[], []]),
    ([(0, [job(user="bo", running=1)]), (1, [job(user="bo", state=C, complete=1)])], [[], []]),
    ([(0, [job(running=1)]), (1, [job(state=State.KILLED, killed=1)])], [[], []]),
    ([(0, [job(running=1)]), (1, [job(state=C, complete=1)])], [[], [("finished", "shot 1 is finished: 1 item.")]]),
    (
        [(0, [job(running=2)]), (STUCK_S - 1, [job(running=2)]), (STUCK_S + 61, [job(running=2)]),
         (STUCK_S + 99, [job(running=2)]), (STUCK_S + 100, [job(complete=1, running=1)]),
         (3 * STUCK_S, [job(complete=1, running=1)])],
        [[], [], [("stuck", "shot 1 has brought nothing for 16 minutes; its log may say why.")], [],
         [("first", "shot 1: the first of 2 items is done.")],
         [("stuck", "shot 1 has brought nothing for 28 minutes; its log may say why.")]],
    ),
    (
        [(0, [job(n, running=2) for n in range(1, 6)]),
         (1, [*(job(n, C, complete=2) for n in range(1, 5)), job(5, F, failed=2)])],
        [[], [("failed", "1 job failed, 4 jobs finished.")]],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("looks", "said"), CASES)
def test_news(looks: list[tuple[float, list[JobInfo]]], said: list[list[tuple[str, str]]]) -> None:
    assert told(*looks) == said


def test_items_that_take_an_hour_are_not_stuck_after_a_quarter() -> None:
    slow = dataclasses.replace(job(complete=1, running=1), started_s=0.0)
    news = News("mara")
    news.take([dataclasses.replace(slow, counts={R: 2})], 10.0)
    assert news.take([slow], 3600.0)[0].kind == Kind.FIRST
    assert news.take([slow], 3600.0 + 4 * 3600) == []
    assert [item.kind for item in news.take([slow], 3600.0 + 6 * 3600)] == [Kind.STUCK]


def test_what_is_paused_is_not_stuck() -> None:
    paused = dataclasses.replace(job(running=1), paused=True)
    assert told((0, [paused]), (STUCK_S * 9, [paused])) == [[], []]


@pytest.mark.parametrize(
    ("jobs", "words", "short"),
    [
        ([], "", ""),
        ([job(complete=62, running=38)], "1 job, 62 %", "62%"),
        ([job(complete=3, pending=1), job(2, complete=1, pending=3), job(3, C, complete=9)], "2 jobs, 50 %", "2: 50%"),
        ([job(user="bo", running=1)], "", ""),
    ],
)
def test_the_sum_of_all(jobs: list[JobInfo], words: str, short: str) -> None:
    found = sum_of(jobs, "mara")
    assert (found.words, found.short) == (words, short)


@pytest.fixture
def shelf(maya: Any, window: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Our shelf, opened."""
    monkeypatch.setenv("MAYA_SHELF_PATH", str(Path(__file__).resolve().parents[3] / "shelves"))
    window.load_shelves()
    return {button.property("label"): button for button in window.buttons["FarmFutures"].values()}["Farm Panel"]


@pytest.fixture
def herald(broker: Path, window: Any) -> Iterator[Any]:
    module = import_module("farmfutures_maya.panel.notify")
    made = module.Herald()
    yield made
    made.close(wait_s=10)
    import_module("shiboken6").delete(made)


def in_view(maya: Any) -> list[str]:
    return list(maya.world.interface.get("inViewMessage", {"said": []})["said"])


def test_a_job_of_this_session_is_told_in_the_view_and_on_the_shelf(
    maya: Any, shelf: Any, herald: Any, wait_for: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    overlays: list[str] = []
    ui = import_module("farmfutures_maya._cmds_ui")
    real = ui.label_shelf_button

    def labelled(*given: str) -> None:
        overlays.append(given[2])
        real(*given)

    monkeypatch.setattr(ui, "label_shelf_button", labelled)
    gate = maya.world.root + "/gate"
    executor = farmfutures.Executor(cpus=1)
    with executor.batch("Told") as batch:
        batch.submit(abs, -1)
        batch.submit("subprocess:run", ["sh", "-c", f"until test -e {gate}; do sleep 0.02; done"])
    herald.wake()
    wait_for(lambda: shelf.property("imageOverlayLabel") == "50%")
    assert shelf.toolTip().startswith("1 job, 50 %\nSee and steer")
    Path(gate).touch()
    wait_for(lambda: any("Told is finished: 2 items." in text for text in in_view(maya)))
    wait_for(lambda: shelf.property("imageOverlayLabel") == "")
    assert shelf.toolTip() == "See and steer what is on the farm, and hand work to it"
    assert overlays[-1] == ""
    executor.shutdown()


def test_it_looks_only_while_there_is_something_to_tell(herald: Any, wait_for: Waits) -> None:
    herald.feed.look_soon()
    herald.wake()
    for _ in range(4):
        herald._take(import_module("farmfutures_maya.panel.watch").Seen(1.0, ()))
    assert herald.feed._watch is None
    herald.wake()
    assert herald.feed._watch is not None


def test_n15_nobody_is_told_while_maya_plays_back(
    maya: Any, herald: Any, wait_for: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    polite = import_module("farmfutures_maya.panel.polite")
    playing = [True]
    herald.feed._still = lambda: "Maya is playing back." if playing[0] else polite.still()
    herald.wake()
    wait_for(lambda: herald.feed.now.kind == "held")
    with farmfutures.Executor(cpus=1) as executor:
        executor.submit_ext(abs, [-1], name="Quiet").result(20)
    assert in_view(maya) == []
    playing[0] = False
    wait_for(lambda: herald.feed.now.kind == "fine")


def test_n15_what_comes_while_maya_plays_back_is_told_afterwards(
    window: Any, maya: Any, wait_for: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    module, news = import_module("farmfutures_maya.panel.notify"), import_module("farmfutures_maya.panel.news")
    playing = [True]
    monkeypatch.setattr(module.polite, "still", lambda: "Maya is playing back." if playing[0] else "")
    teller = module.Teller()
    teller._later.setInterval(10)
    teller.tell(news.Item(Kind.FINISHED, "shot 1 is finished: 2 items.", 1))
    teller._later.timeout.emit()
    assert in_view(maya) == []
    playing[0] = False
    wait_for(lambda: len(in_view(maya)) == 1)
    import_module("shiboken6").delete(teller)


def test_the_system_is_asked_where_maya_is_not_in_front(window: Any, maya: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("farmfutures_maya.panel.notify")
    news = import_module("farmfutures_maya.panel.news")
    shown: list[tuple[str, Any]] = []
    monkeypatch.setattr(module.QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(module.QSystemTrayIcon, "show", lambda self: None)
    monkeypatch.setattr(module.QSystemTrayIcon, "showMessage", lambda self, title, text, icon: shown.append((text, icon)))
    monkeypatch.setattr(
        module.QApplication, "applicationState", staticmethod(lambda: module.Qt.ApplicationState.ApplicationInactive)
    )
    teller = module.Teller()
    teller.tell(news.Item(Kind.FAILED, "<shot> failed.", 1))
    assert [text for text, _ in shown] == ["<shot> failed."]
    assert in_view(maya)[-1].endswith("&lt;shot&gt; failed.")
    import_module("shiboken6").delete(teller)


def test_nobody_is_told_unless_it_was_switched_on(window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    module = import_module("farmfutures_maya.panel.told")
    woken: list[int] = []
    notify = import_module("farmfutures_maya.panel.notify")
    monkeypatch.setattr(notify.Herald, "wake", lambda self: woken.append(1))
    module.wake()
    assert woken == []
    module.switch_on()
    try:
        module.wake()
        module.wake()
        assert woken == [1, 1]
    finally:
        module.let_go(wait_s=10)
    module.wake()
    assert woken == [1, 1]


def test_an_empty_sum_is_nothing() -> None:
    assert (Sum(0, 0.0).words, Sum(0, 0.0).short) == ("", "")
