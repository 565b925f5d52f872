"""Fixtures of the engines' tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from farmfutures.engines.local.folder import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "s").create()
