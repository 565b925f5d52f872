"""A Maya without interface as its documentation describes it: start, end, errors, files, modules, plug-ins."""

from __future__ import annotations

import ast
import json
import keyword
import os
import subprocess
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
    result = [before, hasattr(cmds, 'ls'), cmds.about(batch=True)]
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
    script = """
    cmds.createNode('transform', n='a')
    result = [cmds.ls(sl=True), cmds.file(q=True, sn=True), cmds.ls(typ='camera', l=True)]
    """
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


@only_stand_in
@pytest.mark.parametrize(("fault", "before", "after"), [("hang_start", "", "up"), ("hang_exit", "up", "down")])
def test_it_can_hang(mayapy: Path, fault: str, before: str, after: str) -> None:
    """It says what it did before; the end of its output never comes by itself."""
    script = "import maya.standalone as s\ns.initialize()\nprint('up', flush=True)\ns.uninitialize()\nprint('down', flush=True)"
    with subprocess.Popen(
        [str(mayapy), "-c", script], env={**os.environ, "FARMFUTURES_SIM_FAULT": fault}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert not before or process.stdout.readline().strip() == before
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.5)
        finally:
            process.kill()
        assert after not in process.stdout.read()


def test_start_and_end_belong_together(maya: Any) -> None:
    script = """
    import maya.standalone as standalone
    result = []
    for step in (standalone.uninitialize, standalone.initialize, standalone.initialize):
        try:
            step()
            result.append('fine')
        except RuntimeError:
            result.append('refused')
    """
    assert maya(script, initialize=False) == ["refused", "fine", "refused"]


@only_stand_in
def test_a_maya_with_an_interface(maya: Any) -> None:
    script = """
    import threading
    import maya.standalone
    from maya import cmds, utils
    from maya.api import OpenMaya as om
    result = [cmds.about(batch=True), om.MGlobal.mayaState() == om.MGlobal.kInteractive]
    for step in (maya.standalone.initialize, maya.standalone.uninitialize):
        try:
            step()
        except RuntimeError:
            result.append('refused')
    utils.executeDeferred(result.append, 'deferred')
    utils.executeDeferred('import builtins; builtins.ran = True')
    result.append('before')
    utils.processIdleEvents()
    import builtins
    result.append(builtins.ran)
    cmds.menu('m', label='M')
    cmds.workspaceControl('w', label='W', uiScript='pass')
    result += [cmds.menu('m', exists=True), cmds.workspaceControl('w', exists=True)]
    def work():
        result.append(utils.executeInMainThreadWithResult(lambda: threading.current_thread() is threading.main_thread()))
        try:
            utils.executeInMainThreadWithResult('1 / 0')
        except ZeroDivisionError:
            result.append('raised here')
    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        utils.processIdleEvents()
    """
    assert maya(script, initialize=False, FARMFUTURES_SIM_INTERACTIVE="1") == [
        False, True, "refused", "refused", "before", "deferred", True, True, True, True, "raised here",
    ]  # fmt: skip


def test_deferred_calls_of_a_batch_maya(maya: Any) -> None:
    script = """
    import threading
    from maya import utils
    result = []
    utils.executeDeferred(result.append, 'never')
    utils.processIdleEvents()
    result.append(utils.executeInMainThreadWithResult(lambda: 'at once'))
    def work():
        try:
            utils.executeInMainThreadWithResult(len, ())
        except RuntimeError:
            result.append('refused')
    thread = threading.Thread(target=work); thread.start(); thread.join()
    """
    assert maya(script) == ["at once", "refused"]


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


MODULES = {
    # A comment ends a block; values of several modules come in the order of their names.
    "b.mod": "+ zeta 1.0 z\nFIRST=1\n# a comment\nLOST=1\n+ alpha any a\nORDER+=from_alpha\nPLACE:=\nUP:=../up\n",
    "no_suffix": "+ MAYAVERSION:2026 beta 1.0 b\nORDER +:= rel\n[r] scripts: code\n",
    "c.mod": "+ MAYAVERSION:2019 old 1.0 o\nOLD=1\n+ PLATFORM:win64 PLATFORM:mac other 1.0 o\nOLD=1\n+nothing 1 o\n",
}


