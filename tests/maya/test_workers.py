"""A job of the Maya executor in a real interpreter and its child process: Q34 to Q38, Q42, QS16, QS31, QS37."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from farmfutures import call as calls
from farmfutures.maya import Executor
from farmfutures.worker import channel
from farmfutures.worker.page import Page

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


class Worker:
    """One interpreter as a supervisor starts it, for one job."""

    def __init__(self, folder: Path, options: dict[str, Any]) -> None:
        folder.mkdir()
        self.folder = folder
        Page(folder / "page", create=True)
        self.socket, theirs = channel.pair()
        environ = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        environ |= options["env"] | {"PYTHONPATH": str(SCRIPTS)}
        command = [*options["interpreter"], "-m", "farmfutures.worker.child", str(theirs.fileno()), str(folder)]
        with (folder / "out.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environ, **channel.to_inherit(theirs))
        theirs.close()
        self.records = self._read()
        preflight = options.get("preflight")
        config = {
            "sys_path": options.get("sys_path", []), "cwd": None, "settings": options["settings"],
            "bootstrap": options["bootstrap"], "preflight": [preflight] if preflight else [],
            "inline_limit": 1 << 20, "log_limit": 1 << 20, "memory_mark": 0, "blobs": str(folder), "logs": str(folder / "logs"),
        }  # fmt: skip
        self.socket.sendall(channel.pack_message(config))
        self.hello = next(self.records)
        self.run_count = 0

    def _read(self) -> Generator[channel.Record, None, None]:
        data = b""
        while part := self.socket.recv(1 << 16):
            found, used = channel.cut_records(data + part)
            data = (data + part)[used:]
            yield from found

    def call(self, function: Any, *args: Any, **item: Any) -> Any:
        """Runs one work item; raises what it raised."""
        self.run_count += 1
        data = bytes(calls.pack_call(function, args, {}))
        header = {"g": self.run_count, "j": [1], "w": [self.run_count], "a": [1], "n": [len(data)], "l": [1]}
        self.socket.sendall(channel.pack_message({**header, "x": {"0": item} if item else {}, "t": {}}, data))
        value, error = calls.unpack_outcome(next(self.records).payload)
        if error is not None:
            raise error
        return value

    @property
    def log(self) -> str:
        return (self.folder / "out.log").read_text()

    def leave(self) -> int:
        """Ends it as a broker does; returns its exit code."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_WR)
        code = self.process.wait(20)
        self.records.close()
        self.socket.close()
        return code


Start = Callable[..., Worker]


