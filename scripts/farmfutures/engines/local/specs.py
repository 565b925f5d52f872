"""A job's specification as text, and its id."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from ...job import JobSpec


def spec_text(spec: JobSpec) -> tuple[int, str]:
    """Returns (id, JSON). The id is a digest of the text, so that equal specifications are one row."""
    text = json.dumps(dataclasses.asdict(spec), sort_keys=True)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big"), text
