"""S11 and S12: no bit of a job, or of what became of it, can be changed without being noticed before anything is loaded."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from farmfutures.call import pack_result
from farmfutures.errors import SealError
from farmfutures.job import State
from farmfutures.spool import marks, orders, outcomes, package, runs
from farmfutures.spool.layout import JobFolder, Spool
from farmfutures.spool.outcomes import Outcome
from farmfutures.spool.seal import Seal, digest

FLIPS = 10_000


def read_of(folder: JobFolder, seal: Seal, written: package.Package) -> dict[Path, Callable[[], object]]:
    """What lies in a job's folder, and how each is read."""
    run = runs.begin(folder, "0-5")
    one = Outcome(0, 1, State.COMPLETE, 1.0, 2.0, bytes(pack_result([1, 2])))
    blob = folder.blobs / "large"
    blob.write_bytes(b"r" + bytes(9000))
    large = Outcome(1, 1, State.COMPLETE, 1.0, 2.0, blob=blob.name, digest=digest(blob.read_bytes()).hex())
    outcomes.write(folder, seal, run.name, 0, [one, large])
    run.bundles = 1
    runs.write(folder, seal, run)
    record = orders.intend(folder, seal, "ovens", ["0-5"], 0)
    orders.handed_over(folder, seal, record.number, "17_0")
    marks.change(folder, seal, lambda found: found.cancelled.add(3))
    return {
        folder.package: lambda: package.read(folder, seal),
        folder.calls: lambda: package.read_calls(folder, written, range(5)),
        folder.large_call(5): lambda: package.read_calls(folder, written, [5]),
        folder.secrets: lambda: package.read_secrets(folder, seal),
        folder.marks: lambda: marks.read(folder, seal),
        folder.order(0): lambda: orders.read(folder, seal),
        folder.handle(0): lambda: orders.read(folder, seal),
        folder.runs / run.name: lambda: runs.read(folder, seal, run.name),
        folder.bundle(run.name, 0): lambda: outcomes.read(folder, seal, run.name, 0),
        blob: lambda: outcomes.blob_path(folder, large),
    }


def flip(path: Path, bit: int) -> None:
    with path.open("r+b", buffering=0) as file:
        file.seek(bit // 8)
        (byte,) = file.read(1)
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def test_s11_s12_of_10000_bits_that_are_flipped_none_goes_unnoticed(
    folder: JobFolder, seal: Seal, written: package.Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = read_of(folder, seal, written)
    for read in files.values():
        read()
    loaded: list[object] = []
    monkeypatch.setattr("pickle.loads", loaded.append)
    dice = random.Random(11)
    sizes = {path: path.stat().st_size for path in files}
    refused = 0
    for number in range(FLIPS):
        path = list(files)[number % len(files)]
        bit = dice.randrange(8 * sizes[path])
        flip(path, bit)
        try:
            files[path]()
        except SealError:
            refused += 1
        flip(path, bit)
    assert (refused, loaded) == (FLIPS, [])


def test_s11_what_belongs_to_another_job_or_user_is_refused(
    spool: Spool, folder: JobFolder, seal: Seal, written: package.Package
) -> None:
    files = read_of(folder, seal, written)
    stranger = Spool(spool.shared, "bob").create().seal()
    sealed = [path for path in files if path not in (folder.calls, folder.large_call(5)) and path.parent != folder.blobs]
    other = spool.new_job()
    for path in sealed:
        (other.root / path.relative_to(folder.root)).write_bytes(path.read_bytes())
    for read in (
        lambda: package.read(other, seal), lambda: package.read_secrets(other, seal), lambda: marks.read(other, seal),
        lambda: orders.read(other, seal), lambda: runs.read(other, seal, "0-5.0"), lambda: outcomes.read(other, seal, "0-5.0", 0),
        lambda: package.read(folder, stranger), lambda: package.read_secrets(folder, stranger),
        lambda: marks.read(folder, stranger), lambda: orders.read(folder, stranger),
        lambda: runs.read(folder, stranger, "0-5.0"), lambda: outcomes.read(folder, stranger, "0-5.0", 0),
    ):  # fmt: skip
        with pytest.raises(SealError):
            read()


def test_s12_outcomes_that_were_swapped_are_refused(folder: JobFolder, seal: Seal, written: package.Package) -> None:
    for number in range(2):
        outcomes.write(folder, seal, "0-5.0", number, [Outcome(number, 1, State.COMPLETE, 1.0, 2.0, bytes(pack_result(number)))])
    first, second = folder.bundle("0-5.0", 0), folder.bundle("0-5.0", 1)
    aside = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(aside)
    for number in range(2):
        with pytest.raises(SealError):
            outcomes.read(folder, seal, "0-5.0", number)
