"""The Maya executor: Q33, Q37 to Q41, QS16, QS33, QS37, QS38. What a job asks for, without running one."""

from __future__ import annotations

import inspect
import json
import os
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures.errors import (
    InterpreterNotFoundError,
    MissingVariableError,
    NotInMayaError,
    OptionError,
    SceneNotFoundError,
    SnapshotError,
    WorkspaceNotFoundError,
)
from farmfutures.maya import Executor, Policy
from farmfutures_maya.uses import uses

Make = Callable[..., Executor]


def job(executor: Executor, **extra: Any) -> dict[str, Any]:
    return executor._job_options(extra)


def settings(executor: Executor, **extra: Any) -> dict[str, Any]:
    found = dict(job(executor, **extra)["settings"])
    assert json.loads(json.dumps(found)) == found
    found.pop("mayapy", None)
    return found


def other_scene(tmp_path: Path, name: str = "other.ma") -> str:
    path = tmp_path / name
    path.write_text("//Maya ASCII 2026 scene\n")
    return str(path)


def test_q33_signature() -> None:
    parameters = inspect.signature(Executor.__init__).parameters
    found = {name: parameter.default for name, parameter in parameters.items() if name not in {"self", "job"}}
    assert found == {
        "clone_environ": None,
        "create_tempfile": False,
        "filename": None,
        "workspace": None,
        "version": None,
    }
    assert list(found) == ["clone_environ", "create_tempfile", "filename", "workspace", "version"]
    assert issubclass(Executor, farmfutures.Executor)


def test_q34_a_job_asks_for_our_bootstrap(make: Make, no_maya: None, stand_in: Path) -> None:
    options = job(make())
    assert options["bootstrap"] == "farmfutures.maya:bootstrap"
    assert options["interpreter"] == [str(stand_in.resolve())]
    assert options["settings"] == {"mayapy": str(stand_in), "version": "2026"}
    assert not {"filename", "workspace", "version", "skip_usersetup"} & options.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAYA_DISABLE_CIP", "1"),
        ("MAYA_DISABLE_CER", "1"),
        ("MAYA_DISABLE_CLIC_IPM", "1"),
        ("MAYA_DISABLE_ADP", "1"),
        ("MAYA_NO_STANDALONE_ATEXIT", "1"),
    ],
)
def test_workers_start_quietly_unless_the_caller_says_otherwise(make: Make, no_maya: None, name: str, value: str) -> None:
    executor = make()
    assert job(executor)["env"][name] == value
    assert job(executor, env={name: "0"})["env"][name] == "0"


def test_usersetup_runs_unless_skipped(make: Make, no_maya: None) -> None:
    executor = make()
    assert "MAYA_SKIP_USERSETUP_PY" not in job(executor)["env"]
    assert job(executor, skip_usersetup=True)["env"]["MAYA_SKIP_USERSETUP_PY"] == "1"


def test_q35_q36_filename_and_workspace(make: Make, no_maya: None, scene: Path) -> None:
    executor = make(filename=scene, workspace=str(scene.parents[1]), version=2026)
    assert settings(executor) == {"version": "2026", "filename": str(scene), "workspace": str(scene.parents[1])}


