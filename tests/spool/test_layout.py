from __future__ import annotations

import threading
from pathlib import Path

import pytest

from farmfutures.errors import NoSuchJobError, StateFolderError
from farmfutures.spool.layout import JobFolder, Spool


def test_a_shared_folder_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(StateFolderError, match="there is no shared folder .*/missing on this machine: mount it"):
        Spool(tmp_path / "missing", "ann").create()
    assert not (tmp_path / "missing").exists()


def test_a_users_name_never_leads_out_of_the_shared_folder(tmp_path: Path) -> None:
    for user in ("..", "../ann", "/etc", "a b", "", "DOMAIN\\ann", "ann\n"):
        assert Spool(tmp_path, user).root.parent == tmp_path


def test_clients_that_submit_at_once_get_different_numbers(spool: Spool) -> None:
    numbers: list[int] = []
    start = threading.Barrier(8)

    def take() -> None:
        start.wait()
        numbers.extend(spool.new_job().number for _ in range(5))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 41))


def test_numbers_go_on_behind_the_highest(spool: Spool) -> None:
    spool.job(17).root.mkdir()
    assert spool.new_job().number == 18


@pytest.mark.parametrize("name", ["missing/7", "notes", "key"])
def test_a_command_line_that_names_no_job_says_where_it_was_looked_for(spool: Spool, name: str) -> None:
    (spool.jobs / "notes").mkdir()
    spool.seal()
    with pytest.raises(NoSuchJobError, match=r"there is no job folder .* on this machine .*spool_seen_as"):
        JobFolder.at(spool.jobs / name)
