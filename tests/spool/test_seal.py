from __future__ import annotations

import stat
import sys
import threading
from pathlib import Path

import pytest

from farmfutures.errors import SealError, StateFolderError
from farmfutures.spool.layout import Spool
from farmfutures.spool.seal import KEY_BYTES, Seal

WHERE = Path("/shared/file")


def test_what_was_closed_opens_as_itself_only(seal: Seal) -> None:
    data = seal.close("package 1", b"body")
    assert seal.open("package 1", data, WHERE) == b"body"
    for what, changed in [("package 2", data), ("package 1", data + b"x"), ("package 1", b""), ("package 1", b"FFS1")]:
        with pytest.raises(SealError, match="/shared/file is not what farmfutures wrote there as package"):
            seal.open(what, changed, WHERE)


def test_a_name_that_runs_into_the_body_is_another_name(seal: Seal) -> None:
    with pytest.raises(SealError):
        seal.open("marks 1", seal.close("marks 11", b"1"), WHERE)
    with pytest.raises(SealError):
        seal.open("marks 1", seal.close("marks ", b"1"), WHERE)


def test_machines_that_make_the_key_at_once_agree(spool: Spool) -> None:
    found: list[bytes] = []
    start = threading.Barrier(8)

    def make() -> None:
        start.wait()
        found.append(spool.seal().close("x", b""))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert sorted(path.name for path in spool.root.iterdir()) == ["jobs", "key"]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX modes")
def test_a_key_that_others_can_read_is_no_key(spool: Spool) -> None:
    spool.seal()
    assert stat.S_IMODE(spool.key.stat().st_mode) == 0o600
    spool.key.chmod(0o640)
    with pytest.raises(StateFolderError, match="0640"):
        spool.seal()


def test_a_key_that_was_cut_is_said(spool: Spool) -> None:
    spool.seal()
    spool.key.write_bytes(b"x" * (KEY_BYTES - 1))
    with pytest.raises(SealError, match="is not a key of 32 bytes"):
        spool.seal()
