"""Which chunks may start, and when they are forgotten."""

from __future__ import annotations

from typing import Any

import pytest

from farmfutures.engines.dask import ledger
from farmfutures.engines.dask.ledger import Ledger, Order
from farmfutures.engines.spool.launcher import ChunkState


def an_order(token: str = "a", chunks: int = 4, **changes: Any) -> Order:
    about = {"token": token, "job": "/j", "chunks": chunks, "cpus": None, "priority": 0, "held": False, **changes}
    order = Order.of(about)
    order.taken = chunks
    return order


def free(book: Ledger, job: str = "/j") -> list[str]:
    return [chunk.key.removeprefix("farmfutures-") for chunk in book.let_go(job)]


@pytest.fixture
def book() -> Ledger:
    return Ledger()


def test_without_cpus_all_may_start_at_once(book: Ledger) -> None:
    book.add(an_order())
    assert free(book) == ["a-0", "a-1", "a-2", "a-3"]
    assert free(book) == []


@pytest.mark.parametrize("end", [ChunkState.OVER, ChunkState.CANCELLED, ChunkState.LOST])
def test_with_cpus_the_next_one_follows_whatever_became_of_one(book: Ledger, end: ChunkState) -> None:
    order = an_order(cpus=2)
    book.add(order)
    assert free(book) == ["a-0", "a-1"]
    book.end(order, order.chunks[1], end, "")
    assert free(book) == ["a-2"]


def test_orders_of_one_job_share_its_cpus_and_other_jobs_have_their_own(book: Ledger) -> None:
    for order in (an_order("a", 1, cpus=1), an_order("b", 1, cpus=1), an_order("c", 1, cpus=1, job="/k")):
        book.add(order)
    assert free(book) == ["a-0"]
    assert free(book, "/k") == ["c-0"]


def test_what_is_held_is_passed_over_and_follows_when_it_is_let_go(book: Ledger) -> None:
    held, other = an_order("a", 1, held=True), an_order("b", 1)
    book.add(held)
    book.add(other)
    assert free(book) == ["b-0"]
    held.held = False
    assert free(book) == ["a-0"]


def test_an_order_whose_client_died_before_it_was_handed_over_takes_nothing_from_others(
    book: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    announced, other = an_order("a", 1, cpus=1), an_order("b", 1, cpus=1)
    announced.taken = 0
    book.add(announced)
    book.add(other)
    assert free(book) == ["b-0"]
    monkeypatch.setattr(ledger, "ANNOUNCED_S", -1.0)
    book.add(an_order("c"))
    assert set(book.orders) == {"b", "c"}


def test_holding_takes_back_what_has_not_begun(book: Ledger) -> None:
    order = an_order()
    book.add(order)
    free(book)
    order.chunks[0].state = ChunkState.RUNNING
    assert book.hold(order) == order.chunks[1:]
    assert [chunk.free for chunk in order.chunks] == [True, False, False, False]


def test_orders_are_forgotten_long_after_their_end(book: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    order = an_order("a", 1)
    book.add(order)
    book.end(order, order.chunks[0], ChunkState.OVER, "")
    book.add(an_order("b"))
    assert set(book.orders) == {"a", "b"}
    monkeypatch.setattr(ledger, "KEPT_S", -1.0)
    book.add(an_order("c"))
    assert set(book.orders) == {"b", "c"}
    assert book.place("farmfutures-a-0") is None
    assert book.place("farmfutures-b-0") is not None
