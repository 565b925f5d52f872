"""Secrets of jobs in files of their own: S7."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from farmfutures.engines.local.folder import Folder
from farmfutures.engines.local.history import History
from farmfutures.engines.local.schema import item_key, item_range
from farmfutures.engines.local.specs import kept_secrets, spec_text
from farmfutures.engines.local.store import Store
from farmfutures.engines.local.vault import Vault
from farmfutures.job import CODES, JobSpec, Launch, State
from farmfutures.settings import Settings

VALUES = {"API_TOKEN": "hunter2", "DB_PASSWORD": "\u00e4\n"}


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(Folder(tmp_path / "state").create())


def age(vault: Vault, name: str, seconds: float = 60) -> None:
    path = vault.root / name
    when = path.stat().st_mtime - seconds
    os.utime(path, (when, when))


def test_s7_what_is_kept_is_private_and_found_again(vault: Vault) -> None:
    vault.keep(VALUES)
    name = vault.name(VALUES)
    assert vault.kept() == [name]
    assert vault.read(name) == VALUES
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o777 for path in vault.root.iterdir()} == {0o600}
        assert vault.root.stat().st_mode & 0o777 == 0o700


def test_equal_values_share_a_file_and_its_name_tells_nothing(vault: Vault, tmp_path: Path) -> None:
    for _ in range(2):
        vault.keep(VALUES)
    vault.keep({"API_TOKEN": "other"})
    assert len(vault.kept()) == 2
    # The same values have another name elsewhere: a digest of a short password could be guessed.
    assert Vault(Folder(tmp_path / "other").create()).name(VALUES) != vault.name(VALUES)


def test_what_no_job_needs_goes_when_it_is_old_enough(vault: Vault) -> None:
    vault.keep(VALUES)
    vault.keep({"A_KEY": "1"})
    needed, other = vault.name(VALUES), vault.name({"A_KEY": "1"})
    vault.sweep([needed])
    assert set(vault.kept()) == {needed, other}
    age(vault, other)
    age(vault, needed)
    vault.sweep([needed])
    assert vault.kept() == [needed]
    age(vault, needed)
    vault.keep(VALUES)  # Young again: its job may not be in the journal yet.
    vault.sweep([])
    assert vault.kept() == [needed]
    with pytest.raises(FileNotFoundError):
        vault.read(other)


def test_a_specification_names_its_secrets_and_has_no_value_of_them() -> None:
    spec = JobSpec(Launch(("python",), secrets=VALUES))
    _, text = spec_text(spec, "0123")
    assert json.loads(text)["launch"]["secrets"] == {"kept": "0123", "names": ["API_TOKEN", "DB_PASSWORD"]}
    assert kept_secrets(json.loads(text)["launch"]) == "0123"
    assert "hunter2" not in text + repr(spec)
    assert kept_secrets(json.loads(spec_text(JobSpec(Launch(("python",))))[1])["launch"]) == ""
    assert kept_secrets({"interpreter": ["python"]}) == ""  # Of a database of an older version.


@pytest.mark.parametrize(
    ("counts", "stays"),
    [
        (None, True),
        ({State.COMPLETE: 2}, False),
        ({State.FAILED: 1, State.COMPLETE: 1}, True),
        ({State.CANCELLED: 2}, True),
    ],
)
def test_s7_secrets_go_when_their_job_can_not_run_again(
    vault: Vault, tmp_path: Path, counts: dict[State, int] | None, stays: bool
) -> None:
    """Complete, or removed from the history. What failed or was cancelled may be retried."""
    vault.keep(VALUES)
    age(vault, vault.name(VALUES))
    number, text = spec_text(JobSpec(Launch(("python",), secrets=VALUES)), vault.name(VALUES))
    folder = Folder(tmp_path / "state")
    store = Store(folder.database)
    history = History(store, folder, Settings(state=folder.root))
    with store.turn():
        store.add_spec(number, text)
        store.add((1, number, "job", 2, 50, "me", "client", 0.0), [(item_key(1, n), (b"", "", "")) for n in range(2)])
        if counts is not None:
            store.close_jobs([(0.0, 0.0, json.dumps({str(CODES[state]): n for state, n in counts.items()}), 1)])
    history.sweep()
    assert bool(vault.kept()) is stays
    with store.turn():
        store.forget_job(1, item_range(1))
    history.sweep()
    assert vault.kept() == []
    store.close()
