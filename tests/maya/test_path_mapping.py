"""One table of rules, both ways, for a platform that is given: P42."""

from __future__ import annotations

import os
import pathlib
import pickle
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import ModuleType
from typing import Any

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures import call as calls
from farmfutures.errors import OptionError
from farmfutures.worker import context
from farmfutures_maya.path_mapping import PathMapping, payload, prepare_process, rules_of, settings_here, table_of

RULES = (
    "P:/ <-> /mnt/projects <-> /Volumes/projects",
    "P:/assets/ <-> /mnt/assets",
    "\\\\nas\\Textures <-> /net/textures/",
    "S:\\lib <-> /Volumes/lib",
)


def mapped(path: str, platform: str = "linux", rules: tuple[str, ...] = RULES) -> str:
    return PathMapping(rules, platform).path(path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("P:/shot/a.ma", "/mnt/projects/shot/a.ma"),
        ("P:\\shot\\a.ma", "/mnt/projects/shot/a.ma"),
        ("p:/Shot/A.ma", "/mnt/projects/Shot/A.ma"),  # The case of what is below stays.
        ("P:/", "/mnt/projects/"),
        ("P:", "/mnt/projects"),
        ("P://shot//scenes/a.ma", "/mnt/projects//shot//scenes/a.ma"),  # Maya's mark of the project stays.
        ("P:/assets/rig.ma", "/mnt/assets/rig.ma"),  # The longest rule first.
        ("p:\\ASSETS", "/mnt/assets"),
        ("P:/assets2/rig.ma", "/mnt/projects/assets2/rig.ma"),
        ("\\\\nas\\textures\\a.tx", "/net/textures/a.tx"),
        ("//NAS/Textures/a.<UDIM>.tx", "/net/textures/a.<UDIM>.tx"),
        ("\\\\?\\P:\\deep\\a.ma", "/mnt/projects/deep/a.ma"),
        ("\\\\?\\UNC\\nas\\textures\\a.tx", "/net/textures/a.tx"),
        ("/Volumes/projects/a.ma", "/mnt/projects/a.ma"),
    ],
)
def test_p42_to_linux(path: str, expected: str) -> None:
    assert mapped(path) == expected


@pytest.mark.parametrize(
    ("path", "platform", "expected"),
    [
        ("/mnt/projects/shot/a.ma", "win32", "P:/shot/a.ma"),
        ("/mnt/projects", "win32", "P:/"),
        ("/Volumes/projects/a.ma", "win32", "P:/a.ma"),
        ("/net/textures/a.tx", "win32", "//nas/Textures/a.tx"),
        ("/Volumes/lib/x", "win32", "S:/lib/x"),
        ("P:/shot/a.ma", "darwin", "/Volumes/projects/shot/a.ma"),
        ("/mnt/projects/a.ma", "darwin", "/Volumes/projects/a.ma"),
        ("P:/assets/a.ma", "darwin", "/mnt/assets/a.ma"),  # A Linux folder where there is none of macOS.
        ("S:/lib/x", "darwin", "/Volumes/lib/x"),
    ],
)
def test_p42_the_other_ways(path: str, platform: str, expected: str) -> None:
    assert mapped(path, platform) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/mnt/projects/a.ma", "/mnt/projects2/a.ma", "P:relative.ma", "Q:/a.ma", "//nas/textures2/a.tx", "$PROJ/a.ma", "a.ma",
        "", "S:/lib/x", "at P:/shot", "PP:/shot", "s3://bucket/P:/x", "a\\b", "file:///mnt/projects/a",
    ],
)  # fmt: skip
def test_what_no_rule_is_for_stays_as_it_is(path: str) -> None:
    assert mapped(path) == path  # S:/lib has no side on Linux.


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
@pytest.mark.parametrize("path", ["P:/a b/c.ma", "/mnt/projects/a b/c.ma", "/Volumes/projects/a b/c.ma", "//nas/Textures/x"])
def test_mapping_twice_is_mapping_once_and_home_again_is_the_same(path: str, platform: str) -> None:
    once = mapped(path, platform)
    assert mapped(once, platform) == once
    assert mapped(mapped(once, "win32"), platform) == once


def test_the_first_rule_for_a_folder_counts() -> None:
    assert mapped("P:/a", rules=("P:/ <-> /first", "p: <-> /second")) == "/first/a"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("P:/", "two folders with '<->' between them"),
        ("P:/ -> /mnt", "two folders with '<->' between them"),
        ("P:/ <-> projects", "'projects' is not the full path"),
        ("P: <-> /", "'/' is every path there is"),
        ("P:/ <-> Q:/", "two of its sides are on the same platform"),
        ("/mnt/a <-> /net/a", "two of its sides are on the same platform"),
        ("P:/ <-> ", "'' is not the full path"),
        ("nonsense", "'nonsense' is not the full path"),
    ],
)
def test_a_rule_that_is_none_is_said_at_once(rule: str, text: str) -> None:
    with pytest.raises(OptionError, match=text) as caught:
        PathMapping((rule,), "linux")
    assert repr(rule) in str(caught.value)


