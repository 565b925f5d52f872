"""One broker for a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from farmfutures import Farm
from farmfutures.engines.local.lock import Lock, is_held

ROOT = Path(__file__).resolve().parents[2]


def test_who_comes_second_is_told(tmp_path: Path) -> None:
    first, second = Lock(tmp_path / "lock"), Lock(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    assert is_held(tmp_path / "lock")
    with pytest.raises(TimeoutError):
        second.insist()
    first.release()
    assert not is_held(tmp_path / "lock")
    second.insist()
    second.release()
    assert not is_held(tmp_path / "none")


def test_death_lets_go(tmp_path: Path) -> None:
    code = (
        "import sys, os; from pathlib import Path; from farmfutures.engines.local.lock import Lock\n"
        "print(Lock(Path(sys.argv[1])).take(), flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")], env={**os.environ, "PYTHONPATH": str(ROOT / "scripts")},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == b"True\n"
    assert is_held(tmp_path / "lock")
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()
    assert not is_held(tmp_path / "lock")


def test_twenty_clients_at_once_get_one_broker(state: Path) -> None:
    code = "import farmfutures, sys; sys.stdin.read(1); print(farmfutures.submit('os:getppid').result(25), flush=True)"
    code += "; farm = farmfutures.Farm(); print(farm.broker_status()['pid']); farm.close()"
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "scripts")}
    clients = [
        subprocess.Popen([sys.executable, "-c", code], env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(20)
    ]
    for client in clients:
        assert client.stdin is not None
        client.stdin.write(b"!")
        client.stdin.flush()
    found = [client.communicate(timeout=28)[0].split() for client in clients]
    assert len({pids[1] for pids in found}) == 1
    with Farm() as farm:
        assert farm.broker_status() is not None
        assert len(farm.jobs()) == 20
