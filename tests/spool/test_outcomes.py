from __future__ import annotations

import pytest

from farmfutures import State
from farmfutures.errors import SealError
from farmfutures.spool import outcomes
from farmfutures.spool.layout import JobFolder
from farmfutures.spool.outcomes import Outcome
from farmfutures.spool.seal import Seal, digest

FOUND = [
    Outcome(3, 1, State.COMPLETE, 1.0, 2.5, b"\x01three", logged=True),
    Outcome(4, 2, State.FAILED, 2.5, 3.0, b"\x02four"),
    Outcome(5, 0, State.CANCELLED, None, 3.0),
]


def test_a_bundle_comes_back(folder: JobFolder, seal: Seal) -> None:
    outcomes.write(folder, seal, "3-5.0", 0, FOUND)
    assert outcomes.read(folder, seal, "3-5.0", 0) == FOUND


def test_s12_a_bundle_that_was_swapped_is_refused(folder: JobFolder, seal: Seal) -> None:
    outcomes.write(folder, seal, "3-5.0", 0, FOUND)
    outcomes.write(folder, seal, "3-5.0", 1, FOUND[:1])
    folder.bundle("3-5.0", 0).write_bytes(folder.bundle("3-5.0", 1).read_bytes())
    with pytest.raises(SealError, match=r"as outcomes 1 3-5\.0 0"):
        outcomes.read(folder, seal, "3-5.0", 0)


@pytest.mark.parametrize("end", [0, 10, 36, 50, -1])
def test_half_a_bundle_is_refused(folder: JobFolder, seal: Seal, end: int) -> None:
    outcomes.write(folder, seal, "3-5.0", 0, FOUND)
    path = folder.bundle("3-5.0", 0)
    path.write_bytes(path.read_bytes()[:end])
    with pytest.raises(SealError):
        outcomes.read(folder, seal, "3-5.0", 0)


def test_s12_a_large_outcome_that_was_swapped_is_refused(folder: JobFolder, seal: Seal) -> None:
    (folder.blobs / "3.1").write_bytes(b"large")
    outcome = Outcome(3, 1, State.COMPLETE, 1.0, 2.0, blob="3.1", digest=digest(b"large").hex())
    assert outcomes.blob_path(folder, outcome) == folder.blobs / "3.1"
    (folder.blobs / "3.1").write_bytes(b"other")
    with pytest.raises(SealError, match="run the item again"):
        outcomes.blob_path(folder, outcome)
