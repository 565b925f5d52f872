"""What of the session and the engines a request is judged by."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import farmfutures

from .. import _cmds, mayapy
from ..mayapy import MayaVersion


@dataclass(frozen=True)
class Surroundings:
    """What is known here.

    Attributes:
        in_maya: Whether this is a Maya.
        version: Of this Maya.
        versions: Of the Mayas that are installed, as far as their paths say, the newest first.
        scene: The path of the open scene, "" while it is untitled.
        modified: Whether it has changes that its file does not have.
        workspace: The project.
        span: First and last frame of the playback range.
        selection: Long names of what is selected.
        existing: Returns those of some names that are something in the scene.
        reports: What each engine can do, by its name.
        settings: Of this process.
        environ: Of this process.
    """

    in_maya: bool = False
    version: str = ""
    versions: tuple[str, ...] = ()
    scene: str = ""
    modified: bool = False
    workspace: str = ""
    span: tuple[int, int] = (1, 100)
    selection: tuple[str, ...] = ()
    existing: Callable[[Sequence[str]], list[str]] = _cmds.existing
    reports: Mapping[str, farmfutures.Report] = field(default_factory=dict[str, farmfutures.Report])
    settings: farmfutures.Settings = field(default_factory=farmfutures.Settings)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def engine(self, name: str) -> str:
        """Returns the name of an engine: "" is the one of the settings."""
        return name or self.settings.engine

    def report(self, name: str) -> farmfutures.Report | None:
        """Returns what an engine can do, None while that is not known."""
        return self.reports.get(self.engine(name))


def look(reports: Mapping[str, farmfutures.Report] | None = None) -> Surroundings:
    """Looks at this session. It belongs on the main thread, and takes no longer than a few commands do.

    Args:
        reports: What each engine can do, if somebody asked.
    """
    settings = farmfutures.Settings.load()
    here = Surroundings(versions=_versions(), reports=reports or {}, settings=settings, environ=dict(os.environ))
    return here if not _cmds.in_maya() else in_session(here)


def in_session(here: Surroundings) -> Surroundings:
    """Returns the same with what the open scene says now."""
    from dataclasses import replace

    from .. import _cmds_actions

    root = _cmds.workspace_root().rstrip("/")
    return replace(
        here, in_maya=True, version=_cmds.version(), scene=_cmds.scene_name(), modified=_cmds.is_modified(),
        workspace=root if os.path.isdir(root) else "", span=_cmds_actions.playback_range(), selection=tuple(_cmds.selection()),
    )  # fmt: skip


def _versions() -> tuple[str, ...]:
    known = {found.version.text: found.version for found in mayapy.installed() if found.version is not None}

    def newest(version: MayaVersion) -> tuple[int, int]:
        return version.major or 0, version.minor or 0

    return tuple(version.text for version in sorted(known.values(), key=newest, reverse=True))
