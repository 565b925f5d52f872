"""The ``file`` command as it is documented: what is written, what is said of it, what it leaves as it was; projects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

HEAD = "//Maya ASCII 2026 scene\n"
only_stand_in = pytest.mark.skipif("config.getoption('--mayapy') is not None", reason="asks for what only the stand-in has")


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
    assert maya(script, fresh=True) == [
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
    assert maya(script, fresh=True) == [
        ["kBeforeExportCheck", "kBeforeExport", "kExportStarted", "kAfterExport"],
        ["kBeforeOpen", "kAfterOpen"],
        ["kBeforeSaveCheck", "kBeforeSave", "kAfterSave"],
        ["kBeforeNew", "kAfterNew"],
        ["kBeforeExportCheck", "refused"],
        ["kBeforeSaveCheck", "refused"],
    ]


def test_a_write_goes_through_a_temporary_file(maya: Any, tmp_path: Path) -> None:
    """Who has the old file open still reads the old scene."""
    path = tmp_path / "scenes" / "a.ma"
    path.parent.mkdir()
    found = maya(f"""
    import os
    cmds.file(rename={str(path)!r})
    cmds.file(save=True, type='mayaAscii')
    with open({str(path)!r}) as old:
        cmds.createNode('transform', name='later')
        cmds.file(save=True)
        result = ['later' in old.read(), 'later' in open({str(path)!r}).read(), os.listdir({str(path.parent)!r})]
    """)
    assert found == [False, True, ["a.ma"]]


def test_two_writes_are_never_the_same(maya: Any, tmp_path: Path) -> None:
    """Names, dates and a UUID differ; what is said of the scene does not."""
    one, two = tmp_path / "one.ma", tmp_path / "two.ma"
    maya(f"for path in ({str(one)!r}, {str(two)!r}):\n    cmds.file(path, exportAll=True, type='mayaAscii', force=True)")
    first, second = one.read_text().splitlines(), two.read_text().splitlines()
    differing = {line.split(" ", 1)[0] if line.startswith("//") else line[:15] for line in set(first) ^ set(second)}
    assert 'fileInfo "UUID"' in differing
    assert differing <= {"//Name:", "//Last", "//", 'fileInfo "UUID"'}
    assert len(first) == len(second) > 10


@pytest.mark.parametrize(
    ("script", "wanted"),
    [
        ("result = [cmds.file(q=True, sceneName=True), cmds.file(q=True, expandName=True)]", ["", "{root}/untitled"]),
        ("cmds.file(rename='a.ma')\nresult = [cmds.file(q=True, sceneName=True), cmds.file(q=True, shortName=True)]",
         ["{cwd}/a.ma", "a.ma"]),
        ("cmds.file(modified=True)\nresult = [cmds.file(q=True, modified=True)]\ncmds.file(modified=False)\n"
         "result += [cmds.file(q=True, modified=True)]", [True, False]),
        ("cmds.file(prompt=False)\ncmds.file(new=True, force=True)\nresult = cmds.file(q=True, prompt=True)", False),
        ("result = cmds.file(q=True, type=True)", ["mayaAscii"]),
        ("cmds.file(type='mayaBinary')\nresult = cmds.file(q=True, type=True)", ["mayaBinary"]),
        ("cmds.file(rename='{cwd}/b.mb')\ncmds.file(save=True, type='mayaBinary')\ncmds.file('{cwd}/b.mb', open=True, f=True)\n"
         "result = cmds.file(q=True, type=True)", ["mayaBinary"]),
        ("result = [cmds.file('{cwd}/no.ma', q=True, exists=True), cmds.file('/', q=True, exists=True)]", [False, True]),
    ],
)  # fmt: skip
def test_what_is_asked_and_set(maya: Any, tmp_path: Path, script: str, wanted: Any) -> None:
    (tmp_path / "project").mkdir()
    root = str(tmp_path / "project")

    def filled(value: Any) -> Any:
        return value.replace("{cwd}", str(tmp_path)).replace("{root}", root) if isinstance(value, str) else value

    if wanted == ["mayaAscii"]:
        script = "cmds.file(rename='a.ma')\ncmds.file(type='mayaAscii')\n" + script
    found = maya(f"cmds.workspace({root!r}, openWorkspace=True)\n" + filled(script))
    assert found == ([filled(value) for value in wanted] if isinstance(wanted, list) else wanted)


def test_an_export_changes_nothing(maya: Any, tmp_path: Path) -> None:
    """Name, modified flag, selection and prompt; nothing of a save is fired."""
    found = maya(
        f"""
    from maya.api import OpenMaya as om
    said = []
    for name in ('kBeforeSave', 'kAfterSave', 'kBeforeSaveCheck'):
        add = om.MSceneMessage.addCheckCallback if name.endswith('Check') else om.MSceneMessage.addCallback
        add(getattr(om.MSceneMessage, name), lambda *_, name=name: said.append(name) or True)
    def state():
        flags = ('sceneName', 'modified', 'prompt', 'renameToSave', 'type')
        return [cmds.file(query=True, **{{flag: True}}) for flag in flags] + [cmds.ls(selection=True)]
    cmds.createNode('transform', name='t')
    result = []
    for modified in (True, False):
        cmds.file(modified=modified)
        before = state()
        cmds.file({str(tmp_path / "copy.ma")!r}, exportAll=True, type='mayaAscii', preserveReferences=True, force=True)
        result += [state() == before]
    result += [said]
    """,
        fresh=True,
    )
    assert found == [True, True, []]


def project(folder: Path) -> Path:
    """Writes a project with a scene that has a loaded, an unloaded and a nested reference; returns the scene."""
    (folder / "scenes").mkdir(parents=True)
    (folder / "workspace.mel").write_text('workspace -fr "scene" "scenes";\nworkspace -fr "sourceImages" "pictures";\n')
    what = '-rfn "{0}RN" -typ "mayaAscii" "{1}";\n'
    refer = f'file -rdi 1 -ns "{{0}}" {{2}}{what}file -r -ns "{{0}}" -dr 1 {what}'
    node = 'createNode transform -n "t";\n\tsetAttr ".t" -type "double3" 1 2 3 ;\ncreateNode transform -n "u" -p "t";\n'
    (folder / "scenes" / "inner.ma").write_text(HEAD + node)
    (folder / "scenes" / "outer.ma").write_text(HEAD + refer.format("in", f"{folder}//scenes/inner.ma", "") + node)
    scene = folder / "scenes" / "scene.ma"
    scene.write_text(
        HEAD + refer.format("out", "/somebody/elses//scenes/outer.ma", "") + refer.format("off", "scenes/inner.ma", "-dr 1 ")
        + node + 'connectAttr "t.tx" "out:in:t.ty";\n'
    )  # fmt: skip
    return scene


LIST = "[sorted(node for node in cmds.ls(transforms=True) if ':' in node), cmds.file(query=True, reference=True)]"


def test_references_in_references(maya: Any, tmp_path: Path) -> None:
    """The mark ``//`` is where the project's folder goes; what was not loaded stays so, but for who asks for all."""
    scene = project(tmp_path / "p")
    folder = scene.parent
    found = maya(f"""
    cmds.workspace({str(tmp_path / "p")!r}, openWorkspace=True)
    cmds.file({str(scene)!r}, open=True, force=True)
    result = [{LIST}, cmds.getAttr('out:in:t.ty')]
    result += [[cmds.referenceQuery(node, filename=True, unresolvedName=True), cmds.referenceQuery(node, isLoaded=True)]
               for node in sorted(cmds.ls(type='reference'))]
    for depth in ('all', 'topOnly', 'none'):
        cmds.file({str(scene)!r}, open=True, force=True, loadReferenceDepth=depth)
        result.append({LIST}[0])
    """)
    loaded = ["out:in:t", "out:in:u", "out:t", "out:u"]
    assert found[0] == [loaded, [str(folder / "outer.ma"), "scenes/inner.ma"]]
    assert found[1] == 1
    assert found[2:-3] == [
        ["scenes/inner.ma", False],
        [f"{tmp_path / 'p'}//scenes/inner.ma", True],
        ["/somebody/elses//scenes/outer.ma", True],
    ]
    assert found[-3:] == [["off:t", "off:u", *loaded], ["off:t", "off:u", "out:t", "out:u"], []]


