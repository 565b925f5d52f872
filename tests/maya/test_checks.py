"""What is wrong with a job before it is submitted: maya.md 10, complaints 1, 3, 5, 8, 9, 10 and 12."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from farmfutures import Feature, Report, Support
from farmfutures.errors import NotInMayaError
from farmfutures.maya import Executor, Kind, Problem, Severity
from farmfutures_maya import inputs, looks
from farmfutures_maya.disk import Disk
from farmfutures_maya.drives import Drives

HEAD = '//Maya ASCII 2026 scene\nrequires maya "2026";\n'
Make = Callable[..., Executor]


@pytest.fixture(autouse=True)
def no_drives_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of these tests is to depend on what it has mounted."""
    monkeypatch.setattr(looks, "Drives", lambda: Drives("linux", "server:/ on / type nfs"))


def opened(maya: Any, tmp_path: Path, text: str = "") -> Path:
    """Opens a saved scene in the project."""
    path = tmp_path / "project" / "scenes" / "shot.ma"
    path.write_text(HEAD + text)
    maya.cmds.file(str(path), open=True, force=True)
    return path


def file_node(name: str, path: str, **more: str) -> str:
    lines = [f'createNode file -n "{name}";', f'\tsetAttr ".ftn" -type "string" "{path}";']
    return "\n".join([*lines, *(f'\tsetAttr ".{attribute}" {value};' for attribute, value in more.items())]) + "\n"


def text_node(kind: str, name: str, **attributes: str) -> str:
    lines = [f'createNode {kind} -n "{name}";']
    return "\n".join([*lines, *(f'\tsetAttr ".{key}" -type "string" "{value}";' for key, value in attributes.items())]) + "\n"


def only(problems: list[Problem], kind: Kind) -> Problem:
    (found,) = [problem for problem in problems if problem.kind is kind]
    return found


def kinds(problems: list[Problem]) -> list[Kind]:
    return [problem.kind for problem in problems]


def test_nothing_is_wrong(maya: Any, make: Make, tmp_path: Path) -> None:
    opened(maya, tmp_path)
    assert make(clone_environ=True).check() == []


# Complaint 1: unsaved changes are silently not on the farm


def test_unsaved_changes_that_would_not_travel(maya: Any, make: Make, tmp_path: Path) -> None:
    scene = opened(maya, tmp_path)
    executor = make(clone_environ=True)
    maya.cmds.createNode("transform")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = only(executor.check(), Kind.UNSAVED)
    assert (found.severity, found.place, found.path) == (Severity.ERROR, str(scene), str(scene))
    assert "its changes since it was saved will not be on the workers" in str(found)
    assert "create_tempfile()" in found.fix
    executor.create_tempfile()
    assert executor.check() == []


def test_changes_since_the_copy_was_made(maya: Any, make: Make, tmp_path: Path) -> None:
    opened(maya, tmp_path)
    executor = make(clone_environ=True, create_tempfile=True)
    assert executor.check() == []
    maya.cmds.createNode("transform")
    assert "since the copy was made" in only(executor.check(), Kind.UNSAVED).cause


def test_an_untitled_scene_that_would_not_travel(maya: Any, make: Make) -> None:
    executor = make(clone_environ=True)
    maya.cmds.createNode("transform")
    assert only(executor.check(), Kind.UNSAVED).place == "an untitled scene"


# Complaint 5: settings of another scene


def test_another_scene_was_opened_since(maya: Any, make: Make, tmp_path: Path) -> None:
    opened(maya, tmp_path)
    executor = make(clone_environ=True)
    maya.cmds.file(new=True, force=True)
    found = only(executor.check(), Kind.STALE)
    assert "an untitled scene is open now" in found.cause
    assert "clone_environ()" in found.fix


def test_a_scene_that_was_given_need_not_be_open(maya: Any, make: Make, tmp_path: Path) -> None:
    opened(maya, tmp_path, file_node("f", "/absent.png"))
    other = tmp_path / "other.ma"
    other.write_text(HEAD)
    assert make(clone_environ=True, filename=other).check() == []