def test_q35_a_relative_filename_is_found_here_or_in_the_workspace(
    make: Make, no_maya: None, scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = scene.parents[1]
    assert settings(make(filename="scenes/shot.ma", workspace=project))["filename"] == str(scene)
    monkeypatch.chdir(project)
    monkeypatch.setenv("SCENES", "scenes")
    assert settings(make(filename="$SCENES/shot.ma"))["filename"] == str(scene)


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"filename": "/absent/shot.ma"}, SceneNotFoundError, r"there is no scene /absent/shot\.ma"),
        ({"workspace": "/absent/project"}, WorkspaceNotFoundError, "there is no folder /absent/project"),
        ({"version": "latest"}, OptionError, "is not a version of Maya"),
        ({"load_references": "some"}, OptionError, "none of all, none, topOnly"),
    ],
)
def test_bad_options_of_a_job(make: Make, no_maya: None, given: dict[str, Any], error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        job(make(), **given)


def test_q37_version_chooses_the_interpreter(make: Make, no_maya: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for year in (2026, 2027):
        path = tmp_path / f"maya{year}" / "mayapy"
        path.parent.mkdir()
        path.write_text(f'#!/bin/sh\necho \'farmfutures:{{"version": "{year}"}}\'\n')
        path.chmod(0o755)
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(tmp_path / "maya{version}" / "mayapy"))
    executor = make(version="2026.1")
    assert job(executor)["interpreter"] == [str(tmp_path / "maya2026/mayapy")]
    assert job(executor, version=2027)["interpreter"] == [str(tmp_path / "maya2027/mayapy")]
    with pytest.raises(InterpreterNotFoundError, match="mayapy of Maya 2030"):
        job(executor, version=2030)


def test_p42_rules_come_from_settings_and_job(
    make: Make, no_maya: None, scene: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('path_mapping = ["Q:/ <-> /net/other"]\n')
    monkeypatch.setenv("FARMFUTURES_SETTINGS", str(file))
    rule = f"P:/ <-> {tmp_path}"
    executor = make(path_mapping=rule)
    found = settings(executor, path_mapping=rule, filename="P:/project/scenes/shot.ma", env={"SHOW": "x"})
    assert found["path_rules"] == [f"P:/ <-> {tmp_path}", "Q:/ <-> /net/other"]
    assert (found["sent_from"], found["sent_variables"]) == (sys.platform, ["SHOW"])
    assert found["filename"] == str(scene)
    assert executor._item_options({"filename": "P:/project/scenes/shot.ma"})["settings"]["filename"] == str(scene)
    assert settings(executor, path_mapping=[("P:/", tmp_path), ("R:/", "/r")])["path_rules"][1] == "R:/ <-> /r"
    with pytest.raises(OptionError, match="no rule"):
        make(path_mapping="nonsense")


def test_qs37_what_a_job_gives_wins_over_the_executor(make: Make, no_maya: None, scene: Path, tmp_path: Path) -> None:
    other = other_scene(tmp_path)
    executor = make(filename=scene, workspace=scene.parents[1], version=2026)
    found = job(executor, filename=other, workspace=tmp_path, version=2027, interpreter="/own/mayapy")
    assert found["settings"] == {"version": "2027", "filename": other, "workspace": str(tmp_path)}
    assert found["interpreter"] == ["/own/mayapy"]
    assert job(executor, interpreter=["rez-env", "--", "mayapy"])["interpreter"] == ["rez-env", "--", "mayapy"]


def test_qs37_a_work_item_may_open_another_scene(make: Make, no_maya: None, scene: Path, tmp_path: Path) -> None:
    other = other_scene(tmp_path)
    executor = make(filename=scene, version=2026)
    found = executor._item_options({"filename": other, "name": "other"})
    assert found["settings"]["filename"] == other
    assert found["name"] == "other"
    assert "filename" not in found
    assert executor._item_options({"name": "plain"}) == {"name": "plain"}


@pytest.mark.parametrize(
    "extra", [{"version": 2027}, {"interpreter": "/own/mayapy"}, {"skip_usersetup": True}, {"restore": "keep"}]
)
def test_qs37_work_items_share_their_interpreter(make: Make, no_maya: None, extra: dict[str, Any]) -> None:
    with pytest.raises(OptionError, match=f"{next(iter(extra))}= can't differ between the work items"):
        make()._item_options(extra)


def test_qs16_preflight_and_settings_of_the_caller_pass(make: Make, no_maya: None) -> None:
    found = job(make(), preflight="studio:ready", settings={"frame": 3.0}, name="n")
    assert (found["preflight"], found["settings"]["frame"], found["name"]) == ("studio:ready", 3.0, "n")


# In a session


@pytest.fixture
def session(maya: Any, scene: Path, monkeypatch: pytest.MonkeyPatch, stand_in: Path) -> Any:
    """A session with a saved scene, and a variable that travels."""
    maya.cmds.file(str(scene), open=True, force=True)
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    monkeypatch.setenv("SHOW", "orrery")
    return maya


def name_of(session: Any) -> str:
    return str(session.cmds.file(query=True, sceneName=True))


def root_of(session: Any) -> str:
    return str(session.cmds.workspace(query=True, rootDirectory=True)).rstrip("/")


def test_q38_clone_environ(session: Any, make: Make) -> None:
    session.cmds.upAxis(axis="z")
    session.cmds.currentTime(7)
    executor = make()
    executor.clone_environ()
    found = settings(executor)
    assert (executor.filename, executor.workspace, executor.version) == (name_of(session), root_of(session), "2026")
    assert (found["filename"], found["workspace"], found["version"]) == (name_of(session), root_of(session), "2026")
    assert (found["up_axis"], found["frame"]) == ("z", 7.0)
    assert job(executor)["env"]["SHOW"] == "orrery"
    assert job(executor, env={"SHOW": "other"})["env"]["SHOW"] == "other"


def test_s7_named_secrets_go_out_of_band(session: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTRACK_API_KEY", "hunter2")
    monkeypatch.setenv("OTHER_API_KEY", "hunter3")
    executor = make()
    executor.clone_environ(policy=Policy(allow_secrets=("FTRACK_API_KEY",)))
    options = job(executor)
    assert options["secret_env"] == {"FTRACK_API_KEY": "hunter2"}
    assert "hunter" not in str({**options, "secret_env": None}) + str(vars(executor)) + repr(executor)
    spec, _ = executor._prepare(None)
    assert "hunter" not in repr(spec)
    assert spec.launch.secrets == {"FTRACK_API_KEY": "hunter2"}
    assert "secret_env" in job(executor, env={"FTRACK_API_KEY": "mine"})
    spec, _ = executor._prepare({"env": {"FTRACK_API_KEY": "mine"}})
    assert spec.launch.secrets == {"FTRACK_API_KEY": "mine"}


def textured(session: Any) -> None:
    node = session.cmds.createNode("file")
    session.cmds.setAttr(f"{node}.fileTextureName", "$ABSENT/a.png", type="string")


def test_a_variable_that_paths_use_and_nobody_has_is_warned_of_and_the_job_is_told(session: Any, make: Make) -> None:
    textured(session)
    executor = make()
    with pytest.warns(UserWarning, match="paths in the scene use ABSENT, which a worker will not have"):
        executor.clone_environ()
    executor.create_tempfile()
    assert settings(executor)["missing_variables"] == ["ABSENT"]
    assert settings(executor, env={"ABSENT": "/here"})["missing_variables"] == []


def test_a_policy_can_refuse_missing_variables_or_ignore_them(session: Any, make: Make) -> None:
    textured(session)
    with pytest.raises(MissingVariableError, match="ABSENT"):
        make().clone_environ(policy=Policy(missing="refuse"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert make().clone_environ(policy=Policy(missing="ignore")).missing_variables == ("ABSENT",)


def test_q38_the_selection_is_cloned_when_asked(session: Any, make: Make) -> None:
    session.cmds.select("ball")
    session.cmds.file(modified=False)
    executor = make()
    executor.clone_environ()
    assert "selection" not in settings(executor)
    executor.clone_environ(selection=True)
    assert settings(executor)["selection"] == ["|ball"]


def test_q39_clone_environ_in_the_constructor(session: Any, make: Make) -> None:
    by_method = make()
    by_method.clone_environ()
    assert job(make(clone_environ=True)) == job(by_method)


def test_qs33_clone_fills_only_what_is_unset(session: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_SIM_VERSION", "2025")  # What the mayapy says that is found.
    other = other_scene(tmp_path)
    executor = make(clone_environ=True, filename=other, version=2025)
    assert (executor.filename, executor.workspace, executor.version) == (other, root_of(session), "2025")
    found = settings(executor)
    assert (found["filename"], found["version"]) == (other, "2025")
    assert "frame" not in found


@pytest.mark.parametrize("how", [{"clone_environ": True}, {"create_tempfile": True}, {"create_tempfile": "/tmp/copies"}])
def test_qs33_qs34_outside_maya(no_maya: None, how: dict[str, Any]) -> None:
    with pytest.raises(NotInMayaError, match="when not in Maya") as caught:
        Executor(**how)
    assert isinstance(caught.value, RuntimeError)


@pytest.mark.parametrize(("method", "text"), [("clone_environ", "clone environment"), ("create_tempfile", "create tempfile")])
def test_qs33_qs34_methods_outside_maya(make: Make, no_maya: None, method: str, text: str) -> None:
    with pytest.raises(NotInMayaError, match=f"cannot {text} when not in Maya"):
        getattr(make(), method)()


def test_q40_create_tempfile(session: Any, make: Make) -> None:
    session.cmds.file(modified=True)
    executor = make()
    copy = executor.create_tempfile()
    assert executor.filename == copy.path != name_of(session)
    assert session.cmds.file(query=True, modified=True)


@pytest.mark.parametrize("asked", [True, False])
def test_q41_create_tempfile_in_the_constructor(session: Any, make: Make, tmp_path: Path, asked: bool) -> None:
    filename = make(create_tempfile=str(tmp_path / "copies") if asked else True).filename
    assert filename
    assert Path(filename).is_relative_to(tmp_path / "copies" if asked else root_of(session))


@pytest.mark.parametrize(
    ("clone", "copy", "given", "expected"),
    [
        (False, False, False, None),
        (True, False, False, "cloned"),
        (False, True, False, "copy"),
        (True, True, False, "copy"),
        (False, False, True, "given"),
        (True, False, True, "given"),
        (False, True, True, "given"),
        (True, True, True, "given"),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_qs38_which_scene_wins(
    session: Any, make: Make, tmp_path: Path, clone: bool, copy: bool, given: bool, expected: str | None, later: bool
) -> None:
    filename = other_scene(tmp_path) if given else None
    if later:
        executor = make(filename=filename)
        snapshot = executor.create_tempfile() if copy else None
        if clone:
            executor.clone_environ()
    else:
        executor = make(clone_environ=clone, create_tempfile=copy, filename=filename)
        snapshot = executor._snapshot
    wanted = {None: None, "cloned": name_of(session), "copy": snapshot and snapshot.path, "given": filename}[expected]
    assert executor.filename == wanted


def test_qs38_a_copy_keeps_the_moment_of_its_session(session: Any, make: Make) -> None:
    session.cmds.currentTime(9)
    assert settings(make(clone_environ=True, create_tempfile=True))["frame"] == 9.0


def test_n6_one_copy_a_batch_and_one_use_of_it(session: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    session.cmds.createNode("transform")
    executor = make(clone_environ=True, create_tempfile=True)

    def submit(spec: Any, name: str, works: Any, futures: list[farmfutures.Future]) -> int:
        for future in futures:
            future._never(SnapshotError("this engine runs nothing"))
        return 7

    monkeypatch.setattr(executor._engine, "submit", submit)
    monkeypatch.setattr(executor, "_cancel", lambda _: None)
    with executor.batch("three") as batch:
        for _ in range(3):
            batch.submit(session.cmds.nodeType, "ball")
    assert len(session.asked("file", "exportAll")) == 1
    assert executor.filename is not None
    assert [use.job for use in uses(Path(executor.filename).parent).values()] == [7]
    for thread in [thread for thread in threading.enumerate() if thread.name == "farmfutures prune"]:
        thread.join()


def test_n6_a_copy_that_is_gone_is_said_before_anything_is_submitted(session: Any, make: Make) -> None:
    executor = make(clone_environ=True)
    copy = executor.create_tempfile()
    os.unlink(copy.path)
    with pytest.raises(SceneNotFoundError, match="there is no scene"):
        executor.submit(pow, 2, 2)


def test_unsaved_changes_that_would_stay_behind_are_warned_of(session: Any, make: Make) -> None:
    session.cmds.file(modified=True)
    executor = make(clone_environ=True)
    with pytest.warns(UserWarning, match=r"the unsaved changes of .*shot\.ma won't be on the workers"):
        job(executor)
    executor.create_tempfile()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        job(executor)


def test_an_untitled_scene_that_would_stay_behind_is_warned_of(session: Any, make: Make) -> None:
    session.cmds.file(new=True, force=True)
    session.cmds.file(modified=True)
    executor = make(clone_environ=True)
    assert executor.filename is None
    with pytest.warns(UserWarning, match="the untitled scene won't be on the workers"):
        job(executor)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"restore": "reset"}, {"restore": "reset"}),
        ({"strict": True}, {"strict": True}),
        ({"open_timeout_s": 20}, {"open_timeout_s": 20.0}),
        ({}, {}),
    ],
)
def test_options_of_the_bootstrap(make: Make, no_maya: None, given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert settings(make(version=2026), **given) == {"version": "2026", **expected}


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"restore": "undo"}, "restore='undo' is none of fresh, reset, keep"),
        ({"open_timeout_s": "long"}, "open_timeout_s='long': give a number of seconds"),
        ({"open_timeout_s": 0}, "open_timeout_s=0: give a number of seconds above 0"),
    ],
)
def test_options_of_the_bootstrap_that_mean_nothing(make: Make, no_maya: None, given: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        job(make(version=2026), **given)


def test_qs32_in_maya_the_version_is_the_sessions(session: Any, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_SIM_VERSION", "Preview Release 150")  # What the mayapy says that is found.
    session.world.version = "2027"
    assert make().version == "2027"
    session.world.version = "Preview Release 150"
    assert settings(make()) == {"version": "Preview Release 150"}


def test_qs32_outside_maya_the_version_is_open(make: Make, no_maya: None) -> None:
    assert make().version is None


def test_two_jobs_of_one_session_ask_for_the_same_interpreter(session: Any, make: Make) -> None:
    first, second = (make(clone_environ=True, create_tempfile=True) for _ in range(2))
    assert job(first) == job(second)


def test_a_work_item_with_another_scene_has_not_the_sessions_moment(session: Any, make: Make, tmp_path: Path) -> None:
    executor = make(clone_environ=True)
    found = executor._item_options({"filename": other_scene(tmp_path)})["settings"]
    assert {found[name] for name in ("frame", "units", "render_layer", "namespace", "selection")} == {None}
    assert "frame" not in executor._item_options({"filename": name_of(session)})["settings"]
