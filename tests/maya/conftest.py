"""Fixtures of the Maya side: the stand-in's ``maya`` in this process, and a ``mayapy`` for others."""

from __future__ import annotations

import copy
import functools
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import farmfutures

MAYASIM = Path(__file__).resolve().parents[1] / "mayasim"

Call = tuple[str, tuple[Any, ...], dict[str, Any]]


class Maya:
    """The stand-in in this process; it notes in `log` which commands it is asked for, in which order.

    Attributes:
        log: Name, arguments and flags of each call, ``initialize`` and ``uninitialize`` too.
        started_with: The environment that Maya found when it was initialised.
        world: The stand-in's session, for what no command sets.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.log: list[Call] = []
        self.started_with: dict[str, str] = {}
        import_module("mayasim.commands")
        self.world: Any = import_module("mayasim.world").world
        self.commands: dict[str, Any] = import_module("mayasim.flags").COMMANDS
        for name, command in list(self.commands.items()):
            self.commands[name] = self._noted(name, command)
        standalone = import_module("maya.standalone")
        for name in ("initialize", "uninitialize"):
            monkeypatch.setattr(standalone, name, self._noted(name, getattr(standalone, name)))

    def _noted(self, name: str, function: Any) -> Any:
        @functools.wraps(function)
        def noted(*args: Any, **flags: Any) -> Any:
            self.log.append((name, args, flags))
            if name == "initialize":
                self.started_with = dict(os.environ)
            return function(*args, **flags)

        return noted

    @property
    def cmds(self) -> Any:
        """``maya.cmds``."""
        return import_module("maya.cmds")

    def asked(self, command: str, flag: str) -> list[Call]:
        """Returns the calls of a command that had a flag."""
        return [call for call in self.log if call[0] == command and flag in call[2]]

    def fail(self, command: str, flag: str, message: str, *, after: bool = False) -> None:
        """Makes calls of a command that have a flag fail, before or after they did what they do."""
        original = getattr(self.cmds, command)

        @functools.wraps(original)
        def failing(*args: Any, **flags: Any) -> Any:
            if flag not in flags:
                return original(*args, **flags)
            if after:
                original(*args, **flags)
            raise RuntimeError(message)

        setattr(self.cmds, command, failing)

    def own(self) -> dict[str, str]:
        """Returns type by name of the nodes that a new scene has not."""
        new = set(self.new)
        return {node.name: node.kind for node in self.world.scene.nodes if node.name not in new}

    @functools.cached_property
    def new(self) -> list[str]:
        """The names of the nodes of a new scene."""
        scene = type(self.world.scene)()
        scene.add_cameras()
        return [node.name for node in scene.nodes]

    def state(self) -> dict[str, Any]:
        """Returns all that there is to be changed in the session, to compare with later."""
        session = {name: copy.copy(value) for name, value in vars(self.world).items() if name != "scene"}
        scene = {f"scene.{name}": copy.copy(value) for name, value in vars(self.world.scene).items()}
        return {**session, **scene, "scene": id(self.world.scene), "environ": dict(os.environ)}


@pytest.fixture
def no_maya(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process as any Python: without a ``maya`` package."""
    _forget_maya()
    monkeypatch.setattr(sys, "path", [path for path in sys.path if not Path(path, "maya", "cmds.py").exists()])
    yield
    _forget_maya()


