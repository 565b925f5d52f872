"""Worker side: runs what a work item of an action holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import farmfutures
from farmfutures import call as calls

from .. import _cmds


def run_action(
    function: str | bytes, supplied: Sequence[Mapping[str, Any]], values: Mapping[str, Any], goes_to: str = "",
    listed: bool = False,
) -> Any:  # fmt: skip
    """Calls the function of an action, once or for some frames.

    Args:
        function: ``"package.module:function"``; or the function and the values, packed where they were.
        supplied: For each call what is supplied, by the name of the parameter.
        values: What the fields of the form say.
        goes_to: The parameter that is a frame: Maya goes there first.
        listed: Whether to return a list, of a result for each call.
    """
    if isinstance(function, bytes):
        called, values = calls.loads(function)
    else:
        called = calls.resolve(function)
    results: list[Any] = []
    for number, given in enumerate(supplied):
        if len(supplied) > 1:
            farmfutures.progress(number, len(supplied), str(given.get(goes_to, "")))
        if goes_to and given[goes_to] is not None and _cmds.in_maya():
            _cmds.set_current_time(given[goes_to])
        results.append(called(**given, **values))
    return results if listed else results[0]
