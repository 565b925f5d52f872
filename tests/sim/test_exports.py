"""Playblasts and the exporters of plug-ins: there once their plug-in is loaded, with the documented flags and files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

BALL = """
import os
def caught(work):
    try:
        work()
    except Exception as error:
        return type(error).__name__
cmds.createNode('transform', name='ball')
cmds.setKeyframe('ball', attribute='tx', time=1, value=0)
cmds.setKeyframe('ball', attribute='tx', time=11, value=10)
folder = os.getcwd().replace(os.sep, '/')
"""


def test_exporters_are_there_once_their_plugin_is_loaded(maya: Any, tmp_path: Path) -> None:
    script = (
        BALL
        + """
there = [hasattr(cmds, name) for name in ('AbcExport', 'mayaUSDExport')]
for plugin in ('AbcExport', 'mayaUsdPlugin', 'fbxmaya'):
    cmds.loadPlugin(plugin, quiet=True)
there += [hasattr(cmds, name) for name in ('AbcExport', 'mayaUSDExport')]
cmds.AbcExport(jobArg='-frameRange 1 3 -step 0.5 -worldSpace -root |ball -file "' + folder + '/a b.abc"')
cmds.mayaUSDExport(file=folder + '/a.usda', exportRoots=['|ball'], frameRange=(1, 3))
cmds.select('ball')
for line in ('FBXExportBakeComplexStart -v 1', 'FBXExportBakeComplexEnd -v 3', 'FBXExport -f "' + folder + '/a.fbx" -s'):
    mel.eval(line)
result = [there, sorted(os.listdir(folder))]
"""
    )
    (before, after), files = (lambda there, files: ((there[:2], there[2:]), files))(*maya(script))
    assert (after, [name for name in files if name.startswith("a")]) == ([True, True], ["a b.abc", "a.fbx", "a.usda"])
    assert before in ([False, False], [True, True])  # Another script may have loaded them in the same Maya.


@pytest.mark.parametrize(
    ("work", "error"),
    [
        ("cmds.AbcExport(jobArg='-frameRange 1 2 -roots |ball -file ' + folder + '/a.abc')", "RuntimeError"),
        ("cmds.AbcExport(jobArg='-frameRange 1 2 -root |ball -file ' + folder + '/no/such/a.abc')", "RuntimeError"),
        ("cmds.AbcExport(nonsense=1)", "TypeError"),
        ("cmds.mayaUSDExport(file=folder + '/no/such/a.usd', exportRoots=['|ball'], frameRange=(1, 2))", "RuntimeError"),
    ],
)
def test_what_they_refuse(maya: Any, work: str, error: str) -> None:
    plugins = "[cmds.loadPlugin(name, quiet=True) for name in ('AbcExport', 'mayaUsdPlugin')]\n"
    assert maya(f"{BALL}{plugins}result = caught(lambda: {work})") == error


def test_variables_and_numbers_in_mel(maya: Any) -> None:
    script = """
cmds.createNode('transform', name='ball')
result = [mel.eval('int $frame = 4; setAttr "ball.translateY" $frame; getAttr "ball.translateY";')]
"""
    assert maya(script) == [4.0]
