"""The items of a run: which is next, how many wait in the pipe, and what each has behind it."""

from __future__ import annotations

from typing import Any

import pytest

from farmfutures.spool.marks import Marks
from farmfutures.spool.package import Package
from farmfutures.worker.chunk import Chunk


def chunk_of(works: list[int], tries: dict[int, tuple[int, int]] | None = None, **spec: Any) -> Chunk:
    plain = {"timeout_s": None, "attempts": 1, **spec}
    extras: dict[int, dict[str, Any]] = {3: {"timeout_s": 2, "attempts": 5}}
    package = Package(7, "a job", plain, [""] * 9, extras, 0.0, "", "linux", (), {}, [(0, 0, b"")] * 9)
    return Chunk(package, works, tries or {})


def test_one_at_a_time_until_it_is_known_that_they_are_short() -> None:
    chunk = chunk_of([0, 1, 2])
    assert chunk.room() == 1
    chunk.hand_over(1, 0.0)
    assert chunk.room() == 0
    held = chunk.ended(1, 1.0, 0.0001)
    assert held is not None
    assert (held.work, held.attempt) == (0, 1)
    assert chunk.room() == 50
    chunk.hand_over(2, 1.0)
    chunk.ended(2, 9.0, 8.0)
    assert chunk.room() == 1


def test_what_comes_back_goes_first_in_its_order() -> None:
    chunk = chunk_of([0, 1, 2, 3])
    for grant in (1, 2, 3):
        chunk.hand_over(grant, 0.0)
    chunk.back([3, 2])
    assert list(chunk.waiting) == [1, 2, 3]
    assert chunk.left() == [0, 1, 2, 3]
    assert chunk.ended(2, 1.0, 1.0) is None  # It came too late: it was taken back.


@pytest.mark.parametrize(
    ("attempt", "lost", "forgiven", "again"),
    [(1, 0, 0, True), (2, 0, 0, False), (3, 1, 0, False), (2, 1, 0, True), (3, 0, 2, True)],
)
def test_losses_and_what_was_forgiven_are_no_attempts(attempt: int, lost: int, forgiven: int, again: bool) -> None:
    chunk = chunk_of([0], {0: (attempt - 1, lost)}, attempts=2)
    chunk.forgiven = {0: forgiven}
    chunk.hand_over(1, 0.0)
    assert chunk.held[1].attempt == attempt
    assert chunk.may_fail(chunk.held[1]) is again
    assert chunk.tried(chunk.held[1]).what == f"work item 7:0 (a job), attempt {attempt}"


def test_an_item_may_differ_from_its_job() -> None:
    chunk = chunk_of([2, 3], timeout_s=60)
    assert [(chunk.limit_s(work), chunk.allowed(work)) for work in (2, 3)] == [(60.0, 1), (2.0, 5)]


def test_marks_take_out_and_bring_forward() -> None:
    chunk = chunk_of(list(range(6)))
    chunk.bring_forward([4, 9, 2, 4])
    assert list(chunk.waiting) == [4, 2, 0, 1, 3, 5]
    assert chunk.stopped(Marks(cancelled={4}, killed={1}, done={5})) == [4, 1, 5]
    assert list(chunk.waiting) == [2, 0, 3]
    chunk.hand_over(1, 0.0)
    assert chunk.drop({0, 2}) == [1]
    assert list(chunk.waiting) == [3]
