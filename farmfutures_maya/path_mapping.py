"""What a Maya maps by the table of folders that are the same place (`farmfutures.path_mapping`).

The worker maps environment, project, scene, arguments and, through ``dirmap``, the paths inside the scene; the session maps
what is given to it (``filename="P:/shot.ma"`` on Linux).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, MutableMapping, Sequence
from typing import Any

from farmfutures.path_mapping import Pair as Pair
from farmfutures.path_mapping import PathMapping as PathMapping
from farmfutures.path_mapping import rules_of as rules_of
from farmfutures.path_mapping import separator


def payload(rules: Sequence[str], variables: Iterable[str]) -> dict[str, Any]:
    """Returns what `bootstrap` gets of a table, as plain JSON: nothing where there are no rules.

    Args:
        rules: The rules.
        variables: The variables that travel with the job.
    """
    if not rules:
        return {}
    return {"path_rules": list(rules), "sent_from": sys.platform, "sent_variables": sorted(variables)}


def table_of(settings: dict[str, Any], platform: str = sys.platform) -> PathMapping:
    """Returns the table in what `payload` made, for a platform."""
    return PathMapping(tuple(settings.get("path_rules") or ()), platform)


def settings_here(settings: dict[str, Any], table: PathMapping) -> dict[str, Any]:
    """Returns settings of `bootstrap` whose paths are as they are here: project, scene, plug-ins and what Maya maps."""
    if not table.pairs:
        return settings
    mapped = {name: table.path(settings[name]) for name in ("filename", "workspace") if settings.get(name)}
    plugins = [[name, table.path(path)] for name, path in settings.get("plugins") or ()]
    captured = [[source, table.path(target)] for source, target in settings.get("path_mapping") or ()]
    return {**settings, **mapped, "plugins": plugins, "path_mapping": [*captured, *map(list, table.dirmap())]}


def prepare_process(
    settings: dict[str, Any], table: PathMapping, environ: MutableMapping[str, str] = os.environ, path: list[str] | None = None
) -> None:
    """Maps the variables that travelled and ``sys.path``, before Maya reads them.

    Args:
        settings: What `payload` made.
        table: The rules, for this platform.
        environ: The environment to map.
        path: Instead of ``sys.path``.
    """
    if not table.pairs:
        return
    for name in settings.get("sent_variables") or ():
        if name in environ:
            environ[name] = table.variable(name, environ[name], settings.get("sent_from") or table.platform)
    path = sys.path if path is None else path
    # Python has split PYTHONPATH in its own way already, perhaps at the colon of a drive.
    travelled = environ.get("PYTHONPATH", "").split(separator(table.platform)) if "PYTHONPATH" in environ else []
    path[:] = dict.fromkeys([*map(table.path, path), *filter(None, travelled)])
