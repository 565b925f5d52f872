"""How many work items one command line gets."""

from __future__ import annotations

from itertools import chain

import pytest

from farmfutures.engines.spool.chunks import split


@pytest.mark.parametrize("total", [0, 1, 2, 7, 49, 50, 51, 100, 999, 10_000])
@pytest.mark.parametrize(("share", "cpus", "size"), [(0.02, None, None), (0.02, 200, None), (1.0, 1, None), (0.02, None, 3)])
def test_every_item_is_in_one_chunk_and_in_order(total: int, share: float, cpus: int | None, size: int | None) -> None:
    chunks = split(range(total), share, cpus, size)
    assert list(chain.from_iterable(chunks)) == list(range(total))
    assert all(chunks)


@pytest.mark.parametrize("total", [50, 100, 1_000, 10_000, 100_000])
@pytest.mark.parametrize("share", [0.01, 0.02, 0.1, 0.5])
def test_no_chunk_holds_more_than_its_share_and_none_grows(total: int, share: float) -> None:
    sizes = [len(chunk) for chunk in split(range(total), share)]
    assert max(sizes) <= max(1, total * share)
    assert sizes == sorted(sizes, reverse=True)


def test_a_start_of_an_interpreter_is_spread_over_many_items_of_a_large_job() -> None:
    sizes = [len(chunk) for chunk in split(range(10_000), 0.02)]
    assert sizes[0] == 200
    assert sizes[-2] == 25, "a hundred chunks of a single item would start a hundred interpreters"
    assert len(sizes) < 200


def test_each_of_many_interpreters_gets_two_chunks_at_least() -> None:
    assert len(split(range(1_000), 0.02, cpus=200)) >= 400


@pytest.mark.parametrize(("total", "share", "sizes"), [(3, 0.02, [1, 1, 1]), (3, 1.0, [3]), (8, 0.5, [4, 2, 1, 1])])
def test_small_jobs(total: int, share: float, sizes: list[int]) -> None:
    assert [len(chunk) for chunk in split(range(total), share)] == sizes


def test_a_size_that_somebody_chose_wins() -> None:
    assert [len(chunk) for chunk in split(range(10), 0.02, size=4)] == [4, 4, 2]


def test_any_items_can_be_split_for_a_second_order() -> None:
    assert split([3, 7, 9, 10], 0.5) == [[3, 7], [9], [10]]
