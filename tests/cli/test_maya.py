"""``farmfutures maya run``: a script in a Maya that was made ready; its output and its exit code are the command's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a shell script")

LOOK = """
import sys
from maya import cmds
print(sys.argv[1:], cmds.nodeType("ball"), sys.stdin.read(), flush=True)
print(cmds.file(query=True, sceneName=True), cmds.workspace(query=True, rootDirectory=True), file=sys.stderr)
sys.exit(7)
"""
SUBMIT = """
import farmfutures.maya
from maya import cmds

def deeper(levels):
    if levels:
        with farmfutures.maya.Executor() as executor:
            return executor.submit(deeper, levels - 1).result()
    return cmds.nodeType("persp")

if __name__ == "__main__":
    print(deeper(2))
"""


@pytest.fixture
def environ(mayapy: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "PYTHONUTF8": "1", "FARMFUTURES_MAYAPY": str(mayapy)}


@pytest.fixture
def script(tmp_path: Path) -> Any:
    """Writes a script."""

    def write(text: str) -> Path:
        path = tmp_path / "a script.py"
        path.write_text(text)
        return path

    return write


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "show" / "scenes" / "shot.ma"
    path.parent.mkdir(parents=True)
    path.write_text('//Maya ASCII 2026 scene\nrequires maya "2026";\ncreateNode transform -n "ball";\n')
    return path


def test_scene_project_arguments_streams_and_exit_code(ff: Any, script: Any, scene: Path, environ: dict[str, str]) -> None:
    options = ["--scene", scene, "--workspace", scene.parents[1], "--version", "2026"]
    done = ff("maya", "run", script(LOOK), *options, "--", "--frames", "1-10", env=environ, code=7, input="typed")
    assert done.stdout == "['--frames', '1-10'] transform typed\n"
    assert done.stderr == f"{scene} {scene.parents[1]}/\n"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(300)", 44, ""),
        ("import sys; sys.exit('no such shot')", 1, "no such shot\n"),
        ("def f():\n    raise ValueError('bad')\nf()", 1, "ValueError: bad\n"),
        ("this is no Python", 1, "SyntaxError: invalid syntax\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", 139, ""),
        ("import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print('late'))).start()", 0, ""),
        ("import atexit; from maya import cmds; atexit.register(lambda: print(cmds.ls('persp')))", 0, ""),
    ],
)
def test_how_a_script_ends(ff: Any, script: Any, environ: dict[str, str], text: str, code: int, says: str) -> None:
    done = ff("maya", "run", script(text), env=environ, code=None)
    assert done.returncode == code, done.stderr
    assert done.stderr.endswith(says)
    assert "runpy" not in done.stderr
    assert ("late" in text) == (done.stdout == "late\n")
    assert ("atexit" in text) == (done.stdout == "['persp']\n")


@pytest.mark.parametrize(
    ("arguments", "variables", "code", "says"),
    [
        ([], {"FARMFUTURES_SIM_FAULT": "licence"}, 3, "there was no licence"),
        ([], {"FARMFUTURES_SIM_FAULT": "exit255"}, 3, "exited with code 255 while Maya was starting"),
        (
            [],
            {"FARMFUTURES_SIM_FAULT": "hang_start", "FARMFUTURES_START_TIMEOUT_S": "0.5"},
            3,
            "0.5 s passed while Maya was starting",
        ),
        (["--version", "2026"], {"FARMFUTURES_SIM_VERSION": "2025"}, 3, "is Maya 2025, but the job is for Maya 2026"),
        (["--scene", "absent.ma"], {}, 2, "absent.ma"),
        (["--workspace", "absent"], {}, 2, "absent"),
        (["--version", "new"], {}, 2, "is not a version of Maya"),
        ([], {"FARMFUTURES_MAYAPY": "/absent/mayapy"}, 2, "/absent/mayapy"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, (list, dict)) else None,
)
def test_what_goes_wrong_before_it_begins(
    ff: Any, script: Any, environ: dict[str, str], arguments: list[str], variables: dict[str, str], code: int, says: str
) -> None:
    done = ff("maya", "run", script("print('it ran')"), *arguments, env=environ | variables, code=code)
    assert says in done.stderr
    assert done.stdout == ""


def test_no_such_script(ff: Any, environ: dict[str, str]) -> None:
    assert "absent.py" in ff("maya", "run", "absent.py", env=environ, code=2).stderr


def test_an_interrupt_ends_the_script(start: Any, script: Any, environ: dict[str, str]) -> None:
    path = script("import time\nprint('there', flush=True)\ntime.sleep(20)")
    process = start("maya", "run", path, env=environ, start_new_session=True)
    assert process.stdout.readline() == "there\n"
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(15) == 130


@pytest.mark.skipif(sys.platform != "linux", reason="Linux ends a process with its parent")
def test_a_command_that_is_killed_takes_the_script_along(start: Any, script: Any, environ: dict[str, str]) -> None:
    process = start("maya", "run", script("import time\nprint('there', flush=True)\ntime.sleep(20)"), env=environ)
    assert process.stdout.readline() == "there\n"
    process.kill()
    assert process.stdout.read() == ""  # Its end is shut by the last who holds it.
    for left in Path(environ["TMPDIR"]).glob("farmfutures-run-*"):
        subprocess.run(["rm", "-r", str(left)], check=True)


# Further work


def test_a_script_submits_further_work(ff: Any, state: Path, script: Any, environ: dict[str, str]) -> None:
    done = ff("maya", "run", script(SUBMIT), env=environ | {"FARMFUTURES_SLOTS": "3"})
    assert done.stdout == "transform\n"


def test_the_recursion_limit_holds_and_is_told(ff: Any, state: Path, script: Any, environ: dict[str, str]) -> None:
    limited = environ | {"FARMFUTURES_SLOTS": "3", "FARMFUTURES_RECURSION_LIMIT": "1", "FARMFUTURES_LEVEL": "1"}
    done = ff("maya", "run", script(SUBMIT), env=limited, code=1)
    assert "RecursionLimitError: this code runs 2 levels of jobs deep and the limit is 1" in done.stderr
    assert "FARMFUTURES_RECURSION_LIMIT" in done.stderr


def test_as_a_job(ff: Any, state: Path, script: Any, scene: Path, environ: dict[str, str]) -> None:
    done = ff("maya", "run", script(LOOK), "--farm", "--scene", scene, "--", "x", env=environ, code=7)
    assert done.stdout.startswith("['x'] transform")
    assert str(scene) in done.stdout
    module = {"MAYA_MODULE_PATH": str(ROOT)}
    seen = script("from maya import cmds; print(cmds.moduleInfo(listModules=True))")
    assert ff("maya", "run", seen, "--farm", env=environ | module).stdout == "['farmfutures']\n"
    fine = ff("maya", "run", script("import sys; print(sys.argv[1:]); sys.exit(0)"), "--farm", env=environ)
    assert fine.stdout == "[]\n"
    number = ff("maya", "run", script("print('later')"), "--no-wait", env=environ).stdout.strip()
    assert ff("wait", number, env=environ).returncode == 0
    assert ff("logs", number, env=environ).stdout == "later\n"
