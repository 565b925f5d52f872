"""Every code block of README and docs is run: Python in a process of its own, commands of ours one after the other."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_BLOCK = re.compile(r"(<!-- (\w+) -->\n)?```(\w+)\n(.*?)```", re.DOTALL)

ELSEWHERE = {
    "make demo": "tests/cli/test_demo.py runs what is behind it",
    "make test": "this is running under it",
    "python -m venv .venv": "make does this before the tests run",
    '.venv/bin/python -m pip install -e ".[dev]"': "make does this before the tests run",
    ".venv/bin/python -m farmfutures demo": "tests/cli/test_demo.py runs it",
    ".venv/bin/python -m pytest -n auto --dist loadfile": "this is running under it",
    'python -m pip install ".[cli]"': "tests/layout/test_wheel.py installs what it builds",
    "farmfutures install": "tests/cli/test_install.py runs it without a network",
    "farmfutures install --site /studio/maya/modules": "tests/cli/test_install.py runs it in a folder of its own",
    "farmfutures install --site /studio/maya/modules --maya 2026 --wheels /studio/wheels": "tests/cli/test_install.py runs it",
    "farmfutures uninstall": "tests/cli/test_install.py runs it",
    "farmfutures uninstall --site /studio/maya/modules": "tests/cli/test_install.py runs it",
    "farmfutures doctor": "tests/cli/test_doctor.py runs it where Maya has the module",
    "farmfutures broker rebuild": "tests/reliability/test_broker.py runs what is behind it, on what was damaged",
    "farmfutures --engine dask demo": "tests/engines/dask/test_demo.py runs it",
    "farmfutures maya run check.py --scene shot.ma --version 2026 -- --fast": "tests/cli/test_maya.py runs one like it",
}
"""Lines of shell blocks that are run elsewhere, and where."""

OTHERS = {
    'python -m pip install "farmfutures[dask]"': "tests/engines/dask/test_reach.py looks at what is said where it is missing",
    'python -m pip install "farmfutures[openjd]"': "tests/engines/openjd/test_launcher.py looks at what is said without it",
    "openjd run ": "tests/cli/test_export.py runs one like it",
    "openssl ": "tests/engines/dask/test_docs.py",
    "chmod ": "tests/engines/dask/test_docs.py",
    "dask ": "tests/dask_cluster.py starts it like this",
}
"""How lines begin that are other programs', and where these are run."""


def blocks(language: str) -> list[object]:
    """Returns (source, mark) of each block of a language, named by page and place."""
    found: list[object] = []
    for page in PAGES:
        for number, match in enumerate(_BLOCK.finditer(page.read_text(encoding="utf-8")), 1):
            if match[3] == language:
                found.append(pytest.param(match[4], match[2], id=f"{page.name}-{number}"))
    return found


def environ(mayapy: Path, store: Path) -> dict[str, str]:
    return {
        **os.environ, "PYTHONPATH": str(ROOT / "scripts"), "FARMFUTURES_MAYAPY": str(mayapy), "PYTHONUTF8": "1",
        "FARMFUTURES_STORE": str(store), "FARMFUTURES_SPOOL": str(store), "FARMFUTURES_DASK_SCHEDULER": "local",
        "MAYA_NO_STANDALONE_ATEXIT": "1",  # Otherwise Maya says 0 whatever happened.
    }  # fmt: skip


@pytest.fixture
def cluster(mark: str | None, request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Where a block marked ``slurm`` finds a cluster, and a folder that it shares with its nodes."""
    if mark != "slurm":
        return {}
    conf = request.getfixturevalue("slurm_cluster").conf
    return {"SLURM_CONF": str(conf), "FARMFUTURES_SPOOL": str(tmp_path), "FARMFUTURES_SPOOL_POLL_S": "0.1"}


def test_there_are_no_blocks_in_other_languages() -> None:
    languages = {match[3] for page in PAGES for match in _BLOCK.finditer(page.read_text(encoding="utf-8"))}
    assert languages == {"bash", "python"}


@pytest.mark.parametrize(("source", "mark"), blocks("python"))
def test_python(
    source: str, mark: str | None, state: Path, mayapy: Path, tmp_path: Path, cluster: dict[str, str]
) -> None:  # fmt: skip
    script = tmp_path / "block.py"
    interpreter = sys.executable
    if mark == "maya":
        source = f"import maya.standalone\nmaya.standalone.initialize()\n{source}\nexecutor.shutdown()\n"
        interpreter = str(mayapy)
    script.write_text(source, encoding="utf-8")
    done = subprocess.run(
        [interpreter, str(script)],
        env={**environ(mayapy, tmp_path), **cluster},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=25,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize(("source", "mark"), blocks("bash"))
def test_bash(source: str, mark: str | None, state: Path, mayapy: Path, tmp_path: Path, cluster: dict[str, str]) -> None:
    for line in source.splitlines():
        command = line.partition("  ")[0].strip()
        if not command or command in ELSEWHERE or command.startswith(tuple(OTHERS)):
            continue
        assert command.startswith("farmfutures "), f"nobody runs this: {command}"
        words = command.removeprefix("farmfutures ")
        done = subprocess.run(
            f'"{sys.executable}" -m farmfutures {words}', shell=True, env={**environ(mayapy, tmp_path), **cluster}, cwd=tmp_path,
            capture_output=True, text=True, timeout=25, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
