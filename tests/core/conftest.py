"""An executor and a view of the farm that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from farmfutures import Executor, Farm


@pytest.fixture
def executor(shared_farm: Path) -> Iterator[Executor]:
    with Executor() as executor:
        yield executor


@pytest.fixture
def farm(shared_farm: Path) -> Iterator[Farm]:
    with Farm() as farm:
        yield farm
