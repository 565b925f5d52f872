"""An executor on the farm that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmfutures import Executor


@pytest.fixture
def executor(shared_farm: Path) -> Iterator[Executor]:
    with Executor() as executor:
        yield executor
