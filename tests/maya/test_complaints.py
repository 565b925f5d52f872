"""What users of other submitters complained of, in the order of what they ran into: none of it is to be said of us.

Each complaint is from a public tracker, which is named; the test uses what a user would, and shows that it is not so here.
Other tests go further into each.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import farmfutures
from farmfutures.errors import BootstrapError, InterpreterNotFoundError
from farmfutures.maya import Executor, Kind, Session, install, uninstall
from farmfutures_maya import mayapy, submitting

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

ROOT = Path(__file__).resolve().parents[2]
HEAD = '//Maya ASCII 2026 scene\nrequires maya "2026";\n'
Make = Callable[..., Executor]


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch, stand_in: Path) -> Iterator[Make]:
    """Makes executors, and ends them."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    made: list[Executor] = []

    def make(**options: Any) -> Executor:
        made.append(Executor(**options))
        return made[-1]

    yield make
    for executor in made:
        executor.shutdown(wait=False)


@pytest.fixture
def dirty(maya: Any, scene: Path) -> Any:
    """A session whose scene has a change that is not saved."""
    maya.cmds.file(str(scene), open=True, force=True)
    maya.cmds.createNode("joint", name="unsaved")
    return maya


def opened(maya: Any, path: Path, text: str) -> Path:
    """Writes a scene and opens it."""
    path.write_text(HEAD + text)
    maya.cmds.file(str(path), open=True, force=True)
    return path


def test_1_unsaved_changes_are_not_silently_left_behind(dirty: Any, make: Make, fresh_bootstrap: ModuleType, scene: Path) -> None:
    """deadline-cloud-for-maya 225, 238: what was on screen was not on the farm, and nobody said so."""
    executor = make(clone_environ=True)
    with pytest.warns(UserWarning, match=r"the unsaved changes of .*shot\.ma won't be on the workers: call create_tempfile"):
        executor.launch()
    executor.create_tempfile()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        settings = executor.launch()["settings"]
    fresh_bootstrap.bootstrap(settings)
    assert dirty.cmds.nodeType("unsaved") == "joint"
    assert "unsaved" not in scene.read_text()  # Nothing was saved for that.


def test_2_a_scene_need_not_be_saved_first(maya: Any, make: Make, fresh_bootstrap: ModuleType) -> None:
    """deadline-cloud-for-maya, mel_commands.py: "Scene is not saved to disk"."""
    maya.cmds.file(new=True, force=True)
    maya.cmds.createNode("joint", name="hip")
    executor = make(clone_environ=True, create_tempfile=True)
    assert maya.cmds.file(query=True, sceneName=True) == ""
    assert maya.cmds.file(query=True, modified=True)
    fresh_bootstrap.bootstrap(executor.launch()["settings"])
    assert maya.cmds.nodeType("hip") == "joint"