@pytest.fixture
def library_maya(no_maya: None, monkeypatch: pytest.MonkeyPatch) -> Maya:
    """A ``maya`` that is importable and not initialised, as in a fresh ``mayapy``."""
    for name in [name for name in os.environ if name.startswith("MAYA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MAYA_NO_STANDALONE_ATEXIT", "1")  # Else it would end these tests, with success.
    monkeypatch.delenv("FARMFUTURES_STORE", raising=False)
    monkeypatch.syspath_prepend(str(MAYASIM / "site"))
    return Maya(monkeypatch)


@pytest.fixture
def maya(library_maya: Maya, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Maya:
    """A Maya that is up, in a project of its own, with nothing in its log."""
    monkeypatch.setenv("MAYA_APP_DIR", str(tmp_path / "app"))  # Nothing is to be written into this user's own.
    import_module("maya.standalone").initialize()
    project = tmp_path / "project"
    (project / "scenes").mkdir(parents=True, exist_ok=True)
    library_maya.cmds.workspace(str(project), openWorkspace=True)
    library_maya.log.clear()
    return library_maya


@pytest.fixture(scope="session")
def qt(widgets: Any) -> Any:
    """Qt's application, without a screen: one for all tests, since a process can't have another one."""
    app = widgets.QApplication.instance() or widgets.QApplication(["maya"])
    first = widgets.QMainWindow()  # Qt opens descriptors for the first of each that is drawn or run, and keeps them.
    first.setCentralWidget(widgets.QTabWidget())
    first.show()
    dialog = widgets.QProgressDialog(first)
    dialog.show()
    box = widgets.QMessageBox(first)
    box.open()
    core = import_module("PySide6.QtCore")
    loop = core.QEventLoop()
    core.QTimer.singleShot(0, loop.quit)
    loop.exec()
    box.close()
    dialog.close()
    first.close()
    app.processEvents()
    return app


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, stand_in: Path) -> Iterator[Callable[..., Any]]:
    """Makes executors that find a mayapy, and shuts them down."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    made: list[Any] = []

    def make(*args: Any, **kwargs: Any) -> Any:
        made.append(import_module("farmfutures.maya").Executor(*args, **kwargs))
        return made[-1]

    yield make
    for executor in made:
        executor.shutdown(wait=False)


@pytest.fixture
def window(maya: Maya, qt: Any) -> Iterator[Any]:
    """The main window of a Maya with an interface, in this process."""
    maya.world.batch = False
    mailbox = import_module("farmfutures_maya.main_thread").mailbox
    mailbox._asked = False  # What was asked of a Maya of another test is never answered.
    opened = import_module("mayasim.window").open_window(maya.world)
    yield opened
    if maya.world.window is opened:
        opened.quit()
    qt.processEvents()


@pytest.fixture
def broker(state: Path) -> Iterator[Path]:
    """A broker that is there, for panels to ask; when it is stopped, none of them asks any more. Returns its state folder."""
    with farmfutures.Farm() as farm:
        farm.jobs()
    yield state
    for thread in threading.enumerate():
        if thread.name == "farmfutures-feed":
            thread.join(10)


@pytest.fixture
def idle(maya: Maya, qt: Any) -> Callable[[], None]:
    """Gives Maya's event loop its time, until it has nothing left to do."""

    def run() -> None:
        qt.processEvents()
        while maya.world.deferred:
            qt.processEvents()

    return run


@pytest.fixture
def fresh_bootstrap(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The bootstrap room as a new process has it; what it does to the environment is undone."""
    import farmfutures.maya  # noqa: F401

    module = import_module("farmfutures_maya.bootstrap")
    monkeypatch.setattr(module, "_opened", False)
    monkeypatch.setattr(module, "_watched", None)
    standalone = import_module("farmfutures_maya.standalone")
    monkeypatch.setattr(standalone, "_private", None)
    monkeypatch.setattr(import_module("farmfutures_maya.restore"), "_listening", False)
    monkeypatch.setattr(import_module("farmfutures.worker.context"), "_remarks", ())
    for name in ("MAYA_APP_DIR", "MAYA_ENV_DIR", "MAYA_MODULE_PATH", "MAYA_SCRIPT_PATH", "MAYA_NO_HOME"):
        monkeypatch.setenv(name, "set and taken away, so that it is put back as it was")
        monkeypatch.delenv(name)
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, os.environ[name])
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield module
    standalone._remove_private_folders()


@pytest.fixture
def stand_in(tmp_path: Path, pytestconfig: pytest.Config) -> Path:
    """A ``mayapy`` for other processes: that of ``--mayapy``, else the stand-in, on this Python whatever their environment."""
    if given := pytestconfig.getoption("--mayapy"):
        return Path(given).resolve()
    if sys.platform == "win32":
        pytest.skip("it is a shell script")
    path = tmp_path / "stand_in" / "bin" / "mayapy"
    path.parent.mkdir(parents=True)
    for program in ("mayapy", "Render"):
        script = path.with_name(program)
        script.write_text(f'#!/bin/sh\nFARMFUTURES_SIM_PYTHON="{sys.executable}" exec "{MAYASIM / "bin" / program}" "$@"\n')
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """A saved scene of two nodes."""
    path = tmp_path / "project" / "scenes" / "shot.ma"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '//Maya ASCII 2026 scene\nrequires maya "2026";\ncreateNode transform -n "ball";\n'
        'createNode mesh -n "ballShape" -p "ball";\n'
    )
    return path


def _forget_maya() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ("maya", "mayasim")]:
        del sys.modules[name]
