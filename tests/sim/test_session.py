"""A Maya without interface as its documentation describes it: start, end, errors, files, modules, plug-ins."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

only_stand_in = pytest.mark.skipif("config.getoption('--mayapy') is not None", reason="asks for a fault of the stand-in")

LICENCE = (
    "RuntimeError: Error encountered when initializing Maya - Please check for sufficient disk space and necessary write "
    "permissions of MAYA_APP_DIR.\n"
)
"""Word for word; workers tell a missing licence by it (deadline-cloud-for-maya's adaptor knows it so)."""


def test_commands_are_there_after_initialize_only(maya: Any) -> None:
    script = """
    import maya.standalone, maya.cmds as cmds
    before = [name for name in dir(cmds) if not name.startswith('_')]
    maya.standalone.initialize(name='python')
    result = [before, hasattr(cmds, 'ls'), cmds.about(batch=True)]
    """
    assert maya(script, initialize=False) == [[], True, True]


@pytest.mark.parametrize("name", ["", "name='python'", "'studio'"])
def test_initialize_takes_a_name(maya: Any, name: str) -> None:
    script = f"import maya.standalone\nmaya.standalone.initialize({name})\nfrom maya import cmds\nresult = hasattr(cmds, 'ls')"
    assert maya(script, initialize=False) is True


def test_initialize_twice(maya: Any) -> None:
    script = "try:\n    maya.standalone.initialize()\n    result = 'fine'\nexcept RuntimeError as error:\n    result = 'refused'"
    assert maya(script) == "refused"


@only_stand_in
@pytest.mark.parametrize(("version", "api"), [("2025", 20250100), ("2026", 20260100), ("2027", 20270100)])
def test_version(maya: Any, version: str, api: int) -> None:
    found = maya("result = [cmds.about(version=True), cmds.about(apiVersion=True)]", FARMFUTURES_SIM_VERSION=version)
    assert found == [version, api]


def test_what_is_told_about_maya(maya: Any) -> None:
    script = """
    from maya.api import OpenMaya as om
    result = [cmds.about(**{flag: True}) for flag in ('version', 'apiVersion', 'cutIdentifier', 'product', 'batch', 'linux')]
    result += [om.MGlobal.mayaState() == om.MGlobal.kLibraryApp, om.MGlobal.mayaState() == om.MGlobal.kBatch]
    result += [cmds.about(operatingSystem=True), cmds.about(windows=True), cmds.about(macOS=True)]
    """
    version, api, cut, product, batch, linux, library, as_batch, system, windows, mac = maya(script)
    assert str(api).startswith(version)
    assert cut.startswith("20")
    assert product == f"Maya {version}"
    assert (batch, library, as_batch) == (True, True, False)
    assert (linux, windows, mac) == (sys.platform == "linux", sys.platform == "win32", sys.platform == "darwin")
    assert system in ("linux64", "win64", "nt", "mac")


@pytest.mark.parametrize(
    "call",
    ["menu('m', label='M')", "menuItem(label='I', parent='m')", "deleteUI('m')", "promptDialog(title='T')",
     "workspaceControl('w', label='W')"],
)  # fmt: skip
def test_no_interface_in_batch(maya: Any, call: str) -> None:
    assert maya(f"try:\n    cmds.{call}\nexcept RuntimeError:\n    result = 'refused'") == "refused"


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
    [("licence", 1, LICENCE), ("exit255", 255, ""), ("segfault_exit", -11, "")],
)
def test_faults(maya: Any, fault: str, code: int, text: str) -> None:
    script = "import maya.standalone\nmaya.standalone.initialize()\nmaya.standalone.uninitialize()"
    assert maya(script, initialize=False, code=None, FARMFUTURES_SIM_FAULT=fault) in (
        code,
        code % 256 if code > 0 else 128 - code,
    )
    assert text in maya.stderr if text else maya.stderr == ""


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


@pytest.mark.parametrize("end", ["", "maya.standalone.uninitialize()\n"])
@pytest.mark.parametrize("how", ["sys.exit(3)", "raise ValueError"])
def test_maya_says_that_all_is_well(maya: Any, end: str, how: str) -> None:
    """Whatever happened, unless it is told not to."""
    assert maya(f"import sys\n{end}{how}", code=None, MAYA_NO_STANDALONE_ATEXIT="") == 0
    assert maya(f"import sys\n{end}{how}", code=None) in (1, 3)
