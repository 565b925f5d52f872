"""What became of work items, in bundles: as many as were over when there was time to write."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import SealError
from ..guard import write_private
from ..job import State
from .layout import JobFolder
from .seal import Seal, digest_of

_HEAD = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run of a work item, when it was the last one.

    Attributes:
        work: The item's index.
        attempt: Which run of it, from 1 on; 0 where it never ran.
        state: ``complete``, ``failed``, ``cancelled`` or ``killed``.
        started_s: Unix seconds by the worker's clock; None where it never ran.
        finished_s: The same for its end.
        payload: The packed outcome as of `farmfutures.call`, b"" where it lies in `blob` or where there is none.
        blob: The name of the file in ``blobs`` that holds a large one, or "".
        digest: The SHA-256 of that file in hexadecimal.
        logged: Whether it printed something: its log is at `JobFolder.log`.
    """

    work: int
    attempt: int
    state: State
    started_s: float | None
    finished_s: float
    payload: bytes = b""
    blob: str = ""
    digest: str = ""
    logged: bool = False


def write(folder: JobFolder, seal: Seal, run: str, number: int, outcomes: Sequence[Outcome]) -> None:
    """Writes a bundle: the report of the run says afterwards that it is there.

    Raises:
        OSError: It can't be written.
    """
    rows = [
        [
            one.work,
            one.attempt,
            one.state.value,
            one.started_s,
            one.finished_s,
            len(one.payload),
            one.blob,
            one.digest,
            one.logged,
        ]
        for one in outcomes
    ]
    text = json.dumps(rows).encode()
    body = b"".join([_HEAD.pack(len(text)), text, *(one.payload for one in outcomes)])
    write_private(folder.bundle(run, number), seal.close(_what(folder, run, number), body))


def read(folder: JobFolder, seal: Seal, run: str, number: int) -> list[Outcome]:
    """Reads a bundle.

    Raises:
        SealError: It is not ours, or not this one.
        OSError: It is not there (yet).
    """
    path = folder.bundle(run, number)
    body = seal.open(_what(folder, run, number), path.read_bytes(), path)
    (length,) = _HEAD.unpack_from(body)
    at = _HEAD.size + length
    found: list[Outcome] = []
    for work, attempt, state, started, finished, size, blob, digest, logged in json.loads(body[_HEAD.size : at]):
        payload = body[at : at + size]
        found.append(Outcome(work, attempt, State(state), started, finished, payload, blob, digest, logged))
        at += size
    return found


def blob_path(folder: JobFolder, outcome: Outcome) -> Path | None:
    """Returns the file of a large outcome, checked; None where the outcome is small.

    Raises:
        SealError: The file is not what the worker wrote.
        OSError: It is not there (yet).
    """
    if not outcome.blob:
        return None
    path = folder.blobs / outcome.blob
    if digest_of(path).hex() != outcome.digest:
        raise SealError(
            f"{path} is not what the worker wrote as the outcome of {folder.number}:{outcome.work} (its digest does not fit), "
            "and was not loaded. Somebody changed it, or the disk did: run the item again with retry."
        )
    return path


def _what(folder: JobFolder, run: str, number: int) -> str:
    return f"outcomes {folder.number} {run} {number}"
