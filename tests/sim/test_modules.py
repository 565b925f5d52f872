"""What a Maya finds while it starts: Maya.env, modules with the quirks that are known of them, the user's set-up."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
only_stand_in = pytest.mark.skipif("config.getoption('--mayapy') is not None", reason="a module is for its version")


def write(folder: Path, files: dict[str, str]) -> Path:
    """Writes files below a folder; returns it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_user_set_up_runs_unless_it_is_skipped(maya: Any, tmp_path: Path) -> None:
    """Every one on the path, Python only."""
    mark = "import sys\nsys.set_up = [*getattr(sys, 'set_up', []), '{}']\n"
    write(tmp_path, {"a/userSetup.py": mark.format("a"), "b/userSetup.py": mark.format("b"), "b/userSetup.mel": "error;"})
    script = "import sys\nresult = getattr(sys, 'set_up', [])"
    path = f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}"
    assert maya(script, PYTHONPATH=path) == ["a", "b"]
    assert maya(script, PYTHONPATH=path, MAYA_SKIP_USERSETUP_PY="1") == []


def test_a_user_set_up_that_fails_is_said_and_survived(maya: Any, tmp_path: Path) -> None:
    write(tmp_path, {"userSetup.py": "raise ValueError('no such studio')\n"})
    assert maya("result = hasattr(cmds, 'ls')", PYTHONPATH=str(tmp_path)) is True
    assert "no such studio" in maya.stderr


@only_stand_in  # The scripts' folder has the version in its name.
def test_the_user_set_up_of_the_preferences(maya: Any, tmp_path: Path) -> None:
    write(tmp_path, {"prefs/2026/scripts/userSetup.py": "import sys\nsys.set_up = True\n"})
    assert maya("import sys\nresult = hasattr(sys, 'set_up')", fresh=True) is True


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("# a comment\n\n   \nSIM_A = yes\n", "SIM_A", "yes"),
        ("SIM_A=one\nSIM_B=$SIM_A/two:${SIM_A}/three:%SIM_A%\n", "SIM_B", "one/two:one/three:one"),
        ("#SIM_A=no\n", "SIM_A", ""),
        ("no equals sign\nSIM_A=1", "SIM_A", "1"),
        ("SIM_TAKEN=never\n", "SIM_TAKEN", "from outside"),
        ("MAYA_APP_DIR=/elsewhere\n", "MAYA_APP_DIR", None),
    ],
)
def test_maya_env_is_seen_by_mel_only(maya: Any, tmp_path: Path, text: str, name: str, value: str | None) -> None:
    write(tmp_path, {"env/Maya.env": text})
    script = f"""
    import os
    result = [mel.eval('getenv "{name}"'), os.environ.get({name!r})]
    """
    seen, of_the_process = maya(script, MAYA_ENV_DIR=str(tmp_path / "env"), SIM_TAKEN="from outside")
    if name in ("SIM_TAKEN", "MAYA_APP_DIR"):  # They can't be overruled.
        assert seen == of_the_process == (value or str(tmp_path / "prefs"))
    else:
        assert (seen, of_the_process) == (value, None)


def test_the_module_path_may_come_from_maya_env(maya: Any, tmp_path: Path) -> None:
    folder = write(tmp_path, {"mods/own.mod": "+ own 1.0 .\n", "mods/plug-ins/own.py": "def initializePlugin(plugin): pass\n"})
    other = write(tmp_path, {"more/other.py": "def initializePlugin(plugin): pass\n"})
    env = f"MAYA_MODULE_PATH={folder / 'mods'}\nMAYA_PLUG_IN_PATH={other / 'more'}\n"
    write(tmp_path, {"env/Maya.env": env})
    found = maya("result = cmds.loadPlugin('own', 'other')", MAYA_ENV_DIR=str(tmp_path / "env"))
    assert found == ["own", "other"]


BLOCKS = {
    # A blank line or a comment ends a block; so nothing is read between them and the next one.
    "a blank line": ("+ m 1.0 .\nFIRST=1\n\nLOST=1\n", {"FIRST": "1", "LOST": None}),
    "a comment": ("+ m 1.0 .\nFIRST=1\n# not more\nLOST=1\n", {"FIRST": "1", "LOST": None}),
    "a comment before": ("# whose\n// it is\n+ m 1.0 .\nFIRST=1\n", {"FIRST": "1"}),
    "no space behind the plus": ("+m 1.0 .\nLOST=1\n", {"LOST": None}),
    "a minus": ("- m 1.0 .\nLOST=1\n", {"LOST": None}),
    "any version": ("+ m any .\nFIRST=1\n", {"FIRST": "1"}),
    "another Maya": ("+ MAYAVERSION:2019 m 1.0 .\nLOST=1\n", {"LOST": None}),
    "this Maya": ("+ MAYAVERSION:2026 m 1.0 .\nFIRST=1\n", {"FIRST": "1"}),
    "another platform": ("+ PLATFORM:win64 PLATFORM:mac m 1.0 .\nLOST=1\n", {"LOST": None}),
    "conditions in any order": ("+ LOCALE:en_US MAYAVERSION:2026 m 1.0 .\nFIRST=1\n", {"FIRST": "1"}),
    "another language": ("+ LOCALE:ja_JP m 1.0 .\nLOST=1\n", {"LOST": None}),
    "one for each": ("+ MAYAVERSION:2019 m 1 old\nA=old\n+ MAYAVERSION:2026 m 1 new\nA=new\n", {"A": "new"}),
    "set": ("+ m 1.0 .\nTAKEN=1\n", {"TAKEN": "1"}),
    "appended": ("+ m 1.0 .\nTAKEN+=1\n", {"TAKEN": "before:1"}),
    "appended to nothing": ("+ m 1.0 .\nFIRST+=1\n", {"FIRST": ":1"}),
    "relative": ("+ m 1.0 sub\nFIRST:=up/here\n", {"FIRST": "{folder}/sub/up/here"}),
    "relative and appended, with spaces": ("+ m 1.0 .\nFIRST +:= here\n", {"FIRST": ":{folder}/here"}),
    "above": ("+ m 1.0 sub\nFIRST:=../up\n", {"FIRST": "{folder}/up"}),
    "the module itself": ("+ m 1.0 ./sub\nFIRST:=\n", {"FIRST": "{folder}/sub/"}),
    "a dot adds nothing": ("+ m 1.0 .\nFIRST:=here\n", {"FIRST": "{folder}/here"}),
    "an absolute folder": ("+ m 1.0 /opt/m\nFIRST:=here\n", {"FIRST": "/opt/m/here"}),
    "slashes": ("+ m 1.0 sub\\deep\nFIRST:=a\\b\nSECOND=c\\d\n", {"FIRST": "{folder}/sub/deep/a/b", "SECOND": "c/d"}),
}


