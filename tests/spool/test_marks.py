from __future__ import annotations

import threading

import pytest

from farmfutures.errors import SealError
from farmfutures.spool import marks
from farmfutures.spool.layout import JobFolder
from farmfutures.spool.marks import Marks
from farmfutures.spool.seal import Seal


def test_a_job_without_marks_has_none(folder: JobFolder, seal: Seal) -> None:
    assert marks.read(folder, seal) == Marks()


def test_a_change_is_read_back(folder: JobFolder, seal: Seal) -> None:
    def how(found: Marks) -> None:
        found.paused = True
        found.cancelled |= {1, 2}
        found.killed.add(3)
        found.forgiven[4] = 2
        found.first = [9, 0]

    changed = marks.change(folder, seal, how)
    assert changed == Marks(1, True, {1, 2}, {3}, set(), {4: 2}, [9, 0])
    assert marks.read(folder, seal) == changed
    assert [changed.stops(work) for work in range(5)] == [False, True, True, True, False]


def test_clients_that_change_at_once_lose_nothing(folder: JobFolder, seal: Seal) -> None:
    def mark(first: int) -> None:
        for work in range(first, first + 5):
            marks.change(folder, seal, lambda found, work=work: found.cancelled.add(work))  # type: ignore[misc]

    threads = [threading.Thread(target=mark, args=(first,)) for first in range(0, 40, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = marks.read(folder, seal)
    assert (found.version, found.cancelled) == (40, set(range(40)))
    assert not (folder.root / "marks.lock").exists()


def test_the_lock_of_a_client_that_died_is_taken(folder: JobFolder, seal: Seal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marks, "_LOCK_S", 0.1)
    (folder.root / "marks.lock").write_bytes(b"the dead")
    assert marks.change(folder, seal, lambda found: found.killed.add(1)).version == 1


def test_marks_that_somebody_changed_are_refused(folder: JobFolder, seal: Seal) -> None:
    marks.change(folder, seal, lambda found: found.killed.add(1))
    folder.marks.write_bytes(folder.marks.read_bytes().replace(b'"paused": false', b'"paused": true '))
    with pytest.raises(SealError, match="as marks 1"):
        marks.read(folder, seal)
