"""The file in which a client hands jobs over."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farmfutures.engines.local import journal
from farmfutures.errors import StoreFullError


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[journal.Writer]:
    writer = journal.Writer(tmp_path / "one.1.journal")
    yield writer
    writer.close()


@pytest.fixture
def reader(writer: journal.Writer) -> Iterator[journal.Reader]:
    reader = journal.Reader(writer.path)
    yield reader
    reader.close()


def test_what_was_written_is_read(writer: journal.Writer, reader: journal.Reader) -> None:
    writer.append(journal.spec_record(2**63 + 5, '{"a": "ü"}'))
    writer.append(journal.single_record(7, 2**63 + 5, b"name", b"call", b"item", b'{"x": 1}'))
    writer.append(journal.job_record(8, 1, b"", [(b"a", b"", b""), (b"bb", b"two", b"{}"), (b"", b"", b"")]))
    (_, spec), (_, one), (_, many) = reader.read()
    assert journal.parse_spec(spec) == (2**63 + 5, '{"a": "ü"}')
    assert journal.parse_job(one) == (7, 2**63 + 5, "name", [(b"call", "item", '{"x": 1}')])
    assert journal.parse_job(many)[3] == [(b"a", "", ""), (b"bb", "two", "{}"), (b"", "", "")]
    assert reader.read() == []


def test_a_record_larger_than_what_is_read_at_once(writer: journal.Writer, reader: journal.Reader) -> None:
    call = os.urandom(3_000_000)
    writer.append(journal.single_record(1, 1, b"", call))
    ((_, body),) = reader.read(limit=1000)
    assert journal.parse_job(body)[3][0][0] == call


def test_a_record_that_is_not_whole_waits(writer: journal.Writer, reader: journal.Reader) -> None:
    record = journal.single_record(1, 1, b"n", b"x" * 100)
    writer.append(record[:50])
    assert reader.read() == []
    writer.append(record[50:])
    assert len(reader.read()) == 1


def test_reading_goes_on_where_another_broker_stopped(writer: journal.Writer, reader: journal.Reader) -> None:
    for n in range(10):
        writer.append(journal.single_record(n, 1, b"", b"c"))
    size = len(journal.single_record(0, 1, b"", b"c"))
    reader.read()
    second = journal.Reader(writer.path, reader.offset - 3 * size)
    assert [journal.parse_job(body)[0] for _, body in second.read()] == [7, 8, 9]
    second.close()


def test_who_sleeps_is_rung(writer: journal.Writer, reader: journal.Reader) -> None:
    assert not writer.flags.asleep
    assert reader.sleep()
    assert writer.flags.asleep
    writer.flags.asleep = False
    writer.append(journal.single_record(1, 1, b"", b"c"))
    assert not reader.sleep()  # Something came in meanwhile.
    assert not writer.flags.asleep


def test_the_end_is_seen(tmp_path: Path) -> None:
    writer = journal.Writer(tmp_path / "x.1.journal")
    reader = journal.Reader(writer.path)
    assert not reader.flags.closed
    writer.close()
    assert reader.flags.closed
    reader.close()


def test_an_empty_file_of_a_client_that_died_at_once(tmp_path: Path) -> None:
    path = tmp_path / "x.1.journal"
    path.touch(mode=0o600)
    with pytest.raises(ValueError, match="empty file|mmap length"):
        journal.Reader(path)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no modes there")
def test_others_can_not_read_it(writer: journal.Writer) -> None:
    assert writer.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform != "linux", reason="RLIMIT_FSIZE stands for a full disk, and /dev/full is Linux's")
def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    writer = journal.Writer(tmp_path / "full.1.journal")
    end = writer.end
    real = os.write
    room = [60]

    def write(file: int, data: bytes) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        done = real(file, bytes(data)[: room[0]])
        room[0] -= done
        return done

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(StoreFullError, match="nothing was submitted, and what was accepted before is safe") as caught:
        writer.append(b"x" * 100)
    assert isinstance(caught.value, OSError)
    monkeypatch.undo()
    assert writer.path.stat().st_size == end  # Nothing of it is left.
    writer.append(journal.single_record(1, 1, b"", b"c"))
    reader = journal.Reader(writer.path)
    assert len(reader.read()) == 1
    reader.close()
    writer.close()
