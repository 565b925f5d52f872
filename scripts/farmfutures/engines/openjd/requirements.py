"""The job option ``requirements`` as the host requirements of a template.

``"amount.worker.vcpu >= 8, amount.worker.memory >= 16384, attr.worker.os.family = linux|windows"``: amounts with a least and
a most, attributes with the values of which a host must have one. The names are those of the specification (3.3), or of the farm.
"""

from __future__ import annotations

import re
from typing import Any

from ...errors import OptionError

_ONE = re.compile(r"(?P<name>(?:\w+:)?(?P<kind>amount|attr)(?:\.\w+)+)\s*(?P<how>>=|<=|=)\s*(?P<what>[^<>=]+)")
_EXAMPLE = "write it as 'amount.worker.vcpu >= 8, attr.worker.os.family = linux|windows'"


def parse(text: str) -> dict[str, Any]:
    """Returns ``hostRequirements``, {} where nothing is required.

    Raises:
        OptionError: It is none.
    """
    amounts: dict[str, dict[str, Any]] = {}
    attributes: dict[str, list[str]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _ONE.fullmatch(part)
        if found is None or (found["kind"] == "attr") != (found["how"] == "="):
            raise OptionError(f"requirements={text!r}: {part!r} is no requirement of a host; {_EXAMPLE}.")
        if found["kind"] == "attr":
            attributes[found["name"]] = [value.strip() for value in found["what"].split("|")]
        else:
            amounts.setdefault(found["name"], {})["min" if found["how"] == ">=" else "max"] = _number(text, found["what"])
    return {
        **({"amounts": [{"name": name, **limits} for name, limits in amounts.items()]} if amounts else {}),
        **({"attributes": [{"name": name, "anyOf": values} for name, values in attributes.items()]} if attributes else {}),
    }


def _number(text: str, what: str) -> float | int:
    try:
        number = float(what)
    except ValueError:
        raise OptionError(f"requirements={text!r}: {what.strip()!r} is no number; {_EXAMPLE}.") from None
    return int(number) if number.is_integer() else number
