"""Why a Maya did not start or did not come on: sentences that say what it was, where, and what to do."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys

from farmfutures.worker.stage import Stage

from .mayapy import VARIABLE

OPEN_TIMEOUT_S = 3600.0
"""Seconds that opening a scene may take: productions have some that need "10's of minutes" (deadline-cloud-for-maya)."""

_LICENCE = re.compile(r"initializing Maya|licen[cs]|flexnet|adlm|checkout|clic", re.IGNORECASE)
"""Maya says "Error encountered when initializing Maya - Please check for sufficient disk space and necessary write
permissions of MAYA_APP_DIR" when it got no licence (deadline-cloud-for-maya, MayaAdaptor/adaptor.py)."""

_LEAST_FREE_BYTES = 64 * 2**20


def by_hand() -> str:
    """Returns what to run in a terminal to see the same."""
    return f'"{sys.executable}" -c "import maya.standalone; maya.standalone.initialize()"'


def starting() -> Stage:
    """Returns what is to be said of a Maya that dies or hangs in ``maya.standalone.initialize()``."""
    where = f"Run {by_hand()} in a terminal on {host()} to see it"
    return Stage(
        "Maya was starting (maya.standalone.initialize())",
        if_dies=f"A plug-in or a userSetup.py may be to blame: {where}, and try skip_usersetup=True.",
        if_silent=(
            "A Maya that ends without a word lacks a library of its own, on Linux most often AdpSDKCore.so (Maya 2027, "
            f"exit code 255): {where}, and repair the installation."
        ),
        if_hangs=(
            "A licence server that does not answer and a userSetup.py that waits for somebody do that: "
            f"{where}, try skip_usersetup=True, or raise FARMFUTURES_START_TIMEOUT_S if it is only slow."
        ),
    )


def opening(scene: str, limit_s: float) -> Stage:
    """Returns what is to be said of a Maya that dies or hangs while it opens a scene."""
    return Stage(
        f"Maya opened {scene}",
        if_dies="Open it by hand in the same Maya: a plug-in that it needs may be to blame, or the file may be damaged.",
        if_hangs="Give open_timeout_s= more seconds if it is only slow; load_references='none' opens it without references.",
        limit_s=limit_s,
    )


def no_start(error: BaseException) -> str:
    """Says why ``initialize()`` raised. Maya's own text names the disk when it got no licence; so the disk is looked at."""
    folder = os.environ.get("MAYA_APP_DIR", "")
    said = f"Maya did not start: {str(error).strip()}"
    trouble = _trouble_with(folder)
    if trouble:
        return f"{said} {trouble}"
    if not _LICENCE.search(str(error)):
        return f"{said} Run {by_hand()} in a terminal on {host()} to see more."
    server = os.environ.get("ADSKFLEX_LICENSE_FILE", "not set")
    return (
        f"{said} In most cases there was no licence: ADSKFLEX_LICENSE_FILE is {server} on {host()}, and each mayapy that runs "
        f"takes one (FARMFUTURES_SLOTS limits how many do). Disk and permissions of MAYA_APP_DIR={folder} are in order."
    )


def _trouble_with(folder: str) -> str:
    """Returns what is wrong with the folder for preferences, if anything is."""
    if not os.path.isdir(folder):
        return f"MAYA_APP_DIR={folder or '(not set)'} is no folder on {host()}." if folder else ""
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"MAYA_APP_DIR={folder} can't be written to on {host()}: give yourself the right to, or name another folder."
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE_BYTES:
        return f"The disk of MAYA_APP_DIR={folder} on {host()} has {free // 2**20} MB left: free some space."
    return ""


def no_mayapy(error: ImportError) -> str:
    """Says that this Python has no Maya."""
    return (
        f"{sys.executable} is not a mayapy (import maya.standalone: {error}). Set {VARIABLE}, or the option "
        "interpreter=, to the mayapy of the Maya that this job is for."
    )


def empty() -> str:
    """Says that a Maya started which has no commands."""
    return f"{sys.executable}: maya.standalone.initialize() returned, but maya.cmds is empty. Repair this installation of Maya."


def other_version(here: str, wanted: str, major: int) -> str:
    """Says that this Maya is not the job's."""
    return (
        f"{sys.executable} is Maya {here}, but the job is for Maya {wanted}. Set {VARIABLE} to the "
        f"mayapy of Maya {major} ({{version}} in it stands for the year), or give version={here}."
    )


def host() -> str:
    """Returns what this machine is called."""
    return socket.gethostname() or "this machine"
