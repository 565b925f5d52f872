"""What people start by hand: the menu, and what it hands to the farm."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import farmfutures.maya
from farmfutures_maya import menu, submitting


class Recorder:
    """Stands in for the executor."""

    made: list[dict[str, Any]] = []

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.made.append(options)

    def submit_ext(self, function: str, args: list[str], **extra: Any) -> Any:
        self.options.update(function=function, args=args, extra=extra)
        return SimpleNamespace(job_id=7)

    def shutdown(self, wait: bool = True) -> None:
        self.options["shutdown"] = wait

    def submit_frames(self, function: str, frames: str, args: list[str], **extra: Any) -> Any:
        self.options.update(function=function, frames=frames, args=args, extra=extra)
        return [SimpleNamespace(job_id=8)]


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setattr(Recorder, "made", [])
    monkeypatch.setattr(farmfutures.maya, "Executor", Recorder)
    return Recorder.made


def test_submit_sends_source_in_a_copy_of_the_scene(maya: Any, made: list[dict[str, Any]]) -> None:
    assert submitting.submit("cmds.ls()\n# more") == 7
    assert made == [
        {
            "clone_environ": True,
            "create_tempfile": True,
            "filename": None,
            "function": "farmfutures.maya:evaluate",
            "args": ["cmds.ls()\n# more"],
            "extra": {"name": "FarmFutures: cmds.ls()"},
            "shutdown": False,
        }
    ]


def test_the_executor_is_let_go_when_submitting_fails(
    maya: Any, made: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Recorder, *_: Any, **__: Any) -> Any:
        raise RuntimeError("no")

    monkeypatch.setattr(Recorder, "submit_ext", fail)
    with pytest.raises(RuntimeError, match="no"):
        submitting.submit("1")
    assert made[0]["shutdown"] is False


@pytest.mark.parametrize(("answer", "job"), [(("Run", "cmds.ls()"), 7), (("Run", "  "), None), (("Cancel", "cmds.ls()"), None)])
def test_asking(maya: Any, made: list[dict[str, Any]], answer: tuple[str, str], job: int | None) -> None:
    maya.world.batch = False
    maya.world.interface["promptDialog"] = {"answer": answer}
    assert menu.ask_and_submit() == job
    assert len(made) == (job is not None)


def test_p46_the_question_begins_with_the_answer_of_the_last_time(maya: Any, made: list[dict[str, Any]]) -> None:
    maya.world.batch = False
    maya.world.interface["promptDialog"] = {"answer": ("Run", "cmds.ls()")}
    menu.ask_and_submit()
    menu.ask_and_submit()
    assert [flags["text"] for _, _, flags in maya.asked("promptDialog", "text") if "message" in flags] == ["", "cmds.ls()"]


def test_the_menu_comes_and_goes(maya: Any) -> None:
    maya.world.batch = False
    menu.build()
    menu.build()
    assert list(maya.world.interface) == [menu.MENU]
    for item in maya.world.interface[menu.MENU]["items"]:
        compile(item["command"], "<menu>", "exec")
    menu.remove()
    menu.remove()
    assert maya.world.interface == {}


def test_without_an_interface_there_is_no_menu(maya: Any) -> None:
    menu.build()
    menu.remove()
    assert maya.world.interface == {}


def test_frames_are_work_items(maya: Any, made: list[dict[str, Any]]) -> None:
    assert submitting.submit("cmds.currentTime(q=True)", frames="1-9x2", name="Times", priority=70) == 8
    assert (made[0]["function"], made[0]["frames"]) == ("farmfutures.maya:evaluate_at", "1-9x2")
    assert made[0]["extra"] == {"name": "Times", "priority": 70}


def test_nothing_is_not_submitted(maya: Any, made: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="nothing to run"):
        submitting.submit("  ")
    assert made == []


def test_a_click_on_the_menu(maya: Any, window: Any, qt: Any, made: list[dict[str, Any]]) -> None:
    """As the artist does it: the real menu, a line of it, and an answer."""
    menu.build()
    maya.world.interface["promptDialog"] = {"answer": ("Run", "1 + 1")}
    drawn = window.parts[menu.MENU]
    texts = [action.text() for action in drawn.actions()]
    assert texts == ["Submit to the Farm...", "Run Python on the Farm...", "Render All Layers", "Farm Panel"]
    drawn.actions()[1].trigger()
    assert made[0]["args"] == ["1 + 1"]
    menu.remove()
    assert menu.MENU not in window.parts
    assert window.menuBar().actions() == []


def test_a_menu_that_is_not_wanted_any_more_is_not_built(maya: Any, window: Any, idle: Any) -> None:
    menu.build_later()
    menu.remove()
    idle()
    assert menu.MENU not in maya.world.interface
