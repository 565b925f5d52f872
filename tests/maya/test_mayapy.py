"""Finding an interpreter: QS32, Q37. What is found is asked for its version; so each one here is a real program."""

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

scripts_run = pytest.mark.skipif(sys.platform == "win32", reason="the programs that answer are shell scripts")


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Makes a program that says its version where a mayapy would be; a Windows layout, whose root is a variable."""

    def make(name: str, file: str = "bin/mayapy.exe", root: str = "Autodesk", says: str | None = None) -> Path:
        path = tmp_path / root / name / file
        path.parent.mkdir(parents=True)
        year = "".join(letter for letter in name if letter.isdigit() or letter == ".")
        path.write_text(f'#!/bin/sh\necho \'farmfutures:{{"version": "{year if says is None else says}"}}\'\n')
        path.chmod(0o755)
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
    own = install("own", "mayapy", says="2026")
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
    ("says", "session", "wanted", "taken"),
    [
        ("2026", None, 2026, True),
        ("2025", None, 2026, False),
        ("2025", "2026", 2026, True),  # The running Maya is of this place, so that nobody is asked.
        ("2026", "2025", 2026, False),
        ("Preview Release 150", "Preview Release 150", "Preview Release 150", True),
        ("Preview Release 150", None, "Preview Release 150", True),
        ("", None, 2026, True),  # It does not say, and its path neither: the worker does.
    ],
)
def test_qs32_maya_location_counts_where_its_version_fits(
    tmp_path: Path, install: Install, says: str, session: str | None, wanted: object, taken: bool
) -> None:
    here = install("own", root="elsewhere", says=says)
    fallback = install("Maya2026")
    found = find(wanted, tmp_path, session, MAYA_LOCATION=str(here.parents[1]))
    assert found.path == (here if taken else fallback)


@pytest.mark.parametrize("location", ["maya2026/Maya.app/Contents", "maya2026/Maya.app", "maya2026"])
def test_qs32_macos_has_several_meanings_of_maya_location(tmp_path: Path, install: Install, location: str) -> None:
    own = install("maya2026", "Maya.app/Contents/bin/mayapy", root=".")
    environ = {"MAYA_LOCATION": str(tmp_path / location), "PATH": ""}
    assert mayapy.find(2026, environ=environ, platform="darwin").path == own


@pytest.mark.parametrize(
    ("platform", "environ", "place"),
    [
        ("linux", {}, "/usr/autodesk/maya2030/bin/mayapy"),
        ("darwin", {}, "/Applications/Autodesk/maya2030/Maya.app/Contents/bin/mayapy"),
        ("win32", {"ProgramFiles": "/programs"}, "/programs/Autodesk/Maya2030/bin/mayapy.exe"),
    ],
)
def test_qs32_the_usual_places(platform: str, environ: dict[str, str], place: str) -> None:
    with pytest.raises(InterpreterNotFoundError) as caught:
        mayapy.find(2030, environ={"PATH": "", **environ}, platform=platform)
    assert f"installed: no {Path(place)}" in str(caught.value)


@pytest.mark.parametrize("source", ["FARMFUTURES_MAYAPY", "MAYA_LOCATION", "installed", "PATH"])
def test_qs32_another_version_is_passed_over_wherever_it_is(tmp_path: Path, install: Install, source: str) -> None:
    if source == "installed":
        wrong, environ = install("Maya2026", says="2027"), {}
    else:
        wrong = install("own", "bin/mayapy", root="elsewhere", says="2027")
        if source == "MAYA_LOCATION":
            wrong = wrong.rename(wrong.with_suffix(".exe"))
        value = {"PATH": wrong.parent, "MAYA_LOCATION": wrong.parents[1]}.get(source, wrong)
        environ = {source: str(value)}
    with pytest.raises(InterpreterNotFoundError, match=f"{source}: .*{wrong.name} is Maya 2027"):
        find(2026, tmp_path, **environ)


@pytest.mark.parametrize(
    ("program", "text"),
    [
        ("#!/bin/sh\nexit 3\n", "is no mayapy: asked for its version, it exited with code 3 (it printed nothing)"),
        ("#!/bin/sh\necho no such option >&2\nexit 1\n", "it exited with code 1 (no such option)"),
        ("not a program at all", "can't be started (Exec format error)"),
        (f'#!/bin/sh\nexec {sys.executable} "$@"\n', "is a Python without Maya (No module named 'maya')"),
    ],
)
@scripts_run
def test_qs32_what_is_no_mayapy_is_passed_over(tmp_path: Path, install: Install, no_maya: None, program: str, text: str) -> None:
    own = install("own", "mayapy")
    own.write_text(program)
    with pytest.raises(InterpreterNotFoundError) as caught:
        find(2026, tmp_path, FARMFUTURES_MAYAPY=str(own))
    assert f"FARMFUTURES_MAYAPY: {own} " in str(caught.value)
    assert text in str(caught.value)
    fallback = install("Maya2026")
    assert find(2026, tmp_path, FARMFUTURES_MAYAPY=str(own)).path == fallback


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
    wrong = install("maya2025", root="elsewhere", says="2025")
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
    assert mayapy.choose(link).command == (str(real),)
    assert mayapy.choose("/usr/bin/python3").command == ("/usr/bin/python3",)
    command = ("rez-env", "maya", "--", "mayapy")
    assert mayapy.choose(list(command), 2026) == mayapy.Choice(command, None)


@scripts_run
def test_qs32_an_interpreter_option_of_another_version_is_refused(install: Install) -> None:
    own = install("maya2026", "bin/mayapy", root="packages", says="2027")
    with pytest.raises(InterpreterNotFoundError, match=r"won't do: .* is Maya 2027\. Give the mayapy of Maya 2026"):
        mayapy.choose(str(own), "2026.1")
    held = mayapy.choose(str(own), 2027).version
    assert held is not None
    assert held.major == 2027