def test_3_looking_for_files_does_not_freeze_maya(maya: Any, make: Make, tmp_path: Path) -> None:
    """deadline-cloud-for-maya 287: thousands of textures, no progress, no way out. None of our slices is longer than 16 ms."""
    nodes = "".join(f'createNode file -n "f{n}";\n\tsetAttr ".ftn" -type "string" "/absent/{n}.png";\n' for n in range(2000))
    opened(maya, tmp_path / "project" / "scenes" / "many.ma", nodes)
    executor = make(clone_environ=True)
    checking = executor.checking()
    slices, seen, more = [], [], True
    while more:
        begun = time.thread_time()
        more = checking.step()
        slices.append(time.thread_time() - begun)
        seen.append((checking.done, checking.total))
    assert sum(problem.kind is Kind.TEXTURE for problem in checking.problems) > 0
    assert len(slices) > 3
    assert sorted(slices)[len(slices) * 9 // 10] < 0.016
    assert any(done > 0 for done, _ in seen)
    with pytest.raises(CancelledError):
        executor.check(cancelled=lambda: True)


WITHOUT = """
import sys
for name in ("ssl", "_ssl", "_hashlib", "urllib3", "requests", "numpy", "click", "rich", "psutil"):
    sys.modules[name] = None  # As in a Maya whose libssl can't be loaded, and that has nothing installed.
import maya.standalone
maya.standalone.initialize()
from maya import cmds
cmds.loadPlugin("farmfutures_plugin")
import farmfutures.maya
session = farmfutures.maya.Session.capture()
executor = farmfutures.maya.Executor(clone_environ=True, create_tempfile=sys.argv[1], interpreter=[sys.executable])
print("fine", executor.launch()["settings"]["filename"])
executor.shutdown()
sys.stdout.flush()
import os
os._exit(0)
"""


def test_4_the_plug_in_loads_without_ssl(stand_in: Path, tmp_path: Path) -> None:
    """deadline-cloud-for-maya 133: Maya's own Python on Linux has no libssl, and the plug-in could not be imported."""
    environ = {**os.environ, "MAYA_MODULE_PATH": str(ROOT)}
    command = [str(stand_in), "-c", WITHOUT, str(tmp_path)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=25, check=False)
    assert done.stdout.startswith(f"fine {tmp_path}"), done.stderr


def test_5_the_scene_is_that_of_now(maya: Any, stand_in: Path, scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """deadline-cloud-for-maya 167: the dialog had settings of the scene before."""
    sent: list[Executor] = []

    def submit(self: Executor, *_: Any, **__: Any) -> Any:
        sent.append(self)
        return farmfutures.Future()

    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    monkeypatch.setattr(Executor, "submit_ext", submit)
    monkeypatch.setattr(farmfutures.Future, "job_id", 1)
    other = scene.with_name("other.ma")
    other.write_text(HEAD)
    for path in (scene, other):
        maya.cmds.file(str(path), open=True, force=True)
        submitting.submit("1", snapshot=False)
    assert [executor.filename for executor in sent] == [str(scene), str(other)]
    stale = sent[0].check()
    assert [problem.kind for problem in stale] == [Kind.STALE]
    assert "Call clone_environ()" in stale[0].fix


def test_6_a_referenced_render_layer_does_not_keep_a_scene_shut(
    maya: Any, make: Make, fresh_bootstrap: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """deadline-cloud-for-maya 160, 164: the current layer was one of a reference, and the scene did not open on the farm."""
    folder = tmp_path / "project" / "scenes"
    (folder / "set.ma").write_text(HEAD + 'createNode renderLayer -n "fog";\n')
    refer = f'file -r -ns "set" -dr 1 -rfn "setRN" -typ "mayaAscii" "{folder}/set.ma";\n'
    path = opened(maya, folder / "shot.ma", refer + 'createNode transform -n "ball";\n')
    settings = {**make(clone_environ=True).launch()["settings"], "render_layer": "set:fog"}
    fresh_bootstrap.bootstrap(settings)
    assert maya.cmds.file(query=True, sceneName=True) == str(path)
    assert maya.cmds.nodeType("ball") == "transform"
    assert "the render layer set:fog could not be made the current one" in capfd.readouterr().err


def test_7_another_mayapy_than_the_right_one_is_not_taken(tmp_path: Path) -> None:
    """deadline-cloud-for-maya 153, 154, 200: none on PATH, or one of another version."""
    other = tmp_path / "maya2025" / "bin" / "mayapy"
    other.parent.mkdir(parents=True)
    other.write_text('#!/bin/sh\necho \'farmfutures:{"version": "2025"}\'\n')
    other.chmod(0o755)
    environ = {"PATH": str(other.parent), "MAYA_LOCATION": str(tmp_path / "maya2025")}
    assert mayapy.find(2025, environ=environ).path == other
    with pytest.raises(InterpreterNotFoundError, match=r"no mayapy of Maya 2031.*is Maya 2025.*set FARMFUTURES_MAYAPY"):
        mayapy.find(2031, environ=environ)


def test_8_plug_ins_are_loaded_before_the_scene_and_one_that_is_missing_is_said(
    maya: Any, make: Make, fresh_bootstrap: ModuleType, scene: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """deadline-cloud-for-maya 409, 291, gs-code 38, OpenPype 4714: not loaded, and no translators, which no scene asks for."""
    maya.cmds.file(str(scene), open=True, force=True)
    for name in ("AbcImport", "mtoa"):
        maya.cmds.loadPlugin(name)
    settings = make(clone_environ=True).launch()["settings"]
    maya.cmds.unloadPlugin("AbcImport", "mtoa")
    maya.world.missing = frozenset({"mtoa"})
    maya.log.clear()
    fresh_bootstrap.bootstrap(settings)
    order = [name if name == "loadPlugin" else "open" for name, _, flags in maya.log if name == "loadPlugin" or "open" in flags]
    assert "loadPlugin" in order
    assert order[-1] == "open"
    assert maya.cmds.pluginInfo("AbcImport", query=True, loaded=True)
    assert "the plug-in mtoa of the session could not be loaded here" in capfd.readouterr().err


def test_9_a_scene_of_a_newer_maya(maya: Any, fresh_bootstrap: ModuleType, scene: Path) -> None:
    """deadline-cloud-for-maya 273: it did not open, and there was no way to say that it should."""
    scene.write_text(scene.read_text().replace("2026", "2027"))
    with pytest.raises(BootstrapError, match=r"could not open .*Unknown Maya file version: 2027.*give ignore_version=True"):
        fresh_bootstrap.bootstrap({"filename": str(scene)})
    fresh_bootstrap.bootstrap({"filename": str(scene), "ignore_version": True})
    assert maya.cmds.objExists("ball")


def test_10_files_are_found_and_their_paths_mapped(maya: Any, make: Make, fresh_bootstrap: ModuleType, tmp_path: Path) -> None:
    """deadline-cloud-for-maya 204, 348, 256, 245, 385: sequences and caches were not seen, and paths of others not mapped."""
    folder = tmp_path / "project" / "scenes"
    here = tmp_path / "projects"
    here.mkdir()
    (here / "set.ma").write_text(HEAD + 'createNode transform -n "wall";\n')
    for frame in (1, 2, 4):
        (here / f"fire.{frame:04}.png").touch()
    text = (
        'file -r -ns "set" -dr 1 -rfn "setRN" -typ "mayaAscii" "P:/set.ma";\n'
        f'createNode file -n "fire";\n\tsetAttr ".ufe" yes;\n\tsetAttr ".ftn" -type "string" "{here}/fire.0001.png";\n'
        f'createNode file -n "gone";\n\tsetAttr ".ftn" -type "string" "{here}/gone.<UDIM>.tif";\n'
        f'createNode AlembicNode -n "crowd";\n\tsetAttr ".abc_File" -type "string" "{here}/crowd.abc";\n'
    )
    path = opened(maya, folder / "shot.ma", text)
    executor = make(clone_environ=True, path_mapping=f"P:/ <-> {here}")
    said = {(problem.kind, problem.place) for problem in executor.check()}
    assert said >= {(Kind.TEXTURE, "fire"), (Kind.TEXTURE, "gone"), (Kind.CACHE, "crowd")}
    assert Kind.REFERENCE not in {kind for kind, _ in said}  # It is found where it is on this platform.
    maya.log.clear()
    fresh_bootstrap.bootstrap(executor.launch()["settings"])
    assert maya.cmds.file(query=True, sceneName=True) == str(path)
    assert maya.cmds.objExists("set:wall")


def test_11_the_project_is_set_before_the_scene(maya: Any, make: Make, fresh_bootstrap: ModuleType, tmp_path: Path) -> None:
    """deadline-cloud-for-maya 218, ayon-maya 360: images went elsewhere, and a project was checked that was not the artist's."""
    project = tmp_path / "project"
    (project / "workspace.mel").write_text('workspace -fr "images" "renders";\n')
    (project / "assets").mkdir()
    (project / "assets" / "set.ma").write_text(HEAD + 'createNode transform -n "wall";\n')
    maya.cmds.workspace(str(project), openWorkspace=True)
    refer = 'file -r -ns "set" -dr 1 -rfn "setRN" -typ "mayaAscii" "assets/set.ma";\n'
    opened(maya, project / "scenes" / "shot.ma", refer)
    settings = make(clone_environ=True).launch()["settings"]
    maya.cmds.workspace(str(tmp_path), openWorkspace=True)
    maya.cmds.file(new=True, force=True)
    fresh_bootstrap.bootstrap(settings)
    assert maya.cmds.workspace(query=True, rootDirectory=True) == f"{project}/"
    assert maya.cmds.workspace(fileRuleEntry="images") == "renders"
    assert maya.cmds.objExists("set:wall")


@pytest.mark.parametrize("kind", ["mayaAscii", "mayaBinary"])
def test_12_unknown_nodes_do_not_keep_a_scene_back(maya: Any, make: Make, tmp_path: Path, kind: str) -> None:
    """ayon-maya 229, avalon-core 87: "unknown data which is preventing Maya from changing the file format"."""
    maya.world.missing = frozenset({"noSuchRenderer"})
    ending = {"mayaAscii": ".ma", "mayaBinary": ".mb"}[kind]
    path = tmp_path / "project" / "scenes" / f"shot{ending}"
    opened(maya, path, 'requires -nodeType "sky" "noSuchRenderer" "5";\ncreateNode sky -n "sky1";\n')
    maya.cmds.createNode("joint", name="unsaved")
    executor = make(clone_environ=True, create_tempfile=True)
    assert str(executor.filename).endswith(f"shot{ending}")
    assert 'createNode sky -n "sky1"' in Path(executor.filename or "").read_text()
    (unknown,) = [problem for problem in executor.check() if problem.kind is Kind.UNKNOWN_NODE]
    assert "sky1" in unknown.place
    assert "noSuchRenderer" in unknown.fix


def test_13_variables_that_a_worker_needs_are_there_and_no_others(maya: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenPype 1428, 2939, 5815, 6310, ayon-deadline 232: paths were missing, and a variable that was sent ended the job."""
    sent = {"PYTHONPATH": "/studio/python", "SHOW": "bigbuck", "OCIO": "/studio/config.ocio"}
    kept = {"LD_LIBRARY_PATH": "/opt/lib", "PYTHONHOME": "/opt/python", "FTRACK_API_KEY": "s3cret", "STUDIO_PWD": "s3cret"}
    for name, value in {**sent, **kept}.items():
        monkeypatch.setenv(name, value)
    session = Session.capture()
    assert {name: session.environ.get(name) for name in sent} == sent
    assert not kept.keys() & session.environ.keys()
    assert "FTRACK_API_KEY (looks like a secret" in session.explain()
    assert "s3cret" not in session.explain() + repr(session) + session.to_json()


def test_14_it_installs_by_itself_and_leaves_again(wheels: Path, tmp_path: Path) -> None:
    """OpenCue 1633, 1194: packages by hand, others' in site-packages patched. Nobody else's folder is touched."""
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "other.mod").write_text("+ other 1.0 .\n")
    made = install(folder, wheels=wheels)
    assert made.mod.is_file()
    lines = made.mod.read_text().splitlines()
    assert all(lines)  # A blank line would end it for Maya.
    assert not [line for line in lines if "site-packages" in line]
    uninstall(folder)
    assert [path.name for path in folder.iterdir()] == ["other.mod"]


def nodes_below(name: str, deep: dict[str, int]) -> list[Any]:
    """A function of the artist's own, in a script that no worker can import."""
    cmds = import_module("maya.cmds")
    return [len(cmds.listRelatives(name) or ()), deep, cmds.about(batch=True)]


def fails(name: str) -> None:
    import_module("maya.cmds").getAttr(f"{name}.nothing")


@pytest.mark.timeout(60)
def test_15_people_run_their_own_python_in_maya(no_maya: None, make: Make, state: Path, scene: Path, own_temp: Path) -> None:
    """deadline-cloud-for-maya 412, and 458, OpenPype 2390: only renders, errors that say nothing, files left behind."""
    before = {path for path in own_temp.iterdir() if path != state}
    executor = make(filename=scene, cpus=1)
    lambda_by_value = executor.submit(lambda name: nodes_below(name, {"a": 1}), "ball")
    wrong = executor.submit(fails, "ball")
    assert lambda_by_value.result(timeout=40) == [1, {"a": 1}, True]
    with pytest.raises(ValueError, match=r"No object matches name: ball\.nothing") as caught:
        wrong.result(timeout=40)
    assert "in fails" in str(caught.value.__cause__)
    executor.shutdown()
    with farmfutures.Farm() as farm:
        farm.stop_broker()
    assert {path for path in own_temp.iterdir() if path != state} == before
