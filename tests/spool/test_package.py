from __future__ import annotations

import dataclasses
import json
import os
import random
import stat
import sys
from pathlib import Path

import pytest

from farmfutures.call import unpack_call
from farmfutures.errors import PackageError, SealError
from farmfutures.job import JobSpec, WorkSpec
from farmfutures.spool import package
from farmfutures.spool.layout import JobFolder, Spool
from farmfutures.spool.seal import Seal

LIMITS = {"inline_limit_bytes": 4096}


def test_what_is_written_is_read(folder: JobFolder, seal: Seal, written: package.Package) -> None:
    found = package.read(folder, seal)
    assert found == dataclasses.replace(written, spec=json.loads(json.dumps(written.spec)))
    assert [found.item_name(work) for work in (0, 5)] == ["frame 0000", "frame 0005"]
    assert found.path_rules == ("P:/ <-> /mnt/p",)


def test_calls_come_back_and_the_large_one_as_a_file(folder: JobFolder, seal: Seal, written: package.Package) -> None:
    calls = package.read_calls(folder, package.read(folder, seal), [2, 5])
    assert isinstance(calls[2], bytes)
    assert unpack_call(calls[2])[1] == (2, 7)
    assert calls[5] == folder.large_call(5)


def test_secrets_are_in_a_file_of_their_own_and_nowhere_else(folder: JobFolder, seal: Seal, written: package.Package) -> None:
    assert package.read_secrets(folder, seal) == {"RENDER_TOKEN": "canary-8d1f"}
    holding = [path.name for path in folder.root.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]
    assert holding == ["secrets"]
    assert package.read(folder, seal).spec["launch"]["secrets"] == ["RENDER_TOKEN"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_everything_is_the_users_alone_under_any_umask(spool: Spool, seal: Seal, spec: JobSpec, works: list[WorkSpec]) -> None:
    before = os.umask(0)
    try:
        folder = spool.new_job()
        package.write(folder, seal, spec, "job", works, limits=LIMITS)
    finally:
        os.umask(before)
    paths = [spool.root, spool.key, *spool.root.rglob("*")]
    assert {str(path): oct(stat.S_IMODE(path.stat().st_mode)) for path in paths if path.stat().st_mode & 0o077} == {}


def test_s11_no_flipped_bit_gets_through(
    request: pytest.FixtureRequest, folder: JobFolder, seal: Seal, written: package.Package
) -> None:
    times = 10_000 if request.config.getoption("--full") else 1_000
    dice = random.Random(11)
    originals = {path: path.read_bytes() for path in (folder.package, folder.calls, folder.large_call(5), folder.secrets)}
    refused = 0
    for _ in range(times):
        path = dice.choice(list(originals))
        damaged = bytearray(originals[path])
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        path.write_bytes(damaged)
        try:
            package.read_calls(folder, package.read(folder, seal), range(6))
            package.read_secrets(folder, seal)
        except SealError:
            refused += 1
        path.write_bytes(originals[path])
    assert refused == times


def test_s11_the_package_of_another_job_or_user_is_refused(
    spool: Spool, folder: JobFolder, seal: Seal, written: package.Package
) -> None:
    other = spool.new_job()
    other.package.write_bytes(folder.package.read_bytes())
    with pytest.raises(SealError, match="its seal does not fit"):
        package.read(other, seal)
    stranger = Spool(spool.shared, "bob").create().seal()
    with pytest.raises(SealError, match="its seal does not fit"):
        package.read(folder, stranger)


def test_another_format_is_refused_and_both_releases_named(
    folder: JobFolder, seal: Seal, written: package.Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "FORMAT", 2)
    with pytest.raises(PackageError, match=r"has format 1, and farmfutures [\d.]+ on this machine reads format 2; farmfutures"):
        package.read(folder, seal)


def test_a_package_that_is_not_there_yet_says_so_as_a_file(folder: JobFolder, seal: Seal) -> None:
    with pytest.raises(FileNotFoundError):
        package.read(folder, seal)


def test_a_disk_that_is_full_leaves_no_header(
    folder: JobFolder, seal: Seal, spec: JobSpec, works: list[WorkSpec], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(package, "write_private", full)
    with pytest.raises(OSError, match="No space left"):
        package.write(folder, seal, spec, "job", works, limits=LIMITS)
    assert not folder.package.exists()
