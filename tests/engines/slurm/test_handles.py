"""Strings that outlive the client."""

from __future__ import annotations

import pytest

from farmfutures.engines.slurm.handles import Array, Handle, Part, ranges


def test_a_handle_is_read_as_it_was_written() -> None:
    handle = Handle("ff", (Array(101, 0, 1000), Array(111, 1000, 500)))
    assert str(handle) == "ff/101+1000,111+500"
    assert Handle.parse(str(handle)) == handle
    assert handle.count == 1500


@pytest.mark.parametrize("text", ["", "ff", "ff/", "ff/101", "ff/101+", "101+10", "ff/101+10;rm -rf", "ff/101+10\n"])
def test_what_is_no_handle_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="no handle of a Slurm job"):
        Handle.parse(text)


def test_chunks_are_tasks_of_their_arrays() -> None:
    handle = Handle.parse("ff/101+10,111+5")
    assert list(handle.tasks(None)) == ["101", "111"]
    assert list(handle.tasks([3, 5, 6, 7, 12, 12])) == ["101_[3,5-7]", "111_[2]"]
    assert list(handle.tasks([11])) == ["111_[1]"]
    assert list(handle.tasks([])) == []


def test_ranges() -> None:
    assert ranges([]) == ""
    assert ranges([0, 1, 2, 5, 7, 8]) == "0-2,5,7-8"


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("shot 10", "shot 10 "), ("", ""), ("a\nb\tc\x1b[31m\x00d", "a b c [31m d "), ("x" * 300, "x" * 80 + " "),
        ("it [ff-1-0-00000000 0+1/1]", "it [ff-1-0-00000000 0+1/1] "), ("\u202egnp.exe", "gnp.exe "),
    ],
)  # fmt: skip
def test_a_name_is_one_plain_line_and_says_whose_it_is(label: str, shown: str) -> None:
    part = Part("ff-17-0-8d1f22aa", 1000, 500, 1500)
    assert part.name(label) == f"{shown}[ff-17-0-8d1f22aa 1000+500/1500]"
    assert Part.of(part.name(label)) == part


def test_names_of_others_are_nobody_s() -> None:
    assert Part.of("somebody's own") is None
    assert Part.of("ff-17-0-8d1f22aa") is None