@only_stand_in
@pytest.mark.parametrize(("text", "wanted"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_of_module_files(maya: Any, tmp_path: Path, text: str, wanted: dict[str, str | None]) -> None:
    folder = write(tmp_path, {"modules/m.mod": text}) / "modules"
    script = f"import os\nresult = {{name: os.environ.get(name) for name in {list(wanted)}}}"
    expected = {name: value and value.replace("{folder}", folder.as_posix()) for name, value in wanted.items()}
    assert maya(script, MAYA_MODULE_PATH=str(folder), TAKEN="before") == expected


@only_stand_in
def test_folders_of_a_module(maya: Any, tmp_path: Path) -> None:
    """They count where they are not there, too; those below only where it is said, and never hidden ones."""
    set_up = "import sys\nsys.set_up = [*getattr(sys, 'set_up', []), __file__]\n"
    text = "+ a 1.0 a\n+ b 1.0 b\nscripts: code\n[r] plug-ins: all\n"
    folder = write(tmp_path, {
        "m/no_suffix": text, "m/a/scripts/userSetup.py": set_up, "m/b/code/userSetup.py": set_up, "m/b/code/deep/x.py": "",
        "m/b/all/one/x.py": "", "m/b/all/one/two/x.py": "", "m/b/all/.git/x.py": "", "m/b/scripts/userSetup.py": set_up,
    }) / "m"  # fmt: skip
    found = maya(
        """
        import os, sys
        names = ('MAYA_PLUG_IN_PATH', 'MAYA_SCRIPT_PATH', 'XBMLANGPATH', 'MAYA_PRESET_PATH', 'PYTHONPATH')
        paths = {name: list(filter(None, os.environ[name].split(os.pathsep))) for name in names}
        result = [paths, sys.path, sys.set_up]
        """,
        MAYA_MODULE_PATH=str(folder),
    )
    ours = [[path for path in paths if path.startswith(str(folder))] for paths in (*found[0].values(), found[1])]
    icons = "/%B" if sys.platform == "linux" else ""
    scripts = [f"{folder}/a/scripts", f"{folder}/b/code"]
    below = [f"{folder}/b/all", f"{folder}/b/all/one", f"{folder}/b/all/one/two"]
    assert ours == [
        [f"{folder}/a/plug-ins", *below], scripts, [f"{folder}/a/icons{icons}", f"{folder}/b/icons{icons}"],
        [f"{folder}/a/presets", f"{folder}/b/presets"], scripts, scripts,
    ]  # fmt: skip
    assert found[2] == [f"{folder}/a/scripts/userSetup.py", f"{folder}/b/code/userSetup.py"]


@only_stand_in
def test_several_modules(maya: Any, tmp_path: Path) -> None:
    """Values come in the order of the names of modules; of two of one name the first that is found counts."""
    write(tmp_path, {
        "one/z.mod": "+ alpha 1.0 .\nORDER+=alpha\n+ zeta 1.0 .\nORDER+=zeta of one\n",
        "two/a.mod": "+ zeta 2.0 .\nORDER+=zeta of two\n+ beta 1.0 .\nORDER+=beta\n",
    })  # fmt: skip
    script = """
    import os
    path = cmds.moduleInfo(moduleName='zeta', path=True)
    result = [cmds.moduleInfo(listModules=True), os.environ['ORDER'], os.path.basename(path)]
    """
    for first, other in (("one", "two"), ("two", "one")):
        found = maya(script, MAYA_MODULE_PATH=f"{tmp_path / first}{os.pathsep}{tmp_path / other}")
        assert found == [["alpha", "beta", "zeta"], f":alpha:beta:zeta of {first}", first]


@only_stand_in
@pytest.mark.parametrize("where", ["2026/modules", "modules"])
def test_modules_of_the_user(maya: Any, tmp_path: Path, where: str) -> None:
    folder = write(tmp_path, {f"prefs/{where}/own.mod": "+ own 1.0 .\n"}) / "prefs" / where
    assert maya("result = cmds.moduleInfo(moduleName='own', path=True)", fresh=True) == str(folder)


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
