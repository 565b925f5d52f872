"""A job's specification as text, and its id."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ...job import JobSpec


def spec_text(spec: JobSpec, kept: str = "") -> tuple[int, str]:
    """Returns (id, JSON). The id is a digest of the text, so that equal specifications are one row.

    Args:
        spec: The specification.
        kept: Where the values of its secrets are kept; they themselves are not in the text.
    """
    data = dataclasses.asdict(spec)
    data["launch"]["secrets"] = {"kept": kept, "names": sorted(spec.launch.secrets)} if spec.launch.secrets else {}
    text = json.dumps(data, sort_keys=True)
    return spec_id(text), text


def spec_id(text: str) -> int:
    """Returns the id of a specification's text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def kept_secrets(launch: Mapping[str, Any]) -> str:
    """Returns where the secrets of a launch in such a text are kept, "" where it has none."""
    return str(launch.get("secrets", {}).get("kept", ""))
