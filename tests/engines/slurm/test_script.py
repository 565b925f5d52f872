"""The batch script, run by a shell as Slurm does."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from farmfutures.engines.slurm import script as module
from farmfutures.engines.slurm.script import parts, script
from farmfutures.errors import OptionError

WORDS = [
    "plain",
    "",
    "two words",
    "it's",
    '"',
    "$(touch x)",
    "`touch x`",
    "\\",
    "a\nb",
    "*",
    "~",
    "%A",
    "ü\U0001f98a",
    "-n",
    ";&|<>",
]

posix = pytest.mark.skipif(os.name == "nt", reason="it runs a POSIX shell, as nodes of Slurm do")


def run(text: str, task: object) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "SLURM_ARRAY_TASK_ID": str(task)}
    return subprocess.run(["/bin/sh"], input=text, env=environ, capture_output=True, text=True, check=False)


@posix
def test_each_task_becomes_its_command_word_by_word() -> None:
    show = (sys.executable, "-c", "import os, sys; print(ascii([sys.argv[1:], os.environ['NOTE']]))")
    text = script([(*show, *WORDS), (*show, "other"), show], {"NOTE": "".join(WORDS)})
    assert run(text, 0).stdout == f"{ascii([WORDS, ''.join(WORDS)])}\n"
    assert run(text, 1).stdout == f"{ascii([['other'], ''.join(WORDS)])}\n"
    assert run(text, 2).stdout == f"{ascii([[], ''.join(WORDS)])}\n"


@posix
def test_a_task_that_is_none_of_ours_does_nothing() -> None:
    done = run(script([("echo", "ran")], {}), 1)
    assert (done.returncode, done.stdout) == (64, "")


def test_what_commands_share_stands_once() -> None:
    text = script(
        [("/shared/python", "-m", "farmfutures.worker", "/spool/ann/jobs/1", "--items", str(n)) for n in range(1000)], {}
    )
    assert text.count("/shared/python") == 1
    assert len(text) < 30_000


@pytest.mark.parametrize("name", ["", "A-B", "1A", "A B", "A;touch x", "A=B", "Ä"])
def test_a_variable_that_no_shell_can_have_is_refused(name: str) -> None:
    with pytest.raises(OptionError, match="Slurm starts work items by a shell"):
        script([("true",)], {name: "x"})


def test_a_nul_is_refused() -> None:
    with pytest.raises(OptionError, match="can't hold a NUL"):
        script([("true", "a\0b")], {})


def test_parts_are_no_longer_than_arrays_may_be() -> None:
    assert list(parts([("true",)] * 5, 2)) == [range(2), range(2, 4), range(4, 5)]
    assert list(parts([("true",)] * 2, 1000)) == [range(2)]


def test_parts_fit_into_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 100)
    commands = [("x" * 40,), ("x" * 40,), ("x" * 40,), ("x" * 400,), ("x",)]
    assert list(parts(commands, 1000)) == [range(2), range(2, 3), range(3, 4), range(4, 5)]
