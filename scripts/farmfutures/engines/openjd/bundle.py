"""A bundle on disk: the files that submitters and ``openjd run`` look for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ...guard import write_private
from . import template
from .template import Plan

TEMPLATE, VALUES, ASSETS = "template.json", "parameter_values.json", "asset_references.json"
PARAMETERS = "parameters.json"
"""The same values as `openjd run -p file://parameters.json` has them."""

FILES = frozenset({TEMPLATE, VALUES, ASSETS, PARAMETERS, "shared"})
"""What a folder of a bundle may hold: the last one is the shared folder, where `farmfutures export` made one."""


def write(folder: Path, plan: Plan) -> Path:
    """Writes a bundle and returns the path of its template, which is written last.

    Args:
        folder: Where; it must be there.
        plan: What it is made of.

    Raises:
        RefusedError: Something does not fit into a template.
        OSError: It can't be written.
    """
    whole, values = template.job_template(plan), template.values(plan)
    _write(folder / VALUES, template.parameter_values(plan))
    _write(folder / PARAMETERS, values)
    _write(folder / ASSETS, template.asset_references(plan))
    return _write(folder / TEMPLATE, whole)


def _write(path: Path, content: dict[str, Any]) -> Path:
    write_private(path, json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n")
    return path
