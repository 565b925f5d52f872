"""What an interpreter gets of the environment of the process that starts it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

_SYSTEM = (
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "XDG_RUNTIME_DIR",
    "SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC", "PATHEXT", "WINDIR", "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA",
    "PROGRAMDATA", "PROGRAMFILES", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE", "HOMEDRIVE", "HOMEPATH",
    "SLURM_CONF",
)  # fmt: skip
"""What a worker gets of the broker's environment. All else is the job's to say."""

_PREFIXES = ("LC_", "FARMFUTURES_", "COV_")

PACKAGES = str(Path(__file__).resolve().parents[2])
"""The folder that holds ``farmfutures``."""


def of_interpreter(extra: Mapping[str, str], state: str | os.PathLike[str] | None) -> dict[str, str]:
    """Returns the environment of an interpreter: a little of the system's, and the job's.

    Args:
        extra: What the job says.
        state: The state folder of the local engine that it belongs to, None where it belongs to another engine.
    """
    env = {name: value for name, value in os.environ.items() if name in _SYSTEM or name.startswith(_PREFIXES)}
    for name in ("FARMFUTURES_LEVEL", "QBLVL", "FARMFUTURES_ENGINE_ID"):
        env.pop(name, None)
    env.update(extra)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [PACKAGES, extra.get("PYTHONPATH")]))
    if state is not None:
        env["FARMFUTURES_STATE"] = os.fspath(state)
    return env
