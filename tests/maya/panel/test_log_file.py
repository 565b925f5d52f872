"""A log of any size: its lines, its errors, what is searched for; while it grows, moves and goes."""

from __future__ import annotations

import os
import time
from array import array
from pathlib import Path

import pytest

from farmfutures_maya.panel.log import kinds
from farmfutures_maya.panel.log.file import BLOCK, LONGEST, Known, LogFile, Wanted

LARGE = 200 * 1024 * 1024


def read_all(log: LogFile, path: Path) -> Known:
    while not (known := log.look(str(path))).whole:
        pass
    return known


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """200 MB; two errors in it."""
    path = tmp_path / "large.log"
    block = b"".join(b"00:%02d  812MB | [mtoa] sample %d is done\n" % (n % 60, n) for n in range(20_000))
    wrong = b"Traceback (most recent call last):\n  File 'a'\nValueError: oops\n"
    with path.open("wb") as file:
        while file.tell() < LARGE:
            file.write(block)
            if LARGE / 2 <= file.tell() < LARGE / 2 + len(block):
                file.write(wrong)
    return path


def test_two_hundred_megabytes_are_read_in_steps_and_cost_little_memory(large: Path) -> None:
    log = LogFile()
    first = log.look(str(large), step=8 * BLOCK)
    assert 7 * BLOCK < first.read <= 9 * BLOCK
    assert first.size == large.stat().st_size
    begin = time.thread_time()
    known = read_all(log, large)
    took = time.thread_time() - begin
    assert took < 4  # 0.6 s on a machine with nothing else to do.
    assert len(known.errors) == 2
    assert log.lines(known.errors[0], 3) == ["Traceback (most recent call last):", "  File 'a'", "ValueError: oops"]
    assert log.lines(known.lines - 1, 5) == ["00:19  812MB | [mtoa] sample 19999 is done"]
    assert sum(part.buffer_info()[1] * part.itemsize for part in (log._starts, log._firsts)) < 64 * 1024

    begin = time.thread_time()
    log.lines(known.lines // 2, 400)
    assert time.thread_time() - begin < 0.05

    found, steps = array("Q"), 0
    block: int | None = 0
    while block is not None:
        some, block = log.find(Wanted("SAMPLE 777 is"), block)
        found.extend(some)
        steps += 1
    assert steps > 10
    assert len(found) == (known.lines - 3) // 20_000
    assert log.lines(found[-1], 1)[0].endswith("sample 777 is done")


def test_a_log_grows_and_its_last_line_too(tmp_path: Path) -> None:
    log, path = LogFile(), tmp_path / "log"
    assert log.look(str(path)).lines == 0
    path.write_bytes(b"one\ntw")
    assert (log.look(str(path)).lines, log.lines(0, 9)) == (2, ["one", "tw"])
    with path.open("ab") as file:
        file.write(b"o\nthree \xff\n")
    known = log.look(str(path))
    assert (known.lines, log.lines(0, 9)) == (3, ["one", "two", "three �"])
    moved = tmp_path / "moved"
    path.rename(moved)
    assert log.look(str(moved)).version == known.version  # The item is over: its log has another place.
    moved.write_bytes(b"new\n")
    again = log.look(str(moved))
    assert (again.lines, again.version) == (1, known.version + 1)
    moved.unlink()
    assert (log.look(str(moved)).lines, log.lines(0, 9)) == (0, [])


def test_lines_across_blocks_and_lines_without_end(tmp_path: Path) -> None:
    log, path = LogFile(), tmp_path / "log"
    text = [f"{n} " + "x" * 700 for n in range(3000)]
    path.write_text("\n".join([*text, "y" * (2 * BLOCK), "the end"]))
    known = read_all(log, path)
    assert [log.lines(line, 1)[0][:8] for line in (0, 1500, 2999)] == [text[line][:8] for line in (0, 1500, 2999)]
    assert log.lines(3000, 1)[0] == "y" * LONGEST + " …"
    assert log.lines(known.lines - 1, 1) == ["the end"]
    assert log.text(10, 12) == "\n".join(text[10:13])
    assert "".join(log.text(0, known.lines).split("\n"))[-7:] == "the end"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Traceback (most recent call last):", kinds.ERROR),
        ("ValueError: x", kinds.ERROR),
        ("maya.errors.StrangeError: x", kinds.ERROR),
        ("# Error: line 1: invalid flag", kinds.ERROR),
        ("// Error: file: /a.mel line 3", kinds.ERROR),
        ("00:00:31  ERROR | [aov] no driver", kinds.ERROR),
        ("a.cpp:3: fatal error: no such file", kinds.ERROR),
        ("Segmentation fault (core dumped)", kinds.ERROR),
        ("# Warning: node is unknown", kinds.WARNING),
        ("00:00:31  WARNING | no mip-maps", kinds.WARNING),
        ("DeprecationWarning: old", kinds.WARNING),
        ("finished with 0 errors", ""),
        ("render done, no errors", ""),
        ("error_rate = 0.2", ""),
        ("terror in the mirror", ""),
        ("errors are fine", ""),
    ],
)
def test_which_lines_are_wrong(line: str, kind: str) -> None:
    assert kinds.kind(line) == kind
    assert list(kinds.wrong_lines(f"fine\n{line}\r\nfine".encode())) == ([1] if kind == kinds.ERROR else [])


def test_what_is_searched_for_counts_lines_and_shows_every_place() -> None:
    wanted = Wanted("ab")
    assert wanted.lines(b"ab ab\nx\nAB\nabab") == [0, 2, 3]
    assert wanted.places("ab xAb") == [0, 4]
    assert Wanted("AB", case=True).lines(b"ab\nAB") == [1]
    assert Wanted("ü").lines("x\nTür".encode()) == [1]


def test_a_log_that_can_not_be_read_is_empty(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    log = LogFile()
    assert log.look(str(tmp_path / "folder")).lines == 0
    assert log.find(Wanted("x"), 0)[1] is None
    assert log.look("").path == ""
    assert os.listdir(tmp_path) == ["folder"]
