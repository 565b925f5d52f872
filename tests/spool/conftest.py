"""A job in a shared folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from farmfutures.call import pack_call
from farmfutures.job import JobSpec, Launch, WorkSpec
from farmfutures.spool import package
from farmfutures.spool.layout import JobFolder, Spool
from farmfutures.spool.seal import Seal

LIMITS = {"inline_limit_bytes": 4096}


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    root = tmp_path / "shared"
    root.mkdir()
    return Spool(root, "ann").create()


@pytest.fixture
def seal(spool: Spool) -> Seal:
    return spool.seal()


@pytest.fixture
def folder(spool: Spool) -> JobFolder:
    return spool.new_job()


@pytest.fixture
def works() -> list[WorkSpec]:
    calls = [pack_call(divmod, (number, 7), {}) for number in range(5)] + [pack_call(len, (b"x" * 5000,), {})]
    return [WorkSpec(call, f"frame {number:04d}") for number, call in enumerate(calls)]


@pytest.fixture
def spec() -> JobSpec:
    return JobSpec(Launch((sys.executable,), env={"SHOW": "comet"}, secrets={"RENDER_TOKEN": "canary-8d1f"}))


@pytest.fixture
def written(folder: JobFolder, seal: Seal, spec: JobSpec, works: list[WorkSpec]) -> package.Package:
    return package.write(folder, seal, spec, "comet: tail", works, path_rules=["P:/ <-> /mnt/p"], limits=LIMITS)
