"""An executor on the farm that the tests of a module share, and a shared folder of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmfutures import Executor
from farmfutures.spool.layout import Spool


@pytest.fixture
def executor(shared_farm: Path) -> Iterator[Executor]:
    with Executor() as executor:
        yield executor


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    root = tmp_path / "shared"
    root.mkdir()
    return Spool(root, "ann").create()
