from __future__ import annotations

import pytest

from farmfutures.errors import SealError
from farmfutures.spool import orders
from farmfutures.spool.layout import JobFolder
from farmfutures.spool.orders import OrderRecord
from farmfutures.spool.seal import Seal


def test_an_order_is_noted_before_and_after_it_is_given(folder: JobFolder, seal: Seal) -> None:
    first = orders.intend(folder, seal, "slurm", ["0-4", "5-9"], 0)
    assert orders.read(folder, seal) == [OrderRecord(0, "slurm", first.token, ("0-4", "5-9"), None)]
    orders.handed_over(folder, seal, 0, "1234")
    second = orders.intend(folder, seal, "slurm", ["3"], 1)
    assert [(order.number, order.handle) for order in orders.read(folder, seal)] == [(0, "1234"), (1, None)]
    assert first.token != second.token


def test_a_handle_that_somebody_put_there_is_refused(folder: JobFolder, seal: Seal) -> None:
    orders.intend(folder, seal, "slurm", ["0-4"], 0)
    folder.handle(0).write_text("1; rm -rf /")
    with pytest.raises(SealError, match="as handle 1 0"):
        orders.read(folder, seal)


def test_of_two_clients_that_order_the_same_again_one_does(folder: JobFolder, seal: Seal) -> None:
    orders.intend(folder, seal, "slurm", ["0-4"], 0)
    orders.intend(folder, seal, "slurm", ["3-4"], 1)
    with pytest.raises(FileExistsError):
        orders.intend(folder, seal, "slurm", ["3-4"], 1)
    assert [order.items for order in orders.read(folder, seal)] == [("0-4",), ("3-4",)]
    assert sorted(path.name for path in folder.orders.iterdir()) == ["0", "1"]
