"""What the form keeps: drafts through crashes, what was submitted for a scene, presets; and the same job as Python."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.call import unpack_call
from farmfutures_maya import submitting
from farmfutures_maya.actions.request import Request, Scene
from farmfutures_maya.panel.submit import draft, presets, remembered

Make = Callable[..., Any]
Waits = Callable[..., None]
Finished = Callable[[int], bool]

ROOT = Path(__file__).resolve().parents[3]

SESSION = """
import os, sys, time
import maya.standalone
maya.standalone.initialize()
from maya import cmds
cmds.file(sys.argv[1], open=True, force=True)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
app = QApplication([])
import farmfutures.maya
from farmfutures_maya.panel.feed import Feed
from farmfutures_maya.panel.submit.form import SubmitForm
form = SubmitForm(Feed(5))
form.show()
QTest.keyClicks(form.fields.rows["source"].editor.text, "a script of half an hour")
QTest.keyClicks(form.common.frames.line, "1-7")
while True:
    app.processEvents()
    time.sleep(0.005)
"""


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 25
    while not condition():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.02)


def test_u6_what_was_typed_survives_a_crash(open_scene: Path, make_form: Make, stand_in: Path, tmp_path: Path) -> None:
    script = tmp_path / "session.py"
    script.write_text(SESSION)
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen([str(stand_in), str(script), str(open_scene)], env=environ, stderr=subprocess.DEVNULL)
    try:
        wait(lambda: (kept := draft.load(str(open_scene))) is not None and kept.frames == "1-7")
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    form = make_form()
    assert (form.request().values["source"], form.request().frames) == ("a script of half an hour", "1-7")
    assert form.bar.said.text() == "What you had not submitted is here again."


def test_a_draft_goes_when_it_was_submitted_and_what_was_comes_back(
    open_scene: Path, make_form: Make, wait_for: Waits, finished: Finished
) -> None:  # fmt: skip
    form = make_form(Request(values={"source": "'first'"}, frames="1-2", chunk=2, priority=60, cpus=1))
    wait_for(lambda: draft.load(str(open_scene)) is not None)
    form.bar.button.click()
    wait_for(lambda: bool(form.jobs))
    assert draft.load(str(open_scene)) is None
    again = make_form()
    assert again.request() == form.request()
    assert again.bar.said.text() == ""
    assert submitting.last_source() == "'first'"
    wait_for(lambda: finished(form.jobs[0]))


def test_a_scene_that_is_opened_brings_its_own(
    maya: Any, open_scene: Path, make_form: Make, wait_for: Waits, tmp_path: Path
) -> None:  # fmt: skip
    other = tmp_path / "project" / "scenes" / "other.ma"
    other.write_text(open_scene.read_text())
    draft.keep(str(other), Request(values={"source": "of the other"}))
    form = make_form(Request(values={"source": "of this one"}))
    maya.cmds.file(str(other), open=True, force=True)
    form._looking.timeout.emit()
    assert form.request().values["source"] == "of the other"
    maya.cmds.file(str(open_scene), open=True, force=True)
    form._looking.timeout.emit()
    assert form.request().values["source"] == "of this one"
    form.start_anew()
    assert form.request().values["source"] == ""
    assert draft.load(str(open_scene)) is None


def test_a_scene_that_is_saved_under_another_name_takes_the_form_along(maya: Any, open_scene: Path, make_form: Make) -> None:
    form = make_form(Request(values={"source": "half of it"}))
    maya.cmds.file(rename=str(open_scene.with_name("shot_v2.ma")))
    maya.cmds.file(save=True)
    form._looking.timeout.emit()
    assert form.request().values["source"] == "half of it"
    form.keep_draft()
    assert draft.load(str(open_scene.with_name("shot_v2.ma"))) == form.request()


@pytest.mark.parametrize("text", ["{", "[]", '{"request": 3}', '{"request": {"chunk": -1}}'])
def test_a_damaged_draft_costs_itself_only(maya: Any, text: str) -> None:
    path = draft.path_of("")
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert draft.load("") in (None, Request())


def test_what_a_command_submitted_is_in_the_form(maya: Any, open_scene: Path) -> None:
    from farmfutures_maya.sticky import Sticky

    Sticky.of(str(open_scene)).save({"source": "cmds.ls()", "frames": "1-3", "snapshot": False, "priority": 60})
    wanted = Request(values={"source": "cmds.ls()"}, frames="1-3", priority=60, scene=Scene.SAVED)
    assert remembered.load(str(open_scene)) == wanted
    remembered.save(str(open_scene), replace(wanted, frames="5"))
    assert Sticky.of(str(open_scene)).load()["frames"] == "5"
    assert remembered.load("/no/such.ma") is None


def test_presets_are_kept_used_and_removed(open_scene: Path, make_form: Make) -> None:
    form = make_form(Request("usd", {"step": 0.5}, frames="1-5", nodes=("|ball",), priority=70))
    form.bar.presets.keep("Fine: 1/2 steps")
    other = make_form(Request("usd", {}, frames="7", nodes=("|cube",)))
    other.bar.presets._fill()
    (action, *_) = other.bar.presets.menu().actions()
    assert action.text() == "Fine: 1/2 steps"
    action.trigger()
    request = other.request()
    assert (request.values["step"], request.priority, request.frames, request.nodes) == (0.5, 70, "7", ("|cube",))
    (preset,) = presets.presets()
    other.bar.presets.remove(preset)
    assert presets.presets() == []


def test_a_studios_presets_are_offered_and_a_damaged_one_is_told(
    open_scene: Path, make_form: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    studio = tmp_path / "studio"
    studio.mkdir()
    own = presets.keep("Own", Request(priority=1))
    (studio / "Dailies.json").write_text(json.dumps({"format": "farmfutures preset", "request": {"priority": 80}}))
    (studio / "Own.json").write_text(json.dumps({"format": "farmfutures preset", "request": {"priority": 2}}))
    (studio / "other.json").write_text("{}")
    monkeypatch.setenv("FARMFUTURES_ACTIONS", str(studio))
    assert [(one.name, one.own, one.request(Request()).priority) for one in presets.presets()] == [
        ("Dailies", False, 80), ("Own", True, 1),
    ]  # fmt: skip
    own.path.write_text("{")
    form = make_form()
    form.bar.presets.use(own)
    assert form.bar.complaint.text.text().startswith(f"The preset Own can't be read from {own.path} (JSONDecodeError")
    form.bar.presets.keep("  ")
    assert form.bar.complaint.text.text() == "The preset can't be kept: a preset needs a name."


SAME = [
    Request(values={"source": "frame"}, frames="1-5", chunk=2, name="Same", priority=61, retries=1, timeout_s=20.0, cpus=1),
    Request("on_nodes", {"function": "maya.cmds:nodeType"}, nodes=("|ball", "|cube"), scene=Scene.SAVED, cpus=1),
    Request(
        "script", {"source": "item", "language": "Python"}, items=("a", "b"), scene=Scene.NONE, variables=("STUDIO_*",), cpus=1
    ),
    Request("function", {"function": "math:sqrt", "arguments": ["4"]}, version="python", cpus=1),
]


@pytest.mark.parametrize("request_", SAME, ids=lambda request: request.action)
def test_the_same_as_python_is_the_same_job(
    open_scene: Path, make_form: Make, wait_for: Waits, finished: Finished, request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("STUDIO_SHOW", "orrery")
    form = make_form(request_)
    assert [one for one in form.wrong if one.severity == "error"] == []
    form.show_as_python()
    dialog = form.findChild(import_module("farmfutures_maya.panel.submit.copying").AsPython)
    dialog.copy.click()
    script = import_module("PySide6.QtGui").QGuiApplication.clipboard().text()
    dialog.close()
    form.bar.button.click()
    wait_for(lambda: bool(form.jobs))
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        scope: dict[str, Any] = {}
        exec(script, scope)
    scope["executor"].shutdown()
    mine, theirs = form.jobs[0], int(said.getvalue())
    wait_for(lambda: finished(mine) and finished(theirs))
    assert job_of(mine) == job_of(theirs)


def job_of(job: int) -> Any:
    with farmfutures.Farm() as farm:
        info = farm.job(job)
        calls = [unpack_call(farm.packed_call(job, number)) for number in range(info.total)]
        called = [(function.name, args, kwargs) for function, args, kwargs in calls]  # type: ignore[attr-defined]
        names = [item.name for item in farm.items(job)]
        return info.name, info.priority, info.total, names, called, farm.spec(job)


def test_the_window_stays_what_it_was_when_it_is_closed(open_scene: Path, feed: Any, qt: Any, stand_in: Path) -> None:
    window = import_module("farmfutures_maya.panel.submit.window").SubmitWindow(feed)
    try:
        window.open()
        window.form.common.frames.set_value("1-3")
        core = import_module("PySide6.QtCore")
        import_module("PySide6.QtTest").QTest.keyClick(window, core.Qt.Key.Key_Escape)
        assert not window.isVisible()
        assert draft.load(str(open_scene)).frames == "1-3"  # type: ignore[union-attr]
        window.open()
        assert window.form.request().frames == "1-3"
    finally:
        import_module("shiboken6").delete(window)


def test_nothing_of_qt_is_needed_to_keep_things() -> None:
    code = "import farmfutures.maya, sys; from farmfutures_maya.panel.submit import draft, presets, remembered; "
    code += "print('PySide6' in sys.modules)"
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, timeout=25, check=True)
    assert done.stdout.strip() == "False"