@pytest.fixture
def start(tmp_path: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts workers for jobs of an executor, and ends them."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    workers: list[Worker] = []

    def start(executor: Executor, **extra: Any) -> Worker:
        workers.append(Worker(tmp_path / f"worker{len(workers)}", executor._job_options(extra)))
        executor.shutdown(wait=False)
        return workers[-1]

    yield start
    for worker in workers:
        worker.leave()
    assert list(temporary.iterdir()) == []


@pytest.fixture
def session(maya: Any, scene: Path) -> Any:
    """A session whose scene has a change that is not saved."""
    maya.cmds.file(str(scene), open=True, force=True)
    maya.cmds.createNode("joint", name="unsaved")
    maya.cmds.upAxis(axis="z")
    return maya


def test_q34_q35_q36_a_call_finds_maya_scene_and_workspace(start: Start, no_maya: None, scene: Path) -> None:
    worker = start(Executor(filename=scene, workspace=scene.parents[1]))
    assert worker.hello.kind == channel.READY
    query = "cmds.file(query=True, sceneName=True), cmds.workspace(query=True, rootDirectory=True)"
    assert worker.call("farmfutures.maya:evaluate", query) == (str(scene), f"{scene.parents[1]}/")


def test_q38_q40_q42_the_session_as_it_is_on_screen(session: Any, start: Start) -> None:
    worker = start(Executor(clone_environ=True, create_tempfile=True))
    node_type = import_module("maya.cmds").nodeType
    assert [worker.call(node_type, name) for name in ("ball", "unsaved")] == ["transform", "joint"]
    assert worker.call("farmfutures.maya:evaluate", "cmds.upAxis(query=True, axis=True)") == "z"


def test_qs31_workspace_before_scene(start: Start, no_maya: None, scene: Path, tmp_path: Path) -> None:
    module = tmp_path / "module"
    (module / "scripts").mkdir(parents=True)
    (module / "watch.mod").write_text("+ watch 1.0 .\n")
    (module / "scripts" / "userSetup.py").write_text(
        "import builtins\nfrom maya import cmds\nfrom maya.api import OpenMaya as om\nbuiltins.seen = []\n"
        "om.MSceneMessage.addCallback(\n    om.MSceneMessage.kBeforeOpen, "
        "lambda *_: builtins.seen.append(cmds.workspace(query=True, rootDirectory=True)))\n"
    )
    worker = start(Executor(filename=scene, workspace=scene.parents[1]), env={"MAYA_MODULE_PATH": str(module)})
    seen = worker.call("farmfutures.maya:evaluate", "import builtins; result = builtins.seen")
    assert seen == [f"{scene.parents[1]}/"]


@pytest.mark.parametrize("skip", [False, True])
def test_user_setup_runs_as_in_the_session_or_not_at_all(
    start: Start, no_maya: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, skip: bool
) -> None:
    scripts = tmp_path / "maya" / "2026" / "scripts"  # Of this user, whose folder a worker does not have as its own.
    scripts.mkdir(parents=True)
    (scripts / "userSetup.py").write_text("import builtins\nfrom maya import cmds\nbuiltins.seen = cmds.about(version=True)\n")
    worker = start(Executor(version=2026), env={"MAYA_APP_DIR": str(tmp_path / "maya")}, skip_usersetup=skip)
    seen = worker.call("farmfutures.maya:evaluate", "import builtins; result = getattr(builtins, 'seen', None)")
    assert seen == (None if skip else "2026")


def test_qs37_an_item_opens_another_scene_and_the_next_one_not(start: Start, no_maya: None, scene: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.ma"
    other.write_text('//Maya ASCII 2026 scene\ncreateNode camera -n "cam";\n')
    executor = Executor(filename=scene)
    worker = start(executor)
    names = "sorted(name for name in cmds.ls() if name in ('ball', 'ballShape', 'cam'))"
    assert worker.call("farmfutures.maya:evaluate", names) == ["ball", "ballShape"]
    item = executor._item_options({"filename": str(other)})
    assert worker.call("farmfutures.maya:evaluate", names, **item) == ["cam"]
    assert worker.call("farmfutures.maya:evaluate", names) == ["ball", "ballShape"]


def test_p42_arguments_are_mapped_and_results_are_not(start: Start, no_maya: None, tmp_path: Path) -> None:
    worker = start(Executor(), path_mapping=f"P:/ <-> {tmp_path}")
    assert worker.call("builtins:list", ("P:\\a", "at P:/a")) == [f"{tmp_path}/a", "at P:/a"]
    assert worker.call("builtins:eval", "'P:' + '/b'") == "P:/b"


def test_qs16_preflight_runs_in_maya_before_the_call_is_unpickled(start: Start, no_maya: None, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "only_there.py").write_text("def answer():\n    return 42\n")
    (tmp_path / "ready.py").write_text(
        "import sys\nfrom maya import cmds\ndef go():\n    cmds.about(version=True)\n"
        f"    sys.path.append({str(tmp_path / 'lib')!r})\n"
    )
    worker = start(Executor(), preflight="ready:go", sys_path=[str(tmp_path)])
    assert worker.hello.kind == channel.READY, worker.log
    assert worker.call("only_there:answer") == 42


def test_workers_have_preferences_of_their_own_and_leave_nothing(start: Start, no_maya: None) -> None:
    workers = [start(Executor()) for _ in range(2)]
    folders = [worker.call("os:getenv", "MAYA_APP_DIR") for worker in workers]
    assert len({*folders, os.environ.get("MAYA_APP_DIR")}) == 3
    assert [worker.leave() for worker in workers] == [0, 0]
    assert not any(Path(folder).exists() for folder in folders)


def test_a_call_finds_the_same_mayapy_for_calls_of_its_own(start: Start, no_maya: None, stand_in: Path) -> None:
    worker = start(Executor())
    assert worker.call("os:getenv", "FARMFUTURES_MAYAPY") == str(stand_in)


def test_what_a_worker_is_started_with(start: Start, no_maya: None) -> None:
    worker = start(Executor())
    assert worker.call("os:getenv", "MAYA_NO_STANDALONE_ATEXIT") == "1"
    assert worker.call("os:getenv", "PYTHONHOME") is None


@pytest.mark.parametrize(
    ("env", "settings", "text", "final"),
    [
        ({}, {"filename": "/absent/shot.ma"}, "the scene /absent/shot.ma is not on", True),
        ({}, {"workspace": "/absent/project"}, "the workspace /absent/project is not a folder", True),
        ({"FARMFUTURES_SIM_VERSION": "2025"}, {"version": "2026"}, "is Maya 2025, but the job is for Maya 2026", True),
        ({"FARMFUTURES_SIM_FAULT": "licence"}, {}, "In most cases there was no licence", False),
    ],
)
def test_what_goes_wrong_before_the_first_call(
    start: Start, no_maya: None, env: dict[str, str], settings: dict[str, Any], text: str, final: bool
) -> None:
    worker = start(Executor(), env=env, settings=settings)
    assert worker.hello.kind == channel.FAILED
    assert text in worker.hello.payload.decode()
    assert bool(worker.hello.flags) is final
    assert text in worker.log
