"""Where an engine's workers are: on this machine, or on others, with which it shares a folder."""

from __future__ import annotations

import os
from pathlib import Path

from farmfutures import Feature
from farmfutures.engines.engine import Engine


def shared_folder(engine: Engine) -> Path | None:
    """Returns the folder that all of an engine's machines see; None where its workers are on this one."""
    if not engine.settings.spool or not engine.report().supports(Feature.MACHINES):
        return None
    return Path(engine.settings.spool)


def scenes_folder(engine: Engine) -> Path | None:
    """Returns where the user's copies of scenes are seen by all of an engine's machines, made on first use.

    Raises:
        StateFolderError: There is no shared folder on this machine, or the user's in it is not the user's alone.
    """
    shared = shared_folder(engine)
    if shared is None:
        return None
    from farmfutures.settings import os_user
    from farmfutures.spool.layout import Spool  # Late: on one machine nobody needs it.

    return Spool(shared, os_user()).create().scenes


def place(engine: Engine) -> str:
    """Returns what tells the jobs of an engine from those of another one of its name."""
    return os.fspath(shared_folder(engine) or engine.settings.state)
