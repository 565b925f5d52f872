"""What goes wrong on the command line: one sentence each, on standard error, with an exit code that can be trusted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["run"], 2, "Missing argument"),
        (["run", "--fast", "1"], 2, "No such option"),
        (["run", "-c", "0", "1"], 2, "is not in the range"),
        (["run", "  "], 2, "no source"),
        (["run", "1 +"], 2, "the source is not Python: "),
        (["run", "--interpreter", "/absent/python", "1"], 2, "/absent/python"),
        (["run", "--maya", "the new one", "1"], 2, "is not a version of Maya"),
        (["run", "--maya", "2019", "1"], 2, "/absent/maya2019/bin/mayapy"),
        (["run", "--scene", "/absent/shot.ma", "1"], 2, "/absent/shot.ma"),
        (["frobnicate"], 2, "No such command"),
        (["jobs", "--state", "happy"], 2, "happy"),
        (["show", "one"], 2, "is not a valid integer"),
        (["show", "4711"], 4, "4711"),
        (["logs", "4711"], 4, "4711"),
        (["wait", "4711"], 4, "4711"),
        (["cancel", "4711"], 4, "4711"),
        (["retry", "4711"], 4, "4711"),
        (["pause", "4711"], 4, "4711"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_u5_bad_input(ff: Any, state: Path, arguments: list[str], code: int, says: str) -> None:
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "scripts"),
        "FARMFUTURES_MAYAPY": "/absent/maya{version}/bin/mayapy",
    }
    done = ff(*arguments, code=code, env=environ)
    assert done.stdout == ""
    assert says in done.stderr
    assert done.stderr.startswith("farmfutures: ")
    assert done.stderr.count("\n") == 1


def test_an_item_that_is_not_there(ff: Any, state: Path) -> None:
    ff("run", "-w", "1")
    done = ff("show", "1", "99", code=4)
    assert "99" in done.stderr


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0 and not os.path.exists("/proc"), reason="needs modes")
def test_a_state_folder_that_is_open_to_others(ff: Any, own_temp: Path) -> None:
    folder = own_temp / "open"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    done = ff("run", "1", code=3, env={**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "FARMFUTURES_STATE": str(folder)})
    assert "chmod 700" in done.stderr
    folder.rmdir()


def test_debug_shows_the_traceback(ff: Any, state: Path) -> None:
    done = ff("--debug", "show", "4711", code=4)
    assert "Traceback" in done.stderr
    assert "NoSuchJobError" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["run", "--help"], ["broker", "stop", "-h"]])
def test_help(ff: Any, arguments: list[str]) -> None:
    assert ff(*arguments).stdout.startswith("Usage: farmfutures")


def test_every_command_has_help_that_says_what_it_does(ff: Any) -> None:
    from farmfutures.cli import app

    assert [name for name, command in app.cli.commands.items() if not command.help] == []


def test_version(ff: Any) -> None:
    import farmfutures

    assert ff("--version").stdout == f"farmfutures {farmfutures.__version__}\n"


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_click_or_rich_it_says_what_to_install(tmp_path: Path, missing: str) -> None:
    (tmp_path / missing).mkdir()
    (tmp_path / missing / "__init__.py").write_text(f"raise ModuleNotFoundError('no', name={missing!r})")
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT / "scripts")])}
    command = [sys.executable, "-m", "farmfutures", "jobs"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"{missing}, which is not installed" in done.stderr
    assert "pip install 'farmfutures[cli]'" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGPIPE")
def test_a_reader_that_has_had_enough_is_no_error(start: Any, ff: Any, state: Path) -> None:
    ff("run", "-w", "1")
    process = start("jobs", "--json")
    process.stdout.close()
    assert process.wait(20) == 0
    assert process.stderr.read() == ""


def test_broker_status_and_stop(ff: Any, state: Path) -> None:
    assert "no broker is running" in ff("broker", "status", code=3).stdout
    assert ff("broker", "status", "--json", code=3).stdout == '{\n  "running": false\n}\n'
    assert ff("broker", "stop").stdout == "no broker was running\n"
    ff("run", "-w", "1")
    assert "pid" in ff("broker", "status").stdout
    assert '"running": true' in ff("broker", "status", "--json").stdout
    assert "pid" in ff("workers").stdout
    assert '"pid"' in ff("workers", "--json").stdout
    assert ff("broker", "stop").stdout == "the broker has stopped\n"
    ff("broker", "status", code=3)
