"""What can be done to jobs and items, on a real farm: a test for each verb, with its exact counts, and how it is taken back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import State
from farmfutures.errors import NoSuchJobError
from farmfutures.job import STATES

Wait = Callable[..., None]


def work(kind: str, folder: str) -> str:
    import os
    import time

    while kind == "gate" and not os.path.exists(os.path.join(folder, "gate")):
        time.sleep(0.005)
    if kind == "bad" and not os.path.exists(os.path.join(folder, "healed")):
        raise ValueError("no licence")
    print(kind)
    return kind


@pytest.fixture
def executor(broker: Path, tmp_path: Path) -> Iterator[farmfutures.Executor]:
    made = farmfutures.Executor(cpus=1)
    yield made
    (tmp_path / "gate").touch()
    with farmfutures.Farm() as farm:
        for job in farm.jobs():
            if not job.state.done:
                farm.resume(job.id)
                farm.kill(job.id)
    made.shutdown(cancel_futures=True)


@pytest.fixture
def submit(executor: farmfutures.Executor, tmp_path: Path) -> Callable[..., int]:
    """Submits items by their kinds, and waits until the first gate is reached, or all is over."""

    def run(*kinds: str) -> int:
        with executor.batch("Work") as batch:
            for kind in kinds:
                batch.submit(work, kind, str(tmp_path))
        at = kinds.index("gate") if "gate" in kinds else None
        deadline = time.monotonic() + 20
        with farmfutures.Farm() as farm:
            while not (farm.job(batch.job_id).state.done if at is None else states(farm, batch.job_id)[at] == "running"):
                assert time.monotonic() < deadline
                time.sleep(0.005)
            if at is not None:
                while "running" in states(farm, batch.job_id)[at + 1 :]:  # Held with the gate for a moment.
                    assert time.monotonic() < deadline
                    time.sleep(0.005)
        return batch.job_id

    return run


@pytest.fixture
def farm(broker: Path) -> Iterator[farmfutures.Farm]:
    with farmfutures.Farm() as farm:
        yield farm


def states(farm: farmfutures.Farm, job: int) -> list[str]:
    return [str(STATES[code]) for code in farm.states(job)]


@pytest.fixture
def panel(broker: Path, window: Any) -> Iterator[Any]:
    made = import_module("farmfutures_maya.panel.window").Panel()
    made.resize(1000, 700)
    made.show()
    yield made
    made.notice.end()
    made.feed.close(wait_s=10)
    import_module("shiboken6").delete(made)


@pytest.fixture
def choose(panel: Any, wait_for: Wait, farm: farmfutures.Farm) -> Callable[..., None]:
    """Chooses jobs, and items of the first of them."""

    def choose(*jobs: int, works: list[int] | None = None) -> None:
        panel.look_again()
        wait_for(lambda: panel.table.jobs.known >= len(jobs))
        panel.table.choose(set(jobs))
        panel.look_again()
        wait_for(
            lambda: [job.counts for job in panel.table.chosen_jobs()] == [farm.job(job).counts for job in sorted(jobs)[::-1]]
        )
        wait_for(lambda: len(panel.details.items.model.rows) == panel.details.job.total)
        if works is not None:
            panel.details.items.choose(works)
        panel.on_jobs.refresh()
        panel.on_items.refresh()

    return choose


def said(panel: Any) -> str:
    return str(panel.notice.text.text()) if panel.notice.isVisible() else ""


def text(actions: Any, name: str) -> str:
    return str(actions.named[name].text())


def test_pause_and_resume_and_back(panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait) -> None:
    job = submit("gate", "good")
    choose(job)
    assert (text(panel.on_jobs, "pause"), panel.on_jobs.named["resume"].isEnabled()) == ("Pause 1 job", False)
    panel.on_jobs.named["pause"].trigger()
    wait_for(lambda: said(panel) == "1 job paused.")
    assert farm.job(job).paused
    panel.notice.button.click()
    wait_for(lambda: said(panel) == "Taken back.")
    assert not farm.job(job).paused
    farm.pause(job)
    panel.look_again()
    wait_for(lambda: panel.on_jobs.named["resume"].isEnabled())
    panel.on_jobs.named["resume"].trigger()
    wait_for(lambda: said(panel) == "1 job resumed.")
    assert not farm.job(job).paused


def test_priority_by_ten_or_as_asked_and_back(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [submit("gate", "good")]
    choose(*jobs)
    for name, words, value in (("raise", "1 job raised by 10.", 60), ("lower", "1 job lowered by 10.", 50)):
        panel.on_jobs.named[name].trigger()
        wait_for(lambda words=words: said(panel) == words)
        assert farm.job(jobs[0]).priority == value
    dialog = import_module("PySide6.QtWidgets").QInputDialog
    monkeypatch.setattr(dialog, "getInt", lambda *_: (77, True))
    panel.on_jobs.named["priority"].trigger()
    wait_for(lambda: said(panel) == "1 job at priority 77.")
    assert farm.job(jobs[0]).priority == 77
    panel.notice.button.click()
    wait_for(lambda: said(panel) == "Taken back.")
    assert farm.job(jobs[0]).priority == 50


def test_u4_cancel_says_how_many_and_is_taken_back(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait
) -> None:
    job = submit("good", "bad", "gate", "good", "good", "good")
    choose(job)
    assert text(panel.on_jobs, "cancel") == "Cancel 3 items"
    panel.on_jobs.named["cancel"].trigger()
    wait_for(lambda: said(panel) == "3 items cancelled.")
    assert states(farm, job) == ["complete", "failed", "running", *["cancelled"] * 3]
    panel.notice.button.click()
    wait_for(lambda: said(panel) == "Taken back.")
    assert states(farm, job) == ["complete", "failed", "running", *["pending"] * 3]


def test_u4_cancel_of_chosen_items_only(panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait) -> None:
    job = submit("gate", "good", "good", "good")
    choose(job, works=[0, 2])
    assert text(panel.on_items, "cancel") == "Cancel 1 item"
    panel.on_items.named["cancel"].trigger()
    wait_for(lambda: said(panel) == "1 item cancelled.")
    assert states(farm, job) == ["running", "pending", "cancelled", "pending"]


def test_u4_kill_is_confirmed_with_exact_counts(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait
) -> None:
    job = submit("good", "gate", "good", "good")
    choose(job)
    panel.on_jobs.named["kill"].trigger()
    wait_for(lambda: panel.notice.isVisible())
    assert said(panel) == (
        f"Kill 3 items of job {job}? 2 pending, 1 running. What they have done so far is lost."
    )  # fmt: skip
    assert panel.notice.button.text() == "Kill 3 items"
    panel.notice.end()  # By its cross, or Esc: nothing was done.
    assert states(farm, job)[1] == "running"
    panel.on_jobs.named["kill"].trigger()
    wait_for(lambda: panel.notice.button.hasFocus())
    panel.notice.button.click()
    wait_for(lambda: said(panel) == "3 items killed.")
    wait_for(lambda: states(farm, job) == ["complete", "killed", "killed", "killed"])


def test_u7_a_failing_log_is_read_by_keys_and_its_item_passes_then(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait, tmp_path: Path, qt: Any
) -> None:
    """From the table of jobs to the failure, to its log, to another try, without a mouse."""
    job = submit("good", "bad", "good")
    choose(job)
    core, test = import_module("PySide6.QtCore"), import_module("PySide6.QtTest").QTest

    def press(key: str, *how: str) -> None:
        combined = core.Qt.KeyboardModifier.NoModifier
        for modifier in how:
            combined |= getattr(core.Qt.KeyboardModifier, f"{modifier}Modifier")
        test.keyClick(qt.focusWidget(), getattr(core.Qt.Key, f"Key_{key}"), combined)

    panel.activateWindow()
    panel.table.setFocus()
    wait_for(lambda: qt.focusWidget() is panel.table)
    press("Return")
    wait_for(lambda: panel.details.isAncestorOf(qt.focusWidget()))
    press("N")
    assert panel.details.items.current == 1
    press("Return")
    log = panel.details.log
    wait_for(lambda: qt.focusWidget() is log.view and log.view.current >= 0 and log.view.current in log.view.lines)
    assert log.view.lines[log.view.current] == "Traceback (most recent call last):"
    (tmp_path / "healed").touch()
    press("1", "Control")
    wait_for(lambda: panel.details.items.isAncestorOf(qt.focusWidget()))
    panel.on_items.refresh()
    assert text(panel.on_items, "retry") == "Retry 1 item"
    press("R")
    wait_for(lambda: said(panel) == "1 item run again.")
    wait_for(lambda: states(farm, job) == ["complete"] * 3)
    wait_for(lambda: panel.details.job.state is State.COMPLETE)


def test_retry_of_two_jobs_at_once(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait, tmp_path: Path
) -> None:
    jobs = [submit("bad", "good"), submit("bad", "bad")]
    choose(*jobs)
    assert text(panel.on_jobs, "retry") == "Retry 3 items"
    (tmp_path / "healed").touch()
    panel.on_jobs.named["retry"].trigger()
    wait_for(lambda: said(panel) == "3 items of 2 jobs run again.")
    wait_for(lambda: all(farm.job(job).state is State.COMPLETE for job in jobs))


def test_u4_what_is_complete_runs_again_after_a_confirmation(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait
) -> None:
    job = submit("good", "good")
    choose(job, works=[1])
    panel.on_items.named["again"].trigger()
    wait_for(lambda: panel.notice.button.text() == "Run Again 1 item")
    assert "1 complete. Their results and logs are replaced." in said(panel)
    panel.notice.button.click()
    wait_for(lambda: farm.item(job, 1).attempt == 2 and farm.job(job).state.done)
    assert farm.item(job, 0).attempt == 1


def test_u4_mark_done_is_confirmed(panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait) -> None:
    job = submit("bad", "gate", "good")
    choose(job)
    panel.on_jobs.named["mark_done"].trigger()
    wait_for(lambda: panel.notice.button.text() == "Mark Done 2 items")
    assert "1 failed, 1 pending." in said(panel)
    panel.notice.button.click()
    wait_for(lambda: said(panel) == "2 items marked done.")
    assert states(farm, job) == ["complete", "running", "complete"]


def test_u4_what_is_deleted_can_be_kept_for_some_seconds(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait
) -> None:
    job = submit("good", "good")
    choose(job)
    assert text(panel.on_jobs, "remove") == "Delete from History 1 job"
    panel.on_jobs.named["remove"].trigger()
    assert said(panel) == "1 job (2 items) will be deleted with all results and logs."
    panel.notice.button.click()
    assert said(panel) == "Nothing was changed."
    assert farm.job(job).total == 2
    panel.on_jobs.named["remove"].trigger()
    panel.notice._timer.setInterval(1)  # Five seconds are over.
    wait_for(lambda: said(panel) == "1 job deleted.")
    with pytest.raises(NoSuchJobError):
        farm.job(job)


def test_what_is_not_over_is_not_deleted(panel: Any, choose: Any, submit: Any) -> None:
    choose(submit("gate"))
    assert not panel.on_jobs.named["remove"].isEnabled()


@pytest.mark.parametrize(
    ("name", "works", "first"),
    [("first", [5, 6], [5, 6, 1]), ("last", [1, 2], [3, 4, 5, 6, 1, 2]), ("scouts", [1, 2, 3, 4, 5, 6], [1, 4, 6, 2])],
)
def test_other_orders(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait, tmp_path: Path, name: str, works: list[int],
    first: list[int],
) -> None:  # fmt: skip
    job = submit("gate", *["good"] * 6)
    choose(job, works=works)
    panel.on_items.named[name].trigger()
    wait_for(lambda: "put " in said(panel) or "ahead" in said(panel))
    (tmp_path / "gate").touch()
    wait_for(lambda: farm.job(job).state.done)
    ran = sorted(range(1, 7), key=lambda work: farm.item(job, work).started_s or 0)
    assert ran[: len(first)] == first


def test_a_job_is_submitted_once_more_with_changes(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait
) -> None:
    job = submit("good", "good", "good")
    choose(job, works=[0, 2])
    submitted: list[int] = []
    panel.verbs.submitted.connect(submitted.append)
    panel.on_items.named["resubmit"].trigger()
    wait_for(lambda: panel.verbs.form is not None and panel.verbs.form.isVisible())
    form = panel.verbs.form
    assert form.what.text() == f"2 items of job {job} as a new job"
    assert form.changes() == {}
    form.name.setText("Again")
    form.priority.setValue(70)
    form.attempts.setValue(3)
    form._accept()
    wait_for(lambda: bool(submitted))
    assert said(panel) == f"Submitted as job {submitted[0]}."
    info = farm.job(submitted[0])
    assert (info.name, info.priority, info.total, farm.spec(info.id)["attempts"]) == ("Again", 70, 2, 3)
    wait_for(lambda: farm.job(info.id).state is State.COMPLETE)


def test_paths_and_numbers_are_copied(
    panel: Any, choose: Any, submit: Any, farm: farmfutures.Farm, wait_for: Wait, qt: Any
) -> None:
    job = submit("good", "good")
    choose(job)
    panel.on_jobs.named["copy_logs"].trigger()
    wait_for(lambda: said(panel) == "2 paths copied.")
    assert qt.clipboard().text().splitlines() == [farm.item(job, work).log_path for work in range(2)]
    panel.on_jobs.named["copy_id"].trigger()
    assert qt.clipboard().text() == str(job)


def test_the_output_folder_is_opened(
    panel: Any, choose: Any, executor: farmfutures.Executor, wait_for: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "a.exr").touch()
    opened: list[str] = []
    monkeypatch.setattr(import_module("PySide6.QtGui").QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    future = executor.submit("builtins:str", str(folder / "a.exr"))
    future.result(20)
    choose(future.job_id)
    panel.on_jobs.named["folder"].trigger()
    wait_for(lambda: opened == [str(folder)])


def test_what_an_engine_refuses_is_said(
    panel: Any, choose: Any, submit: Any, wait_for: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(submit("gate", "good"))

    def refuse(*_: object) -> int:
        raise farmfutures.errors.RefusedError("this engine can't do that.")

    monkeypatch.setattr(farmfutures.Farm, "pause", refuse)
    panel.on_jobs.named["pause"].trigger()
    wait_for(lambda: said(panel) == "this engine can't do that.")
    assert panel.notice.kind == "error"


def test_the_menus_have_what_can_be_done_now(panel: Any, choose: Any, submit: Any) -> None:
    choose(submit("bad", "gate", "good"), works=[0])
    widgets = import_module("PySide6.QtWidgets")
    menus = []
    for actions in (panel.on_jobs, panel.on_items):
        menu = widgets.QMenu(panel)
        actions.fill(menu)
        menus.append([action.text() for action in menu.actions() if action.isEnabled() and action.text()])
    assert menus[0] == [
        "Retry 1 item", "Pause 1 job", "Raise Priority of 1 job", "Lower Priority of 1 job", "Set Priority...",
        "First, Middle, Last of 1 item", "Cancel 1 item", "Kill 2 items", "Mark Done 2 items", "Resubmit with Changes...",
        "Open Output Folder", "Copy Paths of Logs", "Copy Number",
    ]  # fmt: skip
    assert menus[1] == ["Retry 1 item", "Run Again 1 item", "Mark Done 1 item", "Resubmit with Changes...", "Open Output Folder",
                        "Copy Paths of Logs"]  # fmt: skip
