"""How a job goes off: copied, checked, filled, handed over in steps; what can go wrong on the way, and that nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.errors import EngineUnavailableError, StoreFullError
from farmfutures_maya.actions.request import PYTHON, Request, Scene

Make = Callable[..., Any]
Waits = Callable[..., None]
Finished = Callable[[int], bool]

ONE = Request(values={"source": "1"}, cpus=1)


def texture(maya: Any) -> None:
    node = maya.cmds.createNode("file")
    maya.cmds.setAttr(f"{node}.fileTextureName", "/nowhere/wood.exr", type="string")


def shown(form: Any) -> list[str]:
    page = form.progress.problems.widget()
    line = import_module("farmfutures_maya.panel.submit.row").TroubleLine
    return [one.text.text() for one in page.findChildren(line)]


def test_what_the_checks_find_holds_it_until_somebody_says_so(
    maya: Any, open_scene: Path, make_form: Make, wait_for: Waits, finished: Finished
) -> None:  # fmt: skip
    texture(maya)
    form = make_form(ONE)
    form.bar.button.click()
    wait_for(lambda: str(form.sending.stage) == "held")
    assert form.progress.isVisible()
    assert form.progress.text.text() == "Before it is sent, an error was found. Nothing was submitted yet."
    (said,) = [text for text in shown(form) if "wood.exr" in text]
    assert said.startswith("file1: /nowhere/wood.exr")
    assert not form.bar.button.isEnabled()
    with farmfutures.Farm() as farm:
        assert farm.jobs() == []
    form.progress.stop.click()
    assert (form.progress.isVisible(), form.bar.button.isEnabled()) == (False, True)
    form.bar.button.click()
    wait_for(lambda: str(form.sending.stage) == "held")
    form.progress.anyway.click()
    wait_for(lambda: bool(form.jobs))
    wait_for(lambda: finished(form.jobs[0]))


def test_a_scene_with_nothing_wrong_goes_off_at_once(
    open_scene: Path, make_form: Make, wait_for: Waits, finished: Finished
) -> None:
    form = make_form(ONE)
    stages: list[str] = []
    form.sending.moved.connect(lambda: stages.append(str(form.sending.stage)))
    form.bar.button.click()
    form.bar.button.click()  # Impatience submits nothing twice.
    wait_for(lambda: bool(form.jobs))
    order = list(dict.fromkeys(stages))
    assert order == ["making ready", "copying the scene", "checking", "filling", "handing over", "done"]
    wait_for(lambda: finished(form.jobs[0]))
    with farmfutures.Farm() as farm:
        assert len(farm.jobs()) == 1


def test_10000_frames_keep_the_interface_alive_and_show_how_far_it_is(
    open_scene: Path, make_form: Make, wait_for: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    form = make_form(Request(values={"source": "frame"}, frames="1-10000", scene=Scene.SAVED, priority=1, cpus=1))
    slices: list[float] = []
    seen: list[tuple[int, int]] = []
    real = form.sending._slice

    def measured() -> None:
        begin = time.thread_time()
        real()
        slices.append(time.thread_time() - begin)
        if str(form.sending.stage) == "filling":
            seen.append((form.progress.bar.value(), form.progress.bar.maximum()))

    form.sending._timer.timeout.disconnect()
    form.sending._timer.timeout.connect(measured)
    form.bar.button.click()
    wait_for(lambda: bool(form.jobs), 60)
    with farmfutures.Farm() as farm:
        assert farm.job(form.jobs[0]).total == 10_000
        farm.cancel(form.jobs[0])
        farm.kill(form.jobs[0])
    values = [value for value, most in seen if most == 10_000]
    assert len(values) > 10
    assert values == sorted(values)
    assert sorted(slices)[-3] < 0.033  # Two may have been hit by the collection of garbage.


def test_u8_a_farm_that_can_not_be_reached_is_tried_again_and_nothing_is_lost(
    open_scene: Path, make_form: Make, wait_for: Waits, finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    real, down = farmfutures.Batch.commit, [True]

    def commit(batch: Any) -> Any:
        if down[0]:
            raise EngineUnavailableError("the broker in /x does not answer.")
        return real(batch)

    monkeypatch.setattr(farmfutures.Batch, "commit", commit)
    form = make_form(ONE)
    form.bar.button.click()
    wait_for(lambda: str(form.sending.stage) == "no farm")
    assert form.progress.text.text() == "The broker in /x does not answer. Nothing is lost: it is tried again every 10 s."
    form.progress.again.click()
    wait_for(lambda: str(form.sending.stage) == "no farm" and form.sending._number >= 2)
    down[0] = False
    form.sending._again.timeout.emit()
    wait_for(lambda: bool(form.jobs))
    wait_for(lambda: finished(form.jobs[0]))


def test_what_the_farm_refuses_is_said_and_stays_in_the_form(
    open_scene: Path, make_form: Make, wait_for: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    def commit(batch: Any) -> Any:
        raise StoreFullError("the disk of /x is full: nothing was submitted.")

    monkeypatch.setattr(farmfutures.Batch, "commit", commit)
    form = make_form(ONE)
    form.bar.button.click()
    wait_for(lambda: form.bar.complaint is not None)
    assert form.bar.complaint.text.text() == "The disk of /x is full: nothing was submitted."
    assert (form.request(), form.jobs, form.sending.busy) == (ONE.__class__.from_dict(form.request().to_dict()), [], False)
    assert form.request().values["source"] == "1"


def test_a_copy_that_can_not_be_made_is_said(
    maya: Any, open_scene: Path, make_form: Make, wait_for: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    maya.cmds.createNode("transform")
    maya.fail("file", "exportAll", "Could not write to file")
    form = make_form(ONE)
    form.bar.button.click()
    wait_for(lambda: form.bar.complaint is not None)
    assert "scene can't be copied" in form.bar.complaint.text.text()
    assert form.jobs == []


def test_a_farm_that_takes_its_time_holds_nobody(
    open_scene: Path, make_form: Make, wait_for: Waits, finished: Finished, monkeypatch: pytest.MonkeyPatch, qt: Any
) -> None:  # fmt: skip
    """U1: while it is handed over, the interface has its events."""
    real, asked, answer = farmfutures.Batch.commit, threading.Event(), threading.Event()

    def commit(batch: Any) -> Any:
        asked.set()
        assert threading.current_thread() is not threading.main_thread()
        answer.wait(10)
        return real(batch)

    monkeypatch.setattr(farmfutures.Batch, "commit", commit)
    form = make_form(ONE)
    form.bar.button.click()
    wait_for(asked.is_set)
    begin = time.thread_time()
    for _ in range(50):
        qt.processEvents()
    assert time.thread_time() - begin < 1
    assert form.progress.text.text() == "Handing over..."
    answer.set()
    wait_for(lambda: bool(form.jobs))
    wait_for(lambda: finished(form.jobs[0]))


def test_layers_and_cameras_are_rendered_from_the_form(
    maya: Any, open_scene: Path, make_form: Make, wait_for: Waits, finished: Finished
) -> None:  # fmt: skip
    maya.cmds.createNode("camera", name="sideShape1")
    maya.cmds.createNode("renderLayer", name="defaultRenderLayer")
    form = make_form(Request("render", {"size_percent": 10}, frames="1,2", cpus=1))
    assert form.wrong == []
    form.bar.button.click()
    wait_for(lambda: bool(form.jobs) or form.bar.complaint is not None)
    assert form.bar.complaint is None, form.bar.complaint.text.text()
    wait_for(lambda: finished(form.jobs[0]))
    with farmfutures.Farm() as farm:
        written = [path for item in farm.items(form.jobs[0]) for path in farm.outcome(form.jobs[0], item.work_id)]
    assert written
    assert all(Path(path).is_file() for path in written)


def test_outside_of_maya_a_plain_python_does(
    no_maya: None, state: Path, qt: Any, wait_for: Waits, finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """As `farmfutures panel` has it, on a machine that has no Maya."""
    monkeypatch.setenv("MAYA_APP_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", "/nowhere")
    feed = import_module("farmfutures_maya.panel.feed").Feed(5)
    form = import_module("farmfutures_maya.panel.submit.form").SubmitForm(feed)
    jobs: list[int] = []
    form.submitted.connect(jobs.append)
    try:
        form.show()
        assert form.common.rows["nodes"].isHidden()
        assert (form.request().version, form.request().scene) == (PYTHON, Scene.NONE)
        form.action_row.editor.set_value("function")
        form.fields.rows["function"].editor.set_value("math:factorial")
        form.common.frames.set_value("3-5")
        assert form.judge() == []
        form.bar.button.click()
        wait_for(lambda: bool(jobs))
        wait_for(lambda: finished(jobs[0]))
        with farmfutures.Farm() as farm:
            assert [farm.outcome(jobs[0], number) for number in range(3)] == [6, 24, 120]
    finally:
        feed.close(wait_s=10)
        import_module("shiboken6").delete(form)
        with farmfutures.Farm() as farm:
            farm.stop_broker()
