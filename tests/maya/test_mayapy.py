"""Finding an interpreter: QS32, Q37."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import farmfutures.maya  # noqa: F401  # Makes farmfutures_maya importable.
from farmfutures.errors import InterpreterNotFoundError, OptionError
from farmfutures_maya import mayapy

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Makes an empty file where a mayapy would be; a Windows layout, whose root is a variable."""

    def make(name: str, file: str = "bin/mayapy.exe", root: str = "Autodesk") -> Path:
        path = tmp_path / root / name / file
        path.parent.mkdir(parents=True)
        path.touch(mode=0o755)
        return path

    return make


def find(version: object, tmp_path: Path, session: str | None = None, **environ: str) -> mayapy.Mayapy:
    environ = {"ProgramFiles": str(tmp_path), "PATH": "", **environ}
    return mayapy.find(version, environ=environ, session=session, platform="win32")


@pytest.mark.parametrize(
    ("written", "major", "minor"),
    [
        (2026, 2026, None),
        ("2026", 2026, None),
        ("2026.1", 2026, 1),
        (2026.1, 2026, 1),
        (" maya2027 ", 2027, None),
        ("2026.3.1", 2026, 3),
        ("Preview Release", None, None),
        ("Preview Release 150", None, None),
    ],
)
def test_q37_versions_as_people_write_them(written: object, major: int | None, minor: int | None) -> None:
    version = mayapy.MayaVersion.parse(written)
    assert (version.major, version.minor) == (major, minor)


@pytest.mark.parametrize("written", ["latest", "", 26, "1998", True, "2026-2", None])
def test_what_is_no_version_is_refused(written: object) -> None:
    with pytest.raises(OptionError, match=r"version=.*is not a version of Maya"):
        mayapy.MayaVersion.parse(written)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/usr/autodesk/maya2026/bin/mayapy", "2026"),
        ("/Applications/Autodesk/maya2027/Maya.app/Contents/bin/mayapy", "2027"),
        ("/rez/maya/2026.1/bin/mayapy", "2026.1"),
        ("/opt/Autodesk_Maya_2025_3/bin/mayapy", "2025"),
        ("/projects/show_2024/tools/mayapy", None),
        ("/usr/bin/mayapy", None),
    ],
)
def test_a_path_says_its_version(path: str, text: str | None) -> None:
    held = mayapy.version_of(Path(path))
    assert (held and held.text) == text


def test_qs32_the_usual_place(tmp_path: Path, install: Install) -> None:
    install("Maya2025")
    wanted = install("Maya2026")
    assert find(2026, tmp_path).path == wanted


def test_qs32_an_update_has_a_folder_of_its_own_or_not(tmp_path: Path, install: Install) -> None:
    year = install("Maya2026")
    assert find("2026.1", tmp_path).path == year
    update = install("Maya2026.1")
    assert find("2026.1", tmp_path).path == update


def test_qs32_without_a_version_the_newest_is_taken(tmp_path: Path, install: Install) -> None:
    for name in ("Maya2025", "Maya2027", "Maya2026.3"):
        install(name)
    assert find(None, tmp_path).path.parts[-3] == "Maya2027"


def test_qs32_the_variable_comes_first(tmp_path: Path, install: Install) -> None:
    install("Maya2026")
    own = install("own", "mayapy")
    assert find(2026, tmp_path, FARMFUTURES_MAYAPY=str(own)).path == own


def test_qs32_the_variable_may_hold_the_version(tmp_path: Path, install: Install) -> None:
    own = install("own2027", "mayapy")
    variable = str(tmp_path / "Autodesk" / "own{version}" / "mayapy")
    assert find("2027.1", tmp_path, FARMFUTURES_MAYAPY=variable).path == own


def test_a_variable_that_names_no_file_is_not_passed_over(tmp_path: Path, install: Install) -> None:
    install("Maya2026")
    with pytest.raises(InterpreterNotFoundError, match="FARMFUTURES_MAYAPY: no "):
        find(2026, tmp_path, FARMFUTURES_MAYAPY=str(tmp_path / "misspelt"))


