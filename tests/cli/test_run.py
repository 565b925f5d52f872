"""``farmfutures run`` on the real local engine: QS39, flag by flag."""

from __future__ import annotations

import getpass
import json
import re
import signal
import sys
from pathlib import Path
from typing import Any

import pytest


def job_of(done: Any) -> int:
    """The job that a command said it had submitted."""
    found = re.search(r"job (\d+)", done.stderr)
    assert found, done.stderr
    return int(found[1])


def described(ff: Any, job: int) -> dict[str, Any]:
    ff("wait", job, code=None)
    return dict(json.loads(ff("show", job, "--json").stdout))


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["-w", "6 * 7"], "42\n"),
        (["-w", "'six'", "+", "'seven'"], "sixseven\n"),
        (["--wait", "os:cpu_count"], None),
        (["-r", "'text'"], "'text'\n"),
        (["-w", "None"], ""),
        (["-r", "None"], "None\n"),
        (["-w", "a = 20; result = a + 1"], "21\n"),
        (["-w", "a = 20\nresult = a + 2"], "22\n"),
        (["-r", "-i", "math", "--imports", "os.path", "(math.tau > 6, os.path.sep)"], None),
        (["-w", "--", "-1 + 2"], "1\n"),
    ],
)
def test_qs39_source_and_result(ff: Any, state: Path, words: list[str], printed: str | None) -> None:
    done = ff("run", *words)
    assert done.stdout == printed or (printed is None and done.stdout.strip())


def test_qs39_source_from_standard_input(ff: Any, state: Path) -> None:
    text = "import sys\nprint('printed')\nprint('and this', file=sys.stderr)\nresult = 5\n"
    done = ff("run", "-w", "-", input=text)
    assert done.stdout == "5\n"
    assert done.stderr == "printed\nand this\n"


def test_qs39_a_function_of_a_module_in_this_folder(ff: Any, state: Path, tmp_path: Path) -> None:
    (tmp_path / "here.py").write_text("import os\ndef answer():\n    return f'42 in {os.getcwd()}'\n")
    assert ff("run", "-w", "here:answer").stdout == f"42 in {tmp_path}\n"


def test_qs39_verbose_names_the_job(ff: Any, state: Path) -> None:
    done = ff("run", "-v", "-w", "1")
    assert re.fullmatch(r"Job ID \d+\n1\n", done.stdout)


def test_qs39_without_wait_it_says_what_to_wait_for(ff: Any, state: Path) -> None:
    done = ff("run", "1 + 1")
    assert done.stdout == ""
    job = job_of(done)
    assert f"farmfutures wait {job}" in done.stderr
    assert ff("wait", job).stdout.startswith(f"job {job} ")


def test_qs39_name_user_and_cpus(ff: Any, state: Path) -> None:
    options = ("-c", "3", "-n", "A name", "-u", "somebody", "--priority", "60")
    info = described(ff, job_of(ff("run", *options, "1 + 1")))
    assert [info[key] for key in ("cpus", "name", "user", "priority")] == [3, "A name", "somebody", 60]


def test_qs39_the_defaults_of_name_user_and_cpus(ff: Any, state: Path) -> None:
    info = described(ff, job_of(ff("run", "1", "+", "1")))
    assert [info[key] for key in ("cpus", "name", "user")] == [1, "1 + 1", getpass.getuser()]


def test_timeout(ff: Any, state: Path) -> None:
    done = ff("run", "-w", "--timeout", "0.3", "import time; time.sleep(60)", code=1)
    assert "WorkTimeoutError" in done.stderr


def test_retries(ff: Any, state: Path, tmp_path: Path) -> None:
    text = "open('tries', 'a').write('x'); assert len(open('tries').read()) > 2; result = 'third time'"
    assert ff("run", "-w", "--retries", "2", text).stdout == "third time\n"
    assert (tmp_path / "tries").read_text() == "xxx"


def test_interpreter(ff: Any, state: Path) -> None:
    done = ff("run", "-w", "-i", "sys", "--interpreter", f"{sys.executable} -X dev", "sys.flags.dev_mode")
    assert done.stdout == "True\n"


def test_json_of_a_result(ff: Any, state: Path) -> None:
    found = json.loads(ff("run", "--json", "-w", "{'a': [1, 2]}").stdout)
    assert found == {
        "job_id": found["job_id"], "work_id": 0, "state": "complete", "result": {"a": [1, 2]}, "repr": "{'a': [1, 2]}",
        "error": None,
    }  # fmt: skip


def test_json_of_a_failure(ff: Any, state: Path) -> None:
    found = json.loads(ff("run", "--json", "-w", "1 / 0", code=1).stdout)
    assert (found["state"], found["error"]) == ("failed", "ZeroDivisionError: division by zero")


def test_json_without_waiting(ff: Any, state: Path) -> None:
    found = json.loads(ff("run", "--json", "1").stdout)
    assert found["name"] == "1"
    assert found["work_id"] == 0


def test_qs39_a_call_that_fails_is_exit_code_1_and_one_sentence(ff: Any, state: Path) -> None:
    done = ff("run", "-w", "1 / 0", code=1)
    assert done.stdout == ""
    last = done.stderr.splitlines()[-1]
    assert re.fullmatch(r"farmfutures: the call failed: ZeroDivisionError: .* \(farmfutures logs \d+ 0\)", last)


@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl-C can't be sent to one process on Windows")
def test_an_interrupt_leaves_the_job_going(start: Any, ff: Any, state: Path, gated: str, gate: Path) -> None:
    process = start("run", "-w", gated)
    assert process.stderr.readline() == "before\n"
    process.send_signal(signal.SIGINT)
    said = process.stderr.read()
    assert process.wait(10) == 130
    job = int(re.search(r"job (\d+) goes on", said)[1])  # type: ignore[index]
    gate.touch()
    assert "complete" in ff("wait", job).stdout


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in's mayapy is a shell script")
def test_in_maya(ff: Any, state: Path, mayapy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(mayapy))
    scene = tmp_path / "two.ma"
    scene.write_text(
        '//Maya ASCII 2026 scene\nrequires maya "2026";\ncreateNode transform -n "ball";\n'
        'createNode mesh -n "ballShape" -p "ball";\n'
    )
    done = ff("run", "-r", "--scene", scene, "cmds.nodeType('ballShape')")
    assert done.stdout == "'mesh'\n"
