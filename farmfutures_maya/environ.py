"""Which environment variables travel to a worker, and which never do.

The worker starts from its own environment; a variable of the session is added to it only where this room says so. A
copy of ``os.environ`` would carry the session's ``PYTHONHOME`` and library paths into another Maya ("Invalid Python
Environment"), plug-in paths that its modules add anyway, and secrets.

In the order in which a name is judged:

- named by the caller (``env={...}``): not judged here at all, it travels;
- the worker's own (`WORKER_OWN`): never;
- a secret by name (`farmfutures.private`) or by value (a password in a URL): only if `Policy.allow_secrets` has its very
  name, and then apart from the others, so that nothing that can be read later holds its value;
- a search path (`PATHS`): without empty and double entries, without what the worker's Maya and the modules that travel
  add by themselves;
- a single value that Maya reads (`VALUES`), the pipeline's (`PIPELINE`), or one that paths in the scene use: as it is;
- everything else: not.

A variable that paths in the scene use is required: without it the worker does not find the file. One that can't travel is
among `Judged.missing`, and `Policy.missing` says what that means. Values are mapped for another platform on the worker, by
`path_mapping`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from farmfutures.errors import OptionError
from farmfutures.private import holds_password, is_secret, matches

from .modules import Additions


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WORKER_OWN = _words(
    "MAYA_LOCATION MAYA_APP_DIR MAYA_ENV_DIR PYTHONHOME PATH LD_LIBRARY_PATH LD_PRELOAD DYLD_* QT_PLUGIN_PATH "
    "QT_QPA_PLATFORM QT_QPA_PLATFORM_PLUGIN_PATH TMP TEMP TMPDIR HOME HOMEDRIVE HOMEPATH USERPROFILE USER USERNAME "
    "APPDATA LOCALAPPDATA PROGRAMDATA PROGRAMFILES* COMPUTERNAME HOSTNAME VIRTUAL_ENV "
    "LOGNAME SHELL PWD OLDPWD SHLVL _ DISPLAY WAYLAND_DISPLAY XAUTHORITY XDG_* DBUS_* SSH_* FARMFUTURES_* QBLVL"
)
"""Variables that belong to the worker: Maya sets them when it starts, or they describe machine, user and desktop."""

PATHS = _words(
    "MAYA_MODULE_PATH MAYA_PLUG_IN_PATH MAYA_SCRIPT_PATH PYTHONPATH XBMLANGPATH MAYA_PRESET_PATH "
    "MAYA_CUSTOM_TEMPLATE_PATH MAYA_RENDER_DESC_PATH ARNOLD_PLUGIN_PATH MTOA_EXTENSIONS_PATH MTOA_TEMPLATES_PATH "
    "REDSHIFT_MAYAEXTENSIONSPATH PXR_PLUGINPATH_NAME"
)
"""Search paths. Not MAYA_SHELF_PATH: a worker has no shelves."""

VALUES = _words(
    "OCIO MAYA_COLOR_MANAGEMENT_POLICY_FILE MAYA_PROJECT MTOA_* REDSHIFT_* PXR_* ARNOLD_* MAYA_SKIP_USERSETUP_PY "
    "PYMEL_SKIP_MEL_INIT"
)
"""Single values that Maya and its renderers read."""

PIPELINE = _words("AYON_* OPENPYPE_* REZ_USED_* SHOW SHOT SEQ SEQUENCE PROJECT PROJ JOB")
"""What pipelines set. `Policy.allow` adds to it."""

_USES = re.compile(r"\$\{([^\W\d]\w*)\}|\$([^\W\d]\w*)|%([^\W\d]\w*)%")


@dataclass(frozen=True, slots=True)
class Policy:
    """What a studio adds to the rules.

    Attributes:
        allow: Names or patterns (``STUDIO_*``) of variables that travel too. A secret does not: name it in `allow_secrets`.
        drop: Names or patterns of variables that stay.
        allow_secrets: Names of secrets that travel, each written out: ``("FTRACK_API_KEY",)``. Their values are in no
            database, journal or log.
        missing: What a variable means that paths in the scene use and that can't travel: ``"warn"``, ``"refuse"``
            (`MissingVariableError`) or ``"ignore"``. The job's log says it in any case.

    Raises:
        OptionError: A pattern among `allow_secrets`, or `missing` is something else.
    """

    allow: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    allow_secrets: tuple[str, ...] = ()
    missing: Literal["warn", "refuse", "ignore"] = "warn"

    def __post_init__(self) -> None:
        for field_ in ("allow", "drop", "allow_secrets"):
            given = getattr(self, field_)
            object.__setattr__(self, field_, (given,) if isinstance(given, str) else tuple(given))
        for name in self.allow_secrets:
            if not name.isidentifier():
                raise OptionError(f"allow_secrets has {name!r}: secrets are named one by one, without patterns.")
        if self.missing not in ("warn", "refuse", "ignore"):
            raise OptionError(f"missing={self.missing!r} is none of warn, refuse, ignore.")


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of the session's installation, to tell its own search path entries from the caller's.

    Attributes:
        maya_location: The session's ``MAYA_LOCATION``.
        app_dir: The session's ``MAYA_APP_DIR``.
        modules: What the modules that Maya found add to variables.
    """

    maya_location: str = ""
    app_dir: str = ""
    modules: Additions = field(default_factory=Additions)


