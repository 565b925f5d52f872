"""``farmfutures support-bundle`` and ``replay``: nothing is unpickled before somebody has said so."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bundle(ff: Any, state: Path, tmp_path: Path) -> Path:
    """Of a call that failed, and that leaves a mark where it runs."""
    ff("run", "-w", f"open({str(tmp_path / 'mark')!r}, 'a').close(); raise OSError('no such shot')", code=1)
    (tmp_path / "mark").unlink()
    done = ff("support-bundle", "-o", "help.zip")
    assert done.stdout == "help.zip\n"
    assert "it is about job 1, work item 0" in done.stderr
    assert "OSError: no such shot" in done.stderr
    return tmp_path / "help.zip"


def test_without_anybody_to_ask_nothing_is_run(ff: Any, bundle: Path, tmp_path: Path) -> None:
    done = ff("replay", bundle, code=2, stdin=subprocess.DEVNULL)
    assert "to run code that whoever made the bundle has chosen" in done.stderr
    assert "say --yes if you trust its author" in done.stderr
    assert "no such shot" in done.stderr
    assert not (tmp_path / "mark").exists()


def test_somebody_who_trusts_its_author(ff: Any, bundle: Path, tmp_path: Path) -> None:
    done = ff("replay", bundle, "--yes", code=1)
    assert "it ended as it did there: OSError: no such shot" in done.stderr
    assert "Traceback" in done.stdout
    assert (tmp_path / "mark").exists()
    said = json.loads(ff("replay", bundle, "--yes", "--json", code=1).stdout)
    assert (said["same"], said["error"]) == (True, "OSError: no such shot")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
@pytest.mark.parametrize(("answer", "code"), [("n\n", 2), ("y\n", 1)])
def test_somebody_is_asked(start: Any, bundle: Path, tmp_path: Path, answer: str, code: int) -> None:
    ours, theirs = pty.openpty()
    process = start("replay", bundle, stdin=theirs)
    os.close(theirs)
    os.write(ours, answer.encode())
    assert process.wait(20) == code, process.stderr.read()
    os.close(ours)
    assert "Do you trust them" in process.stderr.read()
    assert (tmp_path / "mark").exists() == (code == 1)


def test_it_ends_otherwise(ff: Any, bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(bundle, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(b"OSError: no such shot", b"OSError: no such show"))
    assert "it ended otherwise: OSError: no such shot; there: OSError: no such show" in ff("replay", bundle, "-y", code=1).stderr


def test_as_json_and_what_goes_wrong(ff: Any, bundle: Path, tmp_path: Path) -> None:
    said = json.loads(ff("support-bundle", "1", "0", "-o", "other.zip", "--json", "--no-call").stdout)
    assert said["left_out"] == {"call.bin": "not wanted"}
    assert said["path"] == str(tmp_path / "other.zip")
    assert "there is nothing to replay" in ff("replay", "other.zip", "--yes", code=1).stderr
    assert "is there already" in ff("support-bundle", "-o", "help.zip", code=1).stderr
    assert "4711" in ff("support-bundle", "4711", "-o", "x.zip", code=4).stderr
    assert not (tmp_path / "x.zip").exists()