@pytest.mark.parametrize(
    ("location", "session", "wanted", "taken"),
    [
        ("Maya2026", None, 2026, True),
        ("Maya2025", None, 2026, False),
        ("own", "2026", 2026, True),
        ("own", "2025", 2026, False),
        ("own", "Preview Release 150", "Preview Release 150", True),
        ("own", None, 2026, True),
    ],
)
def test_qs32_maya_location_counts_where_its_version_fits(
    tmp_path: Path, install: Install, location: str, session: str | None, wanted: object, taken: bool
) -> None:
    here = install(location, root="elsewhere")
    fallback = install("Maya2026")
    found = find(wanted, tmp_path, session, MAYA_LOCATION=str(here.parents[1]))
    assert found.path == (here if taken else fallback)


@pytest.mark.parametrize("above", [False, True])
def test_qs32_macos_has_two_meanings_of_maya_location(tmp_path: Path, above: bool) -> None:
    contents = tmp_path / "maya2026/Maya.app/Contents"
    (contents / "bin").mkdir(parents=True)
    (contents / "bin/mayapy").touch()
    location = contents.parents[1] if above else contents
    environ = {"MAYA_LOCATION": str(location), "PATH": ""}
    assert mayapy.find(2026, environ=environ, platform="darwin").path == contents / "bin/mayapy"


@pytest.mark.skipif(sys.platform == "win32", reason="which() looks for .exe there")
def test_qs32_path_comes_last_and_its_links_are_followed(tmp_path: Path, install: Install) -> None:
    real = install("maya2026", "bin/mayapy", root="packages")
    link = tmp_path / "bin" / "mayapy"
    link.parent.mkdir()
    link.symlink_to(real)
    assert find(2026, tmp_path, PATH=str(link.parent)).path == real
    usual = install("Maya2026")
    assert find(2026, tmp_path, PATH=str(link.parent)).path == usual


def test_the_error_names_what_was_looked_for_and_where(tmp_path: Path, install: Install) -> None:
    wrong = install("maya2025", root="elsewhere")
    with pytest.raises(InterpreterNotFoundError) as caught:
        find(2030, tmp_path, MAYA_LOCATION=str(wrong.parents[1]))
    text = str(caught.value)
    assert "mayapy of Maya 2030" in text
    assert f"MAYA_LOCATION: {wrong} is Maya 2025" in text
    assert os.path.join("Autodesk", "Maya2030") in text
    assert "set FARMFUTURES_MAYAPY" in text
    assert isinstance(caught.value, FileNotFoundError)


def test_nothing_installed_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(InterpreterNotFoundError, match="there is no mayapy on this machine"):
        find(None, tmp_path)


def test_all_that_is_installed(tmp_path: Path, install: Install) -> None:
    paths = {install("Maya2025"), install("Maya2026")}
    environ = {"ProgramFiles": str(tmp_path), "PATH": "", "MAYA_LOCATION": str(tmp_path / "Autodesk/Maya2026")}
    found = mayapy.installed(environ=environ, platform="win32")
    assert {item.path for item in found} == paths
    assert [item.source for item in found] == ["MAYA_LOCATION", "installed"]


@pytest.mark.skipif(sys.platform == "win32", reason="makes a link")
def test_an_interpreter_option_is_the_real_file_of_a_mayapy(tmp_path: Path, install: Install) -> None:
    real = install("maya2026", "bin/mayapy", root="packages")
    link = tmp_path / "mayapy2026"
    link.symlink_to(real)
    assert mayapy.real_interpreter(link) == (str(real),)
    assert mayapy.real_interpreter("/usr/bin/python3") == ("/usr/bin/python3",)
    assert mayapy.real_interpreter(["rez-env", "maya", "--", "mayapy"]) == ("rez-env", "maya", "--", "mayapy")
