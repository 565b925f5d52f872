"""What people start by hand, and the plug-in that offers it."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import farmfutures.maya
from farmfutures_maya import menu

PLUGIN = Path(__file__).resolve().parents[2] / "plugins" / "farmfutures_plugin.py"


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


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setattr(Recorder, "made", [])
    monkeypatch.setattr(farmfutures.maya, "Executor", Recorder)
    return Recorder.made


@pytest.fixture
def plugin(maya: Any) -> Iterator[ModuleType]:
    """The plug-in as Maya loads it: by its file."""
    spec = importlib.util.spec_from_file_location("farmfutures_plugin", PLUGIN)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.modules.pop("farmfutures_plugin", None)


def idle() -> None:
    importlib.import_module("maya.utils").processIdleEvents()


def test_submit_sends_source_in_a_copy_of_the_scene(maya: Any, made: list[dict[str, Any]]) -> None:
    assert menu.submit("cmds.ls()\n# more") == 7
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
        menu.submit("1")
    assert made[0]["shutdown"] is False


@pytest.mark.parametrize(("answer", "job"), [(("Run", "cmds.ls()"), 7), (("Run", "  "), None), (("Cancel", "cmds.ls()"), None)])
def test_asking(maya: Any, made: list[dict[str, Any]], answer: tuple[str, str], job: int | None) -> None:
    maya.world.batch = False
    maya.world.interface["promptDialog"] = {"answer": answer}
    assert menu.ask_and_submit() == job
    assert len(made) == (job is not None)


def test_the_menu_comes_and_goes(maya: Any) -> None:
    maya.world.batch = False
    menu.build()
    menu.build()
    assert list(maya.world.interface) == [menu.MENU]
    compile(maya.world.interface[menu.MENU]["items"][0]["command"], "<menu>", "exec")
    menu.remove()
    menu.remove()
    assert maya.world.interface == {}


def test_without_an_interface_there_is_no_menu(maya: Any) -> None:
    menu.build()
    menu.remove()
    assert maya.world.interface == {}


def test_the_plugin_registers_farm_submit_and_takes_it_away(maya: Any, plugin: ModuleType, made: list[dict[str, Any]]) -> None:
    assert plugin.maya_useNewAPI
    mel = importlib.import_module("maya.mel").eval
    maya.cmds.loadPlugin(str(PLUGIN))
    assert maya.cmds.farmSubmit("cmds.ls()", name="Meshes", c=2, noSnapshot=True) == 7
    assert made[0]["create_tempfile"] is False
    assert made[0]["extra"] == {"name": "Meshes", "cpus": 2}
    assert mel('farmSubmit -filename "/s.ma" "studio:check"') == 7
    assert (made[1]["filename"], made[1]["create_tempfile"]) == ("/s.ma", False)
    maya.cmds.unloadPlugin("farmfutures_plugin")
    assert not hasattr(maya.cmds, "farmSubmit")
    with pytest.raises(RuntimeError, match="Cannot find procedure"):
        mel('farmSubmit "cmds.ls()"')


def test_the_plugin_builds_its_menu_when_maya_is_idle(maya: Any) -> None:
    maya.world.batch = False
    for _ in range(2):
        maya.cmds.loadPlugin(str(PLUGIN))
        assert maya.world.interface == {}
        idle()
        assert list(maya.world.interface) == [menu.MENU]
        maya.cmds.unloadPlugin("farmfutures_plugin")
        assert maya.world.interface == {}


def test_the_plugin_says_what_is_missing(
    plugin: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(name: str) -> ModuleType:
        raise ImportError("No module named 'cloudpickle'")

    monkeypatch.setattr(plugin, "importlib", SimpleNamespace(import_module=absent))
    with pytest.raises(ImportError):
        plugin.initializePlugin(object())
    assert "mayapy -m pip install cloudpickle" in capsys.readouterr().err