# Complaint 10: textures, sequences, caches


@pytest.mark.parametrize(
    ("text", "files", "kind", "words"),
    [
        (file_node("f", "/absent/a.png"), [], Kind.TEXTURE, "/absent/a.png: the file is not there"),
        (file_node("f", "sourceimages/a.png"), ["sourceimages/a.png"], None, ""),
        (file_node("f", "a.png"), ["sourceimages/a.png"], None, ""),
        (file_node("f", "/gone//sourceimages/a.png"), ["sourceimages/a.png"], None, ""),
        (file_node("f", "$NOWHERE/a.png"), [], Kind.VARIABLE, "uses $NOWHERE, which is not set"),
        (file_node("f", "sourceimages/w.1001.exr", uvt="3"), ["sourceimages/w.1002.exr"], None, ""),
        (file_node("f", "sourceimages/w.1001.exr", uvt="3"), [], Kind.TEXTURE, "w.<UDIM>.exr: no file that it stands for"),
        (file_node("f", "sourceimages/w.<UDIM>.exr", uvt="3"), ["sourceimages/w.1001.exr"], None, ""),
        (file_node("f", "sourceimages/w_u1_v1.exr", uvt="2"), ["sourceimages/w_u2_v1.exr"], None, ""),
        (file_node("f", "sourceimages/i.0001.png", ufe="yes"), ["sourceimages/i.0002.png"], None, ""),
        (file_node("f", "sourceimages/i.<f>.png", ufe="yes"), [], Kind.TEXTURE, "i.<f>.png: no file that it stands for"),
        (
            file_node("f", "sourceimages/i.0001.png", ufe="yes"),
            ["sourceimages/i.0001.png", "sourceimages/i.0004.png"],
            Kind.TEXTURE,
            "frames of the sequence are missing: 2-3",
        ),
        (text_node("AlembicNode", "a", abc_File="cache/a.abc"), [], Kind.CACHE, "cache/a.abc: the file is not there"),
        (text_node("AlembicNode", "a", abc_File="cache/a.abc"), ["cache/a.abc"], None, ""),
        (text_node("gpuCache", "g", cacheFileName="/absent/g.abc"), [], Kind.CACHE, "/absent/g.abc"),
        (text_node("mayaUsdProxyShape", "u", filePath="/absent/s.usd"), [], Kind.CACHE, "/absent/s.usd"),
        (text_node("cacheFile", "c", cachePath="cache", cacheName="c"), ["cache/c.xml", "cache/cFrame1.mcx"], None, ""),
        (text_node("cacheFile", "c", cachePath="cache", cacheName="c"), ["cache/c.xml"], Kind.CACHE, "cache/c*.mc*"),
        (text_node("cacheFile", "c", cachePath="cache", cacheName="c"), ["cache/c.mcx"], Kind.CACHE, "cache/c.xml"),
        (text_node("imagePlane", "p", imageName="/absent/p.png"), [], Kind.TEXTURE, "/absent/p.png"),
        (text_node("audio", "s", filename="sound/a.wav"), [], Kind.CACHE, "sound/a.wav"),
        (text_node("file", "f"), [], None, ""),
    ],
)
def test_files_that_nodes_name(
    maya: Any, make: Make, tmp_path: Path, text: str, files: list[str], kind: Kind | None, words: str
) -> None:
    for name in files:
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    maya.cmds.workspace(fileRule=("sourceImages", "sourceimages"))
    opened(maya, tmp_path, text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of a variable that is not set: `clone_environ` says so by itself.
        executor = make(clone_environ=True)
    problems = executor.check()
    assert kinds(problems) == ([kind] if kind else [])
    assert all(words in problem.cause and problem.place and problem.fix for problem in problems)


def test_a_path_that_many_nodes_share_is_one_problem(maya: Any, make: Make, tmp_path: Path) -> None:
    opened(maya, tmp_path, "".join(file_node(f"f{n}", "/absent/a.png") for n in range(5)))
    assert only(make(clone_environ=True).check(), Kind.TEXTURE).place == "f0, f1, f2 and 2 more"


def test_paths_of_other_plugins_are_found_where_maya_knows_them(maya: Any, make: Make, tmp_path: Path) -> None:
    opened(maya, tmp_path, text_node("network", "n", studioFile="/absent/x.bin"))
    assert make(clone_environ=True).check() == []
    maya.cmds.filePathEditor(registerType="network.studioFile")
    try:
        found = only(make(clone_environ=True).check(), Kind.CACHE)
    finally:
        maya.cmds.filePathEditor(deregisterType="network.studioFile")
    assert (found.place, found.path) == ("n", "/absent/x.bin")


@pytest.mark.parametrize("deferred", ["", " -dr 1"])
def test_references_that_are_missing(maya: Any, make: Make, tmp_path: Path, deferred: str) -> None:
    """Loaded or not: Maya says of a missing one, too, that it is not loaded."""
    lines = f'file -rdi 1 -ns "rig"{deferred} -rfn "rigRN" -typ "mayaAscii" "/absent/rig.ma";\n'
    lines += 'file -r -ns "rig" -dr 1 -rfn "rigRN" -typ "mayaAscii" "/absent/rig.ma";\ncreateNode reference -n "rigRN";\n'
    opened(maya, tmp_path, lines)
    found = only(make(clone_environ=True).check(), Kind.REFERENCE)
    assert found.place == "rigRN"
    assert (found.severity, found.path) == (Severity.ERROR, "/absent/rig.ma")


def test_rules_of_path_mapping_count(maya: Any, make: Make, tmp_path: Path) -> None:
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "a.png").touch()
    opened(maya, tmp_path, file_node("f", "P:/tex/a.png"))
    assert kinds(make(clone_environ=True).check()) == [Kind.TEXTURE]
    assert make(clone_environ=True, path_mapping=[f"P:/ <-> {tmp_path}"]).check() == []


