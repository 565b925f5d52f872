"""Much at once: large payloads, floods of text. R14, R25."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from farmfutures import Executor, Farm
from farmfutures.errors import RefusedError

from .tasks import flood

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and descriptors of POSIX")

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
MIB = 2**20
ASKING = """
import os
while not os.path.exists(sys.argv[1]):
    started = time.monotonic()
    farm.workers()
    slowest = max(slowest, time.monotonic() - started)
farm.close()
print(slowest)
"""


@contextlib.contextmanager
def broker_grows_by_less_than(farm: Farm, most: int) -> Iterator[None]:
    """Compares what the broker holds with the most that it ever held (proc(5), VmHWM)."""
    status: Any = farm.broker_status()
    before = psutil.Process(status["pid"]).memory_info().rss
    yield
    if sys.platform == "linux":
        text = Path(f"/proc/{status['pid']}/status").read_text()
        peak = int(text.partition("VmHWM:")[2].split()[0]) * 1024
    else:
        peak = psutil.Process(status["pid"]).memory_info().rss
    print(f"the broker grew by {(peak - before) / MIB:.1f} MiB at most")
    assert peak - before < most


@pytest.mark.timeout(900)
def test_r14_large_payloads(farm: Farm, executor: Executor, size: Any, tmp_path: Path) -> None:
    executor.submit(abs, 1).result(20)
    count = size(16, 2253) * MIB
    with broker_grows_by_less_than(farm, 64 * MIB):
        assert executor.submit(len, bytes(count)).result(600) == count
        code = "import sys, farmfutures, time\nfarm, slowest = farmfutures.Farm(), 0.0\nprint('ready', flush=True)\n" + ASKING
        asking = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path / "over")], stdout=subprocess.PIPE, text=True, cwd=SCRIPTS
        )
        assert asking.stdout is not None
        assert asking.stdout.readline() == "ready\n"
        assert len(executor.submit(bytes, count).result(600)) == count
        (tmp_path / "over").touch()
        slowest = float(asking.communicate(timeout=20)[0])
    print(f"the broker answered another process within {slowest:.3f} s meanwhile")
    assert slowest < 1


def test_r14_over_the_cap(farm: Farm, monkeypatch: pytest.MonkeyPatch) -> None:
    farm.close()  # Everybody of a process shares one client, and it has its settings from the start.
    monkeypatch.setenv("FARMFUTURES_MAX_PAYLOAD_BYTES", "1000000")
    with Executor() as executor:
        executor.submit(abs, 1).result(20)
        started = time.monotonic()
        with pytest.raises(RefusedError, match="bytes large, the limit is 1000000: write the data to a file"):
            executor.submit(len, bytes(2_000_000))
        assert time.monotonic() - started < 1
    Farm.__init__(farm)


@pytest.mark.timeout(600)
def test_r25_a_flood(state: Path, monkeypatch: pytest.MonkeyPatch, size: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("FARMFUTURES_LOG_LIMIT_BYTES", "2000000")
    megabytes, line = size(20, 200), size(5, 50) * 1_000_000
    code = f"from tests.reliability.tasks import flood; flood({megabytes}, {line})"
    started = time.monotonic()
    with (tmp_path / "plain").open("wb") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, stderr=file, check=True, cwd=ROOT)
    plain_s = time.monotonic() - started
    with Executor() as executor, Farm() as farm:
        executor.submit(abs, 1).result(20)
        with broker_grows_by_less_than(farm, 32 * MIB):
            started = time.monotonic()
            future = executor.submit(flood, megabytes, line)
            assert future.result(300) == "done"
            took_s = time.monotonic() - started
        path = Path(future.log_path or "")
        assert 0 < path.stat().st_size < 4_000_000
        text = future.log()
        assert "bytes left out" in text
        assert text.endswith("\ufffd\ufffd\ufffd\nthe child said so\n")
    print(f"{took_s:.2f} s, into a plain file {plain_s:.2f} s")
    assert took_s < 2 * plain_s + 1
