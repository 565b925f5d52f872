"""The job option ``requirements`` on Slurm: features of nodes, licences and generic resources, in one line.

"maya2026"                              nodes that have this feature
"maya2026 & gpu"                        both; also |, and brackets
"maya2026, license:mtoa=2"              and two of these licences
"maya2026, license:mtoa, gres:gpu=1"    and a graphics card
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import OptionError

_FEATURES = re.compile(r"[\w.:=+&|()\[\]*!-]+")
_COUNTED = re.compile(r"([\w.:@/+-]+?)(?:=(\d+))?")
_HELP = (
    "features of nodes, with & | and brackets, licences and generic resources, with commas between them: "
    "'maya2026 & gpu, license:mtoa=2, gres:gpu=1'"
)


@dataclass(frozen=True, slots=True)
class Requirements:
    """What nodes must have, as Slurm writes it: values of its options."""

    constraint: str = ""
    licenses: str = ""
    gres: str = ""


def parse(text: str) -> Requirements:
    """Reads a line of requirements.

    Raises:
        OptionError: It can't be read.
    """
    found: dict[str, list[str]] = {"": [], "license": [], "gres": []}
    for term in filter(None, map(str.strip, text.split(","))):
        kind, name = _kind(term)
        found[kind].append(_features(name, text) if not kind else _counted(name, text))
    return Requirements(joined(found[""]), ",".join(found["license"]), ",".join(found["gres"]))


def _kind(term: str) -> tuple[str, str]:
    word, colon, rest = term.partition(":")
    kind = {"license": "license", "licence": "license", "gres": "gres"}.get(word.strip()) if colon else None
    return (kind, rest.strip()) if kind else ("", term)


def _features(term: str, text: str) -> str:
    plain = re.sub(r"\s*([&|()\[\]*!])\s*", r"\1", term)
    if not _FEATURES.fullmatch(plain):
        raise OptionError(f"requirements={text!r}: {term!r} can't be read. There are {_HELP}.")
    return plain


def _counted(term: str, text: str) -> str:
    match = _COUNTED.fullmatch(term)
    if match is None or match[2] == "0":
        raise OptionError(f"requirements={text!r}: {term!r} is no name with a count, such as 'mtoa=2'. There are {_HELP}.")
    return f"{match[1]}:{match[2] or 1}"


def joined(expressions: list[str]) -> str:
    """Returns one expression of features that holds where all of them do. Slurm reads & and | from left to right."""
    several = len(expressions) > 1
    return "&".join(f"({one})" if several and "|" in one else one for one in expressions)
