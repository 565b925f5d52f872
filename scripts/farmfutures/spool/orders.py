"""What was handed to the engine, once for the job and again for what was lost or is to run again."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from ..guard import write_new, write_private
from .layout import JobFolder
from .seal import Seal


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """One order.

    Attributes:
        number: From 0 on.
        engine: The engine's name.
        token: By which it can be found on the engine, as long as nobody noted the handle.
        items: The work items of each chunk, as text.
        handle: What the engine calls it; None where the client died before it could say.
    """

    number: int
    engine: str
    token: str
    items: tuple[str, ...]
    handle: str | None = None


def intend(folder: JobFolder, seal: Seal, engine: str, items: Sequence[str], number: int) -> OrderRecord:
    """Notes what is about to be handed over, before it is.

    Args:
        folder: The job's folder.
        seal: The user's seal.
        engine: The engine's name.
        items: The work items of each chunk, as text.
        number: One more than that of the last order that the caller knows of.

    Raises:
        FileExistsError: Another client was first, and what was lost may have been ordered again.
        OSError: It can't be written.
    """
    record = OrderRecord(number, engine, f"ff-{folder.number}-{number}-{secrets.token_hex(4)}", tuple(items))
    body = json.dumps({"engine": engine, "token": record.token, "items": items}).encode()
    write_new(folder.order(number), seal.close(f"order {folder.number} {number}", body))
    return record


def handed_over(folder: JobFolder, seal: Seal, number: int, handle: str) -> None:
    """Notes what the engine calls it.

    Raises:
        OSError: It can't be written.
    """
    write_private(folder.handle(number), seal.close(f"handle {folder.number} {number}", handle.encode()))


def read(folder: JobFolder, seal: Seal) -> list[OrderRecord]:
    """Returns all orders of a job, the first one first.

    Raises:
        SealError: One is not ours.
        OSError: The folder can't be read.
    """
    numbers = sorted(int(name) for name in os.listdir(folder.orders) if name.isdecimal())
    return [_read_one(folder, seal, number) for number in numbers]


def _read_one(folder: JobFolder, seal: Seal, number: int) -> OrderRecord:
    path = folder.order(number)
    about = json.loads(seal.open(f"order {folder.number} {number}", path.read_bytes(), path))
    path = folder.handle(number)
    try:
        handle = seal.open(f"handle {folder.number} {number}", path.read_bytes(), path).decode()
    except FileNotFoundError:
        handle = None
    return OrderRecord(number, about["engine"], about["token"], tuple(about["items"]), handle)