@pytest.mark.parametrize(
    ("flags", "after"),
    [
        ({"preserveReferences": True, "exportUnloadedReferences": True}, [4, 2]),
        ({"preserveReferences": True}, [4, 1]),  # Those that were not loaded are lost.
        ({}, [4, 0]),  # Copies, not references.
    ],
)
def test_an_export_keeps_references_as_it_is_told(maya: Any, tmp_path: Path, flags: dict[str, bool], after: list[int]) -> None:
    scene = project(tmp_path / "p")
    found = maya(f"""
    cmds.workspace({str(tmp_path / "p")!r}, openWorkspace=True)
    cmds.file({str(scene)!r}, open=True, force=True)
    copy = cmds.file({str(tmp_path / "copy.ma")!r}, exportAll=True, type='mayaAscii', force=True, **{flags!r})
    cmds.file(copy, open=True, force=True)
    nodes, references = {LIST}
    result = [len(nodes), len(references), cmds.getAttr('out:in:t.ty')]
    """)
    assert found == [*after, 1]


def test_the_project(maya: Any, tmp_path: Path) -> None:
    """Its folder ends in a slash; ``dir`` moves relative names only; rules come from ``workspace.mel``."""
    root = project(tmp_path / "p").parents[1]
    found = maya(
        f"""
    default = cmds.workspace(query=True, rootDirectory=True)
    cmds.workspace({str(root)!r}, openWorkspace=True)
    result = [default, cmds.workspace(query=True, rootDirectory=True), cmds.workspace(query=True, fullName=True),
              cmds.workspace(fileRuleEntry='sourceImages'), cmds.workspace(fileRuleEntry='nonsense'),
              cmds.workspace(expandName='pictures/a.png')]
    cmds.workspace(fileRule=('images', 'out'))
    result += [sorted(cmds.workspace(query=True, fileRuleList=True)), cmds.workspace(fileRuleEntry='images')]
    cmds.workspace(directory='/tmp')
    result += [cmds.workspace(query=True, rootDirectory=True)]
    cmds.file(new=True, force=True)
    result += [cmds.workspace(query=True, rootDirectory=True)]
    """,
        fresh=True,
    )
    assert found[0].endswith("/projects/default/")
    assert found[1:] == [
        f"{root}/", str(root), "pictures", "", f"{root}/pictures/a.png", ["images", "scene", "sourceImages"], "out", f"{root}/",
        f"{root}/",
    ]  # fmt: skip


