"""The job option ``requirements`` on Dask: resources of workers, in one line.

"maya2026"                      a worker started with --resources maya2026=1 or more, and one of it taken
"maya2026, license:mtoa=2"      of each so many
"""

from __future__ import annotations

import re

from ...errors import OptionError

_TERM = re.compile(r"([\w.:@/+-]+?)\s*(?:=\s*(\d+(?:\.\d+)?))?")
_HELP = "names of resources with how much of each, with commas between them: 'maya2026=1, license:mtoa=2'"


def parse(text: str) -> dict[str, float]:
    """Reads a line of requirements.

    Raises:
        OptionError: It can't be read.
    """
    found: dict[str, float] = {}
    for term in filter(None, map(str.strip, re.split(r"[,&]", text))):
        match = _TERM.fullmatch(term)
        if match is None or not float(match[2] or 1):
            raise OptionError(f"requirements={text!r}: {term!r} can't be read. There are {_HELP}.")
        found[match[1]] = found.get(match[1], 0.0) + float(match[2] or 1)
    return found


def as_text(resources: dict[str, float]) -> str:
    """Returns resources as ``dask worker --resources`` takes them."""
    return ",".join(f"{name}={amount:g}" for name, amount in resources.items())
