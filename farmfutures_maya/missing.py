"""Which files that the open scene needs are not to be found from here: what a worker says of the scene that it opened.

References are Maya's own word: what it could not load. Textures and caches are collected and looked for as they are
before a job is submitted (inputs.py, disk.py), where another machine may have seen other disks.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from . import _cmds, _cmds_inputs
from .disk import Disk, Place
from .inputs import Collector
from .problems import Kind

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Missing:
    """A file that is not there: what it is ("reference", "texture", "cache"), and its path as the scene has it."""

    what: str
    path: str


def missing_files(*, references: bool = True) -> list[Missing]:
    """Returns what the open scene lacks, each file once.

    Args:
        references: Whether references were to be loaded.
    """
    found = [Missing(Kind.REFERENCE.value, path) for path in (_cmds.references_not_found() if references else ())]
    collector, place, disk = Collector(), _place(), Disk()
    for _ in collector.run():
        pass  # Nobody draws here, so that nobody is given way to.
    for given in collector.inputs:
        if given.kind is not Kind.REFERENCE and not any(map(disk.find, place.candidates(given.path, given.rule))):
            found.append(Missing(given.kind.value, given.path))
    return list(dict.fromkeys(found))


def _place() -> Place:
    return Place(
        workspace=_cmds.workspace_root().rstrip("/"),
        scene_folder=os.path.dirname(_cmds.scene_name()),
        rules=_cmds_inputs.file_rules(),
        environ=dict(os.environ),
        mapping=_cmds.path_mapping(),
    )


def describe(missing: list[Missing], scene: str, host: str) -> str:
    """Says what is missing where, in one sentence, and what to do."""
    listed = ", ".join(f"{item.what} {item.path}" for item in missing[:_SHOWN])
    more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
    return (
        f"{len(missing)} file(s) that {scene} needs were not found on {host}: {listed}{more}. "
        "Make them reachable there, or map their paths (path_mapping)."
    )
