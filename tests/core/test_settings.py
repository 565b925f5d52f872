"""One settings file, and variables that win over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmfutures.errors import OptionError
from farmfutures.settings import Settings, default_state, python_executable


def load(tmp_path: Path, text: str = "", **variables: str) -> Settings:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    return Settings.load({"FARMFUTURES_SETTINGS": str(file), **{f"FARMFUTURES_{k.upper()}": v for k, v in variables.items()}})


def test_defaults(tmp_path: Path) -> None:
    settings = Settings.load({"FARMFUTURES_SETTINGS": str(tmp_path / "none.toml")})
    assert (settings.engine, settings.transport, settings.synchronous, settings.recursion_limit) == ("local", "auto", "normal", 4)
    assert settings.state == default_state()
    assert settings.slots >= 1


def test_file_and_variables(tmp_path: Path) -> None:
    settings = load(tmp_path, 'slots = 3\ngroups = ["a", "b"]\nbroker_idle_s = 2.5\nstate = "~/x"\n', slots="5", groups="c, d")
    assert (settings.slots, settings.groups, settings.broker_idle_s) == (5, ("c", "d"), 2.5)
    assert settings.state == Path("~/x").expanduser()
    assert load(tmp_path, 'spool = "~/farm"').spool == str(Path("~/farm").expanduser())


@pytest.mark.parametrize(
    ("text", "variables", "message"),
    [
        ("slot = 3", {}, r"settings.toml: there is no setting 'slot'\. Did you mean 'slots'\?"),
        ("slots = [", {}, "settings.toml can't be read"),
        ('slots = "many"', {}, "slots in .*settings.toml: 'many' is not a int"),
        ("", {"slots": "0"}, "the variable FARMFUTURES_SLOTS: 0 is too small"),
        ("", {"transport": "pigeon"}, "FARMFUTURES_TRANSPORT: 'pigeon' is not one of auto, ipc, tcp"),
        ("", {"broker_idle_s": "soon"}, "FARMFUTURES_BROKER_IDLE_S: 'soon' is not a float"),
        ("", {"log_limit_bytes": "-1"}, "too small"),
        ("spool_poll_s = 0", {}, "spool_poll_s in .*: 0.0 is too small"),
        ("", {"chunk_share": "1.5"}, "FARMFUTURES_CHUNK_SHARE: 1.5 is too large, 1 is the most"),
    ],
)
def test_bad_settings(tmp_path: Path, text: str, variables: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        load(tmp_path, text, **variables)


@pytest.mark.parametrize(("program", "python"), [("maya.exe", "mayapy.exe"), ("maya.bin", "mayapy"), ("Maya", "mayapy")])
def test_an_interactive_maya_is_no_python(tmp_path: Path, program: str, python: str) -> None:
    assert python_executable(str(tmp_path / program)) == str(tmp_path / program)
    (tmp_path / python).touch()
    assert python_executable(str(tmp_path / program)) == str(tmp_path / python)
    assert python_executable("/usr/bin/python3") == "/usr/bin/python3"


def test_on_macos_the_mayapy_of_an_interactive_maya_is_in_bin(tmp_path: Path) -> None:
    maya = tmp_path / "Maya.app" / "Contents" / "MacOS" / "Maya"
    mayapy = tmp_path / "Maya.app" / "Contents" / "bin" / "mayapy"
    for path in (maya, mayapy, maya.with_name("mayapy")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert python_executable(str(maya)) == str(mayapy)