def test_a_real_project(maya: Any, shared_scenes: Path) -> None:
    project = str(shared_scenes / "textured_project")
    found = maya(f"""
    cmds.workspace({project!r}, openWorkspace=True)
    cmds.file('{project}/scenes/TextureTest.ma', open=True, force=True)
    result = [cmds.workspace(query=True, rootDirectory=True), cmds.workspace(fileRuleEntry='sourceImages'),
              sorted(cmds.getAttr(node + '.fileTextureName') for node in cmds.ls(type='file'))]
    """)
    assert found[:2] == [project + "/", "sourceimages"]
    assert found[2]
    assert all("sourceimages/" in path for path in found[2])


@pytest.mark.parametrize(
    ("year", "flags", "fine"), [("2027", {}, False), ("2027", {"ignoreVersion": True}, True), ("2024", {}, True)]
)
@only_stand_in
def test_a_file_of_another_version(maya: Any, tmp_path: Path, year: str, flags: dict[str, bool], fine: bool) -> None:
    (tmp_path / "a.ma").write_text(f'//Maya ASCII {year}ff03 scene\nrequires maya "{year}ff03";\ncreateNode transform -n "t";\n')
    found = maya(f"""
    try:
        cmds.file({str(tmp_path / "a.ma")!r}, open=True, force=True, **{flags!r})
        result = cmds.objExists('t')
    except RuntimeError as error:
        result = str(error)
    """)
    assert found is True if fine else f"Unknown Maya file version: {year}" in found


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
    assert sorted(plugins) == ["RenderMan_for_Maya.py", "mtoa"]
    assert refused
    assert 'The plug-in "mtoa" that' in maya.stderr
