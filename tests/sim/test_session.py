"""A Maya without interface as its documentation describes it: start, end, errors, files, modules, plug-ins."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
only_stand_in = pytest.mark.skipif("config.getoption('--mayapy') is not None", reason="asks for a fault of the stand-in")


def test_commands_are_there_after_initialize_only(maya: Any) -> None:
    script = """
    import maya.standalone, maya.cmds as cmds
    before = [name for name in dir(cmds) if not name.startswith('_')]
    maya.standalone.initialize(name='python')
    result = [[name for name in before if name != 'os'], hasattr(cmds, 'ls'), cmds.about(batch=True)]
    """
    assert maya(script, initialize=False) == [[], True, True]


def test_initialize_twice(maya: Any) -> None:
    script = "try:\n    maya.standalone.initialize()\n    result = 'fine'\nexcept RuntimeError as error:\n    result = 'refused'"
    assert maya(script) == "refused"


@only_stand_in
@pytest.mark.parametrize(("version", "api"), [("2025", 20250100), ("2026", 20260100), ("2027", 20270100)])
def test_version(maya: Any, version: str, api: int) -> None:
    found = maya("result = [cmds.about(version=True), cmds.about(apiVersion=True)]", FARMFUTURES_SIM_VERSION=version)
    assert found == [version, api]


@pytest.mark.parametrize(
    ("script", "kind", "text"),
    [
        ("cmds.ls(nonsense=True)", "TypeError", "Invalid flag 'nonsense'"),
        ("cmds.getAttr('nothing.tx')", "ValueError", "No object matches name: nothing.tx"),
        ("cmds.nodeType('nothing')", "ValueError", "No object matches name: nothing"),
        ("cmds.select('nothing')", "ValueError", "No object matches name: nothing"),
        ("cmds.loadPlugin('noSuch')", "RuntimeError", 'Plug-in, "noSuch", was not found on MAYA_PLUG_IN_PATH.'),
        ("cmds.ls(type='xgmPalette')", "RuntimeError", "Unknown object type: xgmPalette"),
        (
            "cmds.file(renameToSave=True); cmds.file(rename='/tmp/x.ma'); cmds.file(renameToSave=True); cmds.file(save=True)",
            "RuntimeError",
            "No file name",
        ),
        ("cmds.menu('m')", "RuntimeError", "batch mode"),
        ("cmds.file('/no/such.ma', open=True, force=True)", "RuntimeError", "File not found"),
        ("cmds.createNode('transform'); cmds.file(new=True)", "RuntimeError", "Unsaved changes"),
        ("cmds.referenceQuery('persp', filename=True)", "RuntimeError", "is not associated with a reference file"),
        ("mel.eval('noSuchProc')", "RuntimeError", "Cannot find procedure"),
    ],
)
def test_errors(maya: Any, script: str, kind: str, text: str) -> None:
    caught = maya(f"try:\n    {script}\nexcept Exception as error:\n    result = [type(error).__name__, str(error)]")
    assert caught[0] == kind
    assert text in caught[1]


def test_commands_belong_on_the_main_thread(maya: Any) -> None:
    script = """
    import threading
    result = []
    def work():
        try:
            cmds.ls()
        except RuntimeError as error:
            result.append('refused')
    thread = threading.Thread(target=work); thread.start(); thread.join()
    """
    assert maya(script) == ["refused"]


def test_short_flags(maya: Any) -> None:
    script = "cmds.createNode('transform', n='a')\nresult = [cmds.ls(sl=True), cmds.file(q=True, sn=True), cmds.ls(typ='camera', l=True)]"
    selected, name, cameras = maya(script)
    assert (selected, name) == (["a"], "")
    assert sorted(cameras) == [f"|{name}|{name}Shape" for name in ("front", "persp", "side", "top")]


@only_stand_in
@pytest.mark.parametrize(
    ("fault", "code", "text"),
    [("licence", 1, "Please check for sufficient disk space"), ("exit255", 255, ""), ("segfault_exit", -11, "")],
)
def test_faults(maya: Any, fault: str, code: int, text: str) -> None:
    script = "import maya.standalone\nmaya.standalone.initialize()\nmaya.standalone.uninitialize()"
    assert maya(script, initialize=False, code=None, FARMFUTURES_SIM_FAULT=fault) in (
        code,
        code % 256 if code > 0 else 128 - code,
    )
    assert text in maya.stderr


@only_stand_in
def test_the_start_can_take_long(maya: Any) -> None:
    script = (
        "import time, maya.standalone\nstart = time.monotonic()\nmaya.standalone.initialize()\nresult = time.monotonic() - start"
    )
    assert maya(script, initialize=False, FARMFUTURES_SIM_STARTUP_S="0.4") >= 0.4


def test_maya_says_that_all_is_well(maya: Any) -> None:
    assert maya("import sys\nsys.exit(3)", code=None, MAYA_NO_STANDALONE_ATEXIT="") == 0
    assert maya("import sys\nsys.exit(3)", code=None) == 3


def test_the_user_set_up_runs_unless_it_is_skipped(maya: Any, tmp_path: Path) -> None:
    (tmp_path / "userSetup.py").write_text("import sys\nsys.set_up = True\n")
    script = "import sys\nresult = hasattr(sys, 'set_up')"
    assert maya(script, PYTHONPATH=str(tmp_path)) is True
    assert maya(script, PYTHONPATH=str(tmp_path), MAYA_SKIP_USERSETUP_PY="1") is False


def test_maya_env_is_seen_by_mel_only(maya: Any, tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    (tmp_path / "env" / "Maya.env").write_text("# a comment\nFROM_MAYA_ENV = yes\nPATH = never\n")
    script = """
    import os
    result = [mel.eval('getenv "FROM_MAYA_ENV"'), os.environ.get('FROM_MAYA_ENV'), os.environ['PATH'] == 'never']
    """
    assert maya(script, MAYA_ENV_DIR=str(tmp_path / "env")) == ["yes", None, False]


def test_our_module_loads(maya: Any) -> None:
    script = """
    import os
    cmds.loadPlugin('farmfutures_plugin')
    result = [cmds.moduleInfo(listModules=True), hasattr(cmds, 'farmSubmit'), os.environ['MAYA_SHELF_PATH'].endswith('shelves')]
    import farmfutures.maya
    cmds.unloadPlugin('farmfutures_plugin')
    result += [hasattr(cmds, 'farmSubmit')]
    """
    assert maya(script, MAYA_MODULE_PATH=str(ROOT)) == [["farmfutures"], True, True, False]


def test_files(maya: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "a.ma")
    script = f"""
    from maya.api import OpenMaya as om
    said = []
    for name in ('kBeforeSave', 'kAfterSave', 'kBeforeExport', 'kAfterOpen'):
        om.MSceneMessage.addCallback(getattr(om.MSceneMessage, name), lambda *_, name=name: said.append(name))
    cmds.createNode('transform', name='kept')
    result = [cmds.file(query=True, modified=True)]
    cmds.file(rename={path!r})
    cmds.file(save=True, type='mayaAscii')
    result += [cmds.file(query=True, modified=True), cmds.file(query=True, sceneName=True) == {path!r}]
    cmds.createNode('transform', name='not_saved')
    cmds.file({path + ".copy.ma"!r}, exportAll=True, type='mayaAscii', force=True)
    result += [cmds.file(query=True, modified=True), list(said)]
    cmds.file({path!r}, open=True, force=True)
    result += [cmds.objExists('kept'), cmds.objExists('not_saved'), said[-1]]
    """
    assert maya(script) == [
        True, False, True, True, ["kBeforeSave", "kAfterSave", "kBeforeExport"], True, False, "kAfterOpen",
    ]  # fmt: skip


def test_two_writes_are_never_the_same(maya: Any, tmp_path: Path) -> None:
    one, two = tmp_path / "one.ma", tmp_path / "two.ma"
    maya(f"for path in ({str(one)!r}, {str(two)!r}):\n    cmds.file(path, exportAll=True, type='mayaAscii', force=True)")
    first, second = one.read_text(), two.read_text()
    assert first.replace("one.ma", "") != second.replace("two.ma", "")


def test_the_project(maya: Any, shared_scenes: Path) -> None:
    project = str(shared_scenes / "textured_project")
    found = maya(f"""
    cmds.workspace({project!r}, openWorkspace=True)
    cmds.file('{project}/scenes/TextureTest.ma', open=True, force=True)
    result = [cmds.workspace(query=True, rootDirectory=True), cmds.workspace(fileRuleEntry='sourceImages'),
              cmds.getAttr(cmds.ls(type='file')[0] + '.fileTextureName')]
    """)
    assert found[0] == project + "/"
    assert found[2]


@only_stand_in
def test_plug_ins_that_are_missing(maya: Any, shared_scenes: Path) -> None:
    path = str(shared_scenes / "referenced_layers.ma")
    script = f"""
    cmds.file({path!r}, open=True, force=True)
    result = [sorted(set(map(cmds.nodeType, cmds.ls(type='unknown')))), cmds.unknownPlugin(query=True, list=True)]
    try:
        cmds.file('/tmp/never.mb', exportAll=True, type='mayaBinary', force=True)
    except RuntimeError as error:
        result.append('unknown' in str(error))
    """
    kinds, plugins, refused = maya(script, FARMFUTURES_SIM_MISSING_PLUGINS="RenderMan_for_Maya.py,mtoa")
    assert kinds == ["unknown"]
    assert plugins
    assert refused


def test_flags_are_those_of_the_published_stubs() -> None:
    sys.path.insert(0, str(ROOT / "tests" / "mayasim"))
    try:
        import make_flags  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    try:
        import json

        table = json.loads((ROOT / "tests" / "mayasim" / "site" / "mayasim" / "flags.json").read_text())
        known = make_flags.stub_flags()
        for command, flags in table.items():
            assert set(flags) == known[command] | set(make_flags.LACKING.get(command, ())), command
    finally:
        sys.modules.pop("make_flags", None)