def test_rules_in_the_forms_in_which_people_give_them() -> None:
    assert rules_of("a <-> b", None, ["c <-> d", ("P:/", Path("/mnt"))], ()) == ("a <-> b", "c <-> d", "P:/ <-> /mnt")
    for wrong in (3, [3], [("a", "b", "c")]):
        with pytest.raises(OptionError, match="path_mapping"):
            rules_of(wrong)


@pytest.mark.parametrize(
    ("name", "value", "sender", "platform", "expected"),
    [
        ("MAYA_SCRIPT_PATH", "P:\\a;C:\\x;P:/b", "win32", "linux", "/mnt/projects/a:C:\\x:/mnt/projects/b"),
        ("MAYA_SCRIPT_PATH", "/mnt/projects/a:/opt/b", "linux", "win32", "P:/a;/opt/b"),
        ("PYTHONPATH", "/opt/ours:P:\\a;P:/b", "win32", "linux", "/opt/ours:/mnt/projects/a:/mnt/projects/b"),
        ("PYTHONPATH", "C:\\ours;/mnt/projects/a:/mnt/projects/b", "linux", "win32", "C:\\ours;P:/a;P:/b"),
        ("PYTHONPATH", "/mnt/projects/a:/opt/b", "linux", "darwin", "/Volumes/projects/a:/opt/b"),
        ("PYTHONPATH", "/opt/a::/opt/b", "linux", "linux", "/opt/a::/opt/b"),
        ("XBMLANGPATH", "/mnt/projects/icons/%B", "linux", "win32", "P:/icons"),
        ("XBMLANGPATH", "P:/icons;P:/more", "win32", "linux", "/mnt/projects/icons/%B:/mnt/projects/more/%B"),
        ("OCIO", "P:/config.ocio", "win32", "linux", "/mnt/projects/config.ocio"),
        ("SHOW", "orrery", "win32", "linux", "orrery"),
        ("NOTE", "a;b", "win32", "linux", "a;b"),
        ("ASSET_PATH", "https://host:8080/a;b", "win32", "linux", "https://host:8080/a;b"),
    ],
)
def test_p42_environment(name: str, value: str, sender: str, platform: str, expected: str) -> None:
    assert PathMapping(RULES, platform).variable(name, value, sender) == expected


class Named(str):
    """A str of somebody's own."""


class Folder:
    """A path of somebody's own."""

    def __fspath__(self) -> str:
        return "P:\\x"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("P:/a.ma", "/mnt/projects/a.ma"),
        (["P:/a", 3, "b"], ["/mnt/projects/a", 3, "b"]),
        (("P:/a", None), ("/mnt/projects/a", None)),
        ({"P:/key": "P:/a"}, {"P:/key": "/mnt/projects/a"}),
        (PureWindowsPath("P:/a"), Path("/mnt/projects/a")),
        (Folder(), Path("/mnt/projects/x")),
        ([PureWindowsPath("P:/a")], [Path("/mnt/projects/a")]),
        ("render P:/a", "render P:/a"),
        (["P:/a", ["P:/b"]], ["/mnt/projects/a", ["P:/b"]]),  # One level: what is deeper is the call's own affair.
        (b"P:/a", b"P:/a"),
        (Named("P:/a"), "P:/a"),
        (PurePosixPath("/opt/a"), PurePosixPath("/opt/a")),
        (3.0, 3.0),
    ],
)
def test_p42_arguments(value: Any, expected: Any) -> None:
    args, kwargs = PathMapping(RULES, "linux").arguments((value,), {"again": value})
    assert (args, kwargs) == ((expected,), {"again": expected})
    assert type(args[0]) is type(expected) or isinstance(value, Named)


def test_p42_what_dirmap_gets_ends_with_slashes_the_longest_first() -> None:
    pairs = PathMapping(RULES, "linux").dirmap()
    assert pairs[:2] == [("/Volumes/projects/", "/mnt/projects/"), ("//nas/Textures/", "/net/textures/")]
    assert [pair for pair in pairs if pair[0][1] == ":"] == [
        ("P:/assets/", "/mnt/assets/"), ("p:/assets/", "/mnt/assets/"), ("P:/", "/mnt/projects/"), ("p:/", "/mnt/projects/"),
    ]  # fmt: skip
    assert ("/mnt/projects/", "P:/") in PathMapping(RULES, "win32").dirmap()