@only_stand_in  # A module is for its version.
def test_modules_and_their_quirks(maya: Any, tmp_path: Path) -> None:
    folder = tmp_path / "modules"
    folder.mkdir()
    for name, text in MODULES.items():
        (folder / name).write_text(text)
    (folder / "a" / "scripts").mkdir(parents=True)
    (folder / "a" / "scripts" / "userSetup.py").write_text("import sys\nsys.set_up_by = __file__\n")
    found = maya(
        f"""
        import os, sys
        get = os.environ.get
        result = [cmds.moduleInfo(listModules=True), get('FIRST'), get('LOST'), get('OLD'), get('ORDER').split(os.pathsep),
                  get('PLACE'), get('UP'), {str(folder / "z" / "scripts")!r} in sys.path,
                  {str(folder / "b" / "code")!r} in sys.path,
                  {str(folder / "a" / "plug-ins")!r} in get('MAYA_PLUG_IN_PATH').split(os.pathsep), sys.set_up_by]
        """,
        MAYA_MODULE_PATH=str(folder),
    )
    assert found == [
        ["alpha", "beta", "zeta"], "1", None, None, ["", "from_alpha", str(folder / "b" / "rel")],
        f"{folder}/a/", str(folder / "up"), True, True, True, str(folder / "a" / "scripts" / "userSetup.py"),
    ]  # fmt: skip


@only_stand_in
@pytest.mark.parametrize("where", ["2026/modules", "modules"])
def test_modules_of_the_user(maya: Any, tmp_path: Path, where: str) -> None:
    folder = tmp_path / "prefs" / where
    folder.mkdir(parents=True)
    (folder / "own.mod").write_text("+ own 1.0 .\n")
    assert maya("result = cmds.moduleInfo(moduleName='own', path=True)") == str(folder)


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


def test_what_is_said_of_files_and_who_may_say_no(maya: Any, tmp_path: Path) -> None:
    path = str(tmp_path / "a.ma")
    script = f"""
    from maya.api import OpenMaya as om
    said, allow = [], [True]
    for name in [name for name in dir(om.MSceneMessage) if name.startswith('k')]:
        message = getattr(om.MSceneMessage, name)
        if name.endswith('Check'):
            om.MSceneMessage.addCheckCallback(message, lambda *_, name=name: said.append(name) or allow[0])
        else:
            om.MSceneMessage.addCallback(message, lambda *_, name=name: said.append(name))
    def during(**flags):
        said.clear()
        try:
            cmds.file({path!r}, force=True, **flags) if 'save' not in flags else cmds.file(**flags)
        except RuntimeError:
            said.append('refused')
        return list(said)
    result = [during(exportAll=True, type='mayaAscii'), during(open=True), during(save=True), during(new=True)]
    allow[0] = False
    result += [during(exportAll=True, type='mayaAscii')]
    cmds.file(rename={path!r})
    result += [during(save=True, type='mayaAscii')]
    """
    assert maya(script) == [
        ["kBeforeExportCheck", "kBeforeExport", "kExportStarted", "kAfterExport"],
        ["kBeforeOpen", "kAfterOpen"],
        ["kBeforeSaveCheck", "kBeforeSave", "kAfterSave"],
        ["kBeforeNew", "kAfterNew"],
        ["kBeforeExportCheck", "refused"],
        ["kBeforeSaveCheck", "refused"],
    ]


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
    """Of every command all flags that there are; what the stand-in offers is among them."""
    code = "from mayasim import commands, flags; print({name: sorted(run.offered) for name, run in flags.COMMANDS.items()})"
    sim = ROOT / "tests" / "mayasim"
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(sim / 'site')!r}); {code}"]
    offered = ast.literal_eval(subprocess.run(command, capture_output=True, text=True, check=True, timeout=25).stdout)
    table = json.loads((sim / "site" / "mayasim" / "flags.json").read_text())
    written = subprocess.run(
        [sys.executable, str(sim / "make_flags.py"), "--print"], capture_output=True, text=True, check=True, timeout=25
    )
    assert json.loads(written.stdout) == table
    # Words of Python can be flags in MEL only.
    extra = {name: set(flags) - set(table[name]) - set(keyword.kwlist) for name, flags in offered.items()}
    assert {name: flags for name, flags in extra.items() if flags} == {}