@dataclass(slots=True)
class Judged:
    """What travels and what is held back.

    Attributes:
        values: The variables that travel.
        secrets: Names of secrets that travel apart from these.
        held_back: Names of variables that somebody might miss on the worker, and why they stay.
        missing: Variables that paths in the scene use and that are not set, or held back.
    """

    values: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    secrets: tuple[str, ...] = ()
    held_back: dict[str, str] = field(default_factory=dict[str, str])
    missing: tuple[str, ...] = ()


def judge(
    environ: Mapping[str, str], place: Place | None = None, *, used: Iterable[str] = (), policy: Policy | None = None
) -> Judged:
    """Sorts an environment by the rules above.

    Args:
        environ: The session's environment.
        place: The session's installation.
        used: Variables that paths in the scene use; see `variables_in`.
        policy: What a studio adds.
    """
    place, policy, used = place or Place(), policy or Policy(), set(used)
    judged = Judged(held_back={name: "is not set in this session" for name in policy.allow_secrets if name not in environ})
    for name, value in sorted(environ.items()):
        reason = _reason_to_stay(name, value, policy, used)
        if reason is None and name in policy.allow_secrets:
            judged.secrets += (name,)
        elif reason is None:
            _let_travel(judged, name, value, place)
        elif reason:
            judged.held_back[name] = reason
    judged.missing = tuple(sorted(name for name in used if not _is_there(name, environ, judged)))
    return judged


def _is_there(name: str, environ: Mapping[str, str], judged: Judged) -> bool:
    """Returns whether the worker has a variable: one that travels, or its own of that name."""
    own = name in environ and matches(name, WORKER_OWN)
    return own or name in judged.values or name in judged.secrets


def _reason_to_stay(name: str, value: str, policy: Policy, used: set[str]) -> str | None:
    """Returns why a variable is held back, "" where nobody would expect it to travel, None where it travels."""
    if matches(name, WORKER_OWN):
        return "the worker's own" if name in used or matches(name, policy.allow) else ""
    if name in policy.allow_secrets:
        return None
    if is_secret(name):
        return f"looks like a secret; {_TO_SEND_IT}"
    wanted = name in used or any(matches(name, names) for names in (PATHS, VALUES, PIPELINE, policy.allow))
    if not wanted:
        return ""
    if matches(name, policy.drop):
        return "dropped by the policy"
    return f"its value holds a password; {_TO_SEND_IT}" if holds_password(value) else None


_TO_SEND_IT = "name it in Policy(allow_secrets=...) to send it"


def _let_travel(judged: Judged, name: str, value: str, place: Place) -> None:
    if name not in PATHS:
        if _normal(value) in map(_normal, place.modules.values.get(name, ())):
            judged.held_back[name] = "a module sets it"
        else:
            judged.values[name] = value
        return
    kept = _own_entries(name, value, place)
    if kept:
        judged.values[name] = os.pathsep.join(kept)
    elif value:
        judged.held_back[name] = "the worker's Maya adds all of its entries by itself"


def _own_entries(name: str, value: str, place: Place) -> list[str]:
    """Returns the entries of a search path, in order, without what the worker adds to it anyway."""
    theirs = [place.maya_location, place.app_dir, *(() if name == "MAYA_MODULE_PATH" else place.modules.folders)]
    roots = [_normal(root) for root in theirs if root]
    added = {_normal(entry) for entry in place.modules.values.get(name, ())}
    kept: dict[str, str] = {}
    for entry in value.split(os.pathsep):
        plain = _normal(entry)
        if plain and plain not in added and not any(_is_below(plain, root) for root in roots):
            kept.setdefault(plain, entry)
    return list(kept.values())


def _normal(path: str) -> str:
    """Returns a path in the one form in which two spellings of it are equal. XBMLANGPATH ends in ``/%B`` on Linux."""
    path = path.strip().removesuffix("/%B")
    return os.path.normcase(os.path.normpath(path)) if path else ""


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def variables_in(paths: Iterable[str]) -> set[str]:
    """Returns the names of the variables that these paths use: ``$PROJ/a.tx``, ``${PROJ}/a.tx``, ``%PROJ%/a.tx``."""
    return {next(filter(None, found.groups())) for path in paths for found in _USES.finditer(path)}