def test_p42_settings_of_a_bootstrap() -> None:
    sent = {
        "filename": "P:\\shot\\a.ma", "workspace": "P:/shot", "plugins": [["rig", "P:/rig.mll"], ["AbcImport", ""]],
        "path_mapping": [["Z:/old/", "P:/new/"]], "version": "2026",
    }  # fmt: skip
    table = PathMapping(("P:/ <-> /mnt/projects",), "linux")
    assert settings_here(sent, table) == {
        "filename": "/mnt/projects/shot/a.ma", "workspace": "/mnt/projects/shot", "version": "2026",
        "plugins": [["rig", "/mnt/projects/rig.mll"], ["AbcImport", ""]],
        "path_mapping": [["Z:/old/", "/mnt/projects/new/"], ["P:/", "/mnt/projects/"], ["p:/", "/mnt/projects/"]],
    }  # fmt: skip
    assert settings_here(sent, PathMapping(())) is sent


def test_p42_what_a_process_starts_with() -> None:
    environ = {"MAYA_SCRIPT_PATH": "P:/a;P:/b", "PYTHONPATH": "P:/lib;P:/more", "OCIO": "P:/c.ocio", "HERS": "P:/stays"}
    path = ["P", "/usr/lib/python", "P:/sent"]
    sent = {"path_rules": list(RULES), "sent_from": "win32", "sent_variables": ["MAYA_SCRIPT_PATH", "PYTHONPATH", "OCIO", "NONE"]}
    prepare_process(sent, table_of(sent, "linux"), environ, path)
    assert environ == {
        "MAYA_SCRIPT_PATH": "/mnt/projects/a:/mnt/projects/b", "PYTHONPATH": "/mnt/projects/lib:/mnt/projects/more",
        "OCIO": "/mnt/projects/c.ocio", "HERS": "P:/stays",
    }  # fmt: skip
    assert path == ["P", "/usr/lib/python", "/mnt/projects/sent", "/mnt/projects/lib", "/mnt/projects/more"]


def test_no_rules_are_no_payload() -> None:
    assert payload((), ["A"]) == {}
    assert payload(("P:/ <-> /mnt",), {"B", "A"})["sent_variables"] == ["A", "B"]


@pytest.fixture
def arguments_as_they_are() -> Iterator[None]:
    yield
    context.on_arguments(None)


def test_p42_a_job_of_another_platform(
    library_maya: Any, fresh_bootstrap: ModuleType, scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments_as_they_are: None,
) -> None:  # fmt: skip
    """Environment, project, scene, dirmap and arguments, as they come from Windows."""
    (scene.parents[1] / "tex.png").touch()
    monkeypatch.setenv("MAYA_SCRIPT_PATH", "P:/project/scripts;P:/more")
    bootstrap = {"filename": "P:/project/scenes/shot.ma", "workspace": "P:\\project", "version": "2026"}
    rules = {"path_rules": [f"P:/ <-> {tmp_path}"], "sent_from": "win32", "sent_variables": ["MAYA_SCRIPT_PATH"]}
    fresh_bootstrap.bootstrap({**bootstrap, **rules, "shared_app_dir": True})
    cmds = library_maya.cmds
    assert library_maya.started_with["MAYA_SCRIPT_PATH"] == os.pathsep.join([f"{tmp_path}/project/scripts", f"{tmp_path}/more"])
    assert cmds.workspace(query=True, rootDirectory=True) == f"{tmp_path}/project/"
    assert cmds.file(query=True, sceneName=True) == str(scene)
    assert cmds.dirmap(convertDirectory="p:/project/tex.png") == f"{tmp_path}/project/tex.png"
    assert context.arguments(("P:/x", 1), {}) == ((f"{tmp_path}/x", 1), {})
    count = len(cmds.dirmap(getAllMappings=True))
    fresh_bootstrap.bootstrap({**bootstrap, **rules})
    assert len(cmds.dirmap(getAllMappings=True)) == count
    fresh_bootstrap.bootstrap({"version": "2026"})
    assert context.arguments(("P:/x",), {}) == (("P:/x",), {})


class _Foreign:
    """Pickles as the path that the other platform would pickle."""

    def __reduce__(self) -> Any:
        other = pathlib.WindowsPath if os.name == "posix" else pathlib.PosixPath
        return other, ("P:\\", "shot", "a.ma")


def test_a_path_object_of_the_other_platform_arrives() -> None:
    data = b"P" + pickle.dumps((len, (_Foreign(), 1), {}), calls.PROTOCOL)
    function, args, _ = calls.unpack_call(data)
    assert function is len
    if os.name == "posix":
        assert args == (PureWindowsPath("P:/shot/a.ma"), 1)
        assert PathMapping(RULES, "linux").arguments(args, {})[0] == (Path("/mnt/projects/shot/a.ma"), 1)