# Local drives


@pytest.mark.parametrize(("elsewhere", "severity"), [(False, Severity.NOTE), (True, Severity.WARNING)])
def test_files_on_local_drives_are_one_problem_a_drive(
    maya: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool, severity: Severity
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    opened(maya, tmp_path, file_node("f", f"{tmp_path}/a.png") + file_node("g", f"{tmp_path}/b.png"))
    monkeypatch.setattr(looks, "Drives", lambda: Drives("linux", "/dev/sda1 on / type ext4"))
    executor = make(clone_environ=True)
    if elsewhere:
        report = Report("another", {Feature.MACHINES: Support(True)})
        monkeypatch.setattr(executor._engine, "report", lambda: report)
    found = only(executor.check(), Kind.LOCAL_PATH)
    assert (found.severity, found.place) == (severity, "/")
    assert "2 files are on a drive that only this machine has" in found.cause
    assert make(clone_environ=True, path_mapping=[f"P:/ <-> {tmp_path}"]).check() == []  # Others have it, under P:.


# Complaints 8, 9, 12: plug-ins, versions, unknown nodes


def test_plugins_and_nodes_that_are_not_there(maya: Any, make: Make, tmp_path: Path) -> None:
    maya.world.missing = frozenset({"mtoa"})
    opened(maya, tmp_path, 'requires -nodeType "aiSky" "mtoa" "5";\ncreateNode aiSky -n "sky";\n')
    problems = make(clone_environ=True).check()
    assert only(problems, Kind.PLUGIN).place == "the plug-in mtoa"
    assert (only(problems, Kind.UNKNOWN_NODE).place, "mtoa" in only(problems, Kind.UNKNOWN_NODE).fix) == ("sky", True)


def test_a_plugin_whose_file_has_gone(maya: Any, make: Make, tmp_path: Path) -> None:
    opened(maya, tmp_path)
    plugin = tmp_path / "studioTools.py"
    plugin.write_text("def initializePlugin(p): pass\ndef uninitializePlugin(p): pass\n")
    maya.cmds.loadPlugin(str(plugin))
    executor = make(clone_environ=True)
    assert executor.check() == []
    plugin.unlink()
    found = only(executor.check(), Kind.PLUGIN)
    assert (found.severity, found.place) == (Severity.ERROR, "the plug-in studioTools")


@pytest.mark.parametrize(("version", "severity"), [(2025, Severity.ERROR), (2027, Severity.WARNING), (2026, None)])
def test_another_version_than_the_sessions(maya: Any, make: Make, tmp_path: Path, version: int, severity: Any) -> None:
    opened(maya, tmp_path)
    problems = make(clone_environ=True, version=version).check()
    found = [problem for problem in problems if "session is Maya 2026" in problem.cause]
    assert [problem.severity for problem in found] == ([severity] if severity else [])
    # The mayapy that there is says it is Maya 2026, and so does the scene, which an older Maya will not open.
    assert len(problems) - len(found) == {2025: 2, 2026: 0, 2027: 1}[version]
    assert set(kinds(problems)) <= {Kind.VERSION}


@pytest.mark.parametrize(("ignore", "expected"), [(False, [Kind.VERSION]), (True, [])])
def test_a_scene_of_a_newer_maya(make: Make, no_maya: None, tmp_path: Path, ignore: bool, expected: list[Kind]) -> None:
    scene = tmp_path / "new.ma"
    scene.write_text("//Maya ASCII 2027 scene\n")
    problems = make(filename=scene, version=2026).check(ignore_version=ignore)
    assert kinds(problems) == expected
    assert all("saved by Maya 2027" in problem.cause for problem in problems)


@pytest.mark.parametrize(
    ("job", "kind", "words"),
    [
        ({"workspace": "/absent"}, Kind.OPTION, "there is no folder /absent"),
        ({"filename": "/absent.ma"}, Kind.OPTION, "there is no scene /absent.ma"),
        ({"cpu": 2}, Kind.OPTION, "Did you mean 'cpus'"),
        ({"version": 2031}, Kind.VERSION, "there is no mayapy of Maya 2031"),
    ],
)
def test_options_that_would_be_refused(
    make: Make, no_maya: None, monkeypatch: pytest.MonkeyPatch, job: dict[str, Any], kind: Kind, words: str
) -> None:
    executor = make()
    if "version" in job:
        monkeypatch.setenv("FARMFUTURES_MAYAPY", "/absent/maya{version}/mayapy")
    found = only(executor.check(**job), kind)
    assert words in found.cause


def test_all_at_once_the_worst_first(maya: Any, make: Make, tmp_path: Path) -> None:
    maya.world.missing = frozenset({"mtoa"})
    opened(maya, tmp_path, 'requires -nodeType "aiSky" "mtoa" "5";\ncreateNode aiSky -n "sky";\n' + file_node("f", "/absent.png"))
    executor = make(clone_environ=True)
    maya.cmds.createNode("transform")
    problems = executor.check()
    assert set(kinds(problems)) == {Kind.UNSAVED, Kind.TEXTURE, Kind.PLUGIN, Kind.UNKNOWN_NODE}
    assert [problem.severity for problem in problems] == sorted((p.severity for p in problems), key=list(Severity).index)


# Complaint 3: the interface freezes, without a word


def many(maya: Any, tmp_path: Path, count: int) -> None:
    opened(maya, tmp_path, "".join(file_node(f"f{n}", f"/absent/{n % 10}.png") for n in range(count)))


def test_it_steps_and_says_how_far_it_is(maya: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "SLICE_S", 0.0)  # Every node is a slice.
    many(maya, tmp_path, 30)
    said: list[tuple[int, int, str]] = []
    problems = make(clone_environ=True).check(progress=lambda *so_far: said.append(so_far))
    assert len(problems) == 10
    nodes = [done for done, _, text in said if text == "nodes"]
    assert (nodes, set(nodes)) == (sorted(nodes), set(range(1, 31)))
    checking = make(clone_environ=True).checking()
    while checking.step():
        pass
    assert (checking.done, checking.total, checking.text) == (11, 11, "files")  # And the scene's header.
    assert len(checking.problems) == 10
    assert checking.step() is False


@pytest.mark.parametrize("shown", [True, False])
def test_an_interactive_maya_draws_on(
    maya: Any, window: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shown: bool
) -> None:
    """Events come meanwhile; clicks only where somebody shows how far it is, and may have a button to cancel."""
    monkeypatch.setattr(inputs, "SLICE_S", 0.0)
    many(maya, tmp_path, 5)
    executor = make(clone_environ=True)
    core = import_module("PySide6.QtCore")
    ticks: list[int] = []
    timer = core.QTimer(interval=0)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    problems = executor.check(progress=(lambda *_: None) if shown else None)
    timer.stop()
    assert kinds(problems) == [Kind.TEXTURE] * 5
    assert ticks


def test_it_can_be_cancelled_while_nodes_are_looked_at(
    maya: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "SLICE_S", 0.0)
    many(maya, tmp_path, 30)
    maya.log.clear()
    with pytest.raises(CancelledError, match="cancelled before"):
        make(clone_environ=True).check(cancelled=lambda: True)
    assert len([call for call in maya.log if call[0] == "getAttr"]) < 50


def test_a_disk_that_does_not_answer_holds_nobody(maya: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = threading.Event()
    monkeypatch.setattr(Disk, "find", lambda self, path: held.wait(20) and [])
    many(maya, tmp_path, 30)
    checking = make(clone_environ=True).checking()
    try:
        while checking.text != "files":
            checking.step()
        began = time.monotonic()
        assert checking.step() is True
        assert time.monotonic() - began < 1
        checking.cancel()
        assert checking.step() is False
        with pytest.raises(CancelledError):
            _ = checking.problems
    finally:
        held.set()
    for thread in [thread for thread in threading.enumerate() if thread.name == "farmfutures check"]:
        thread.join(10)


def test_nodes_that_are_deleted_meanwhile_are_passed_over(
    maya: Any, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "SLICE_S", 0.0)
    many(maya, tmp_path, 3)
    executor = make(clone_environ=True)
    gone: list[str] = []

    def delete(*_: Any) -> None:
        if not gone:
            gone.append("f2")
            maya.cmds.delete("f2")

    assert "f2" not in " ".join(problem.place for problem in executor.check(progress=delete))


def test_the_session_is_as_it_was(maya: Any, make: Make, tmp_path: Path) -> None:
    many(maya, tmp_path, 5)
    executor = make(clone_environ=True)
    before = maya.state()
    executor.check()
    assert maya.state() == before


def test_it_belongs_on_the_main_thread(maya: Any, make: Make) -> None:
    executor, caught = make(), list[BaseException]()

    def check() -> None:
        try:
            executor.check()
        except NotInMayaError as error:
            caught.append(error)

    thread = threading.Thread(target=check)
    thread.start()
    thread.join()
    assert "cannot check a job from a thread" in str(caught[0])


# Scenes of other people


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("animated_camera.ma", []),
        ("cameras.ma", []),
        ("cube.ma", [(Kind.REFERENCE, "scene_file_to_referenceRN"), (Kind.TEXTURE, "file1")]),
        ("layers.ma", [(Kind.REFERENCE, "scene_file_to_referenceRN")]),
        ("ref.ma", []),
        ("referenced_layers.ma", [(Kind.REFERENCE, "scene_file_to_referenceRN")]),
        ("rhino_anim.ma", [(Kind.REFERENCE, "rhino_rig_029RN")]),
        ("scene_file_to_reference.ma", []),
        ("textured_project/scenes/TextureTest.ma", []),
    ],
)
def test_what_is_wrong_with_scenes_of_other_people(
    maya: Any, make: Make, shared_scenes: Path, name: str, expected: list[tuple[Kind, str]]
) -> None:
    """They refer to files of machines that are not this one; what is beside them, or in their project, is found."""
    scene = shared_scenes / name
    project = next((folder for folder in scene.parents if (folder / "workspace.mel").is_file()), scene.parent)
    maya.cmds.workspace(str(project), openWorkspace=True)
    maya.cmds.file(str(scene), open=True, force=True)
    problems = make(clone_environ=True).check()
    assert sorted((problem.kind, problem.place) for problem in problems) == expected
