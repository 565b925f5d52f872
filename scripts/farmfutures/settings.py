"""One settings file and ``FARMFUTURES_*`` variables.

The file is TOML: ``$FARMFUTURES_SETTINGS``, else ``settings.toml`` in the user's configuration folder. A variable
``FARMFUTURES_SLOTS=4`` wins over ``slots = 4`` in the file. See `Settings` for the names, units and defaults.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ._public import public
from .errors import OptionError

PREFIX = "FARMFUTURES_"


def default_state() -> Path:
    """Returns the folder for state of this user on this machine, as the platform has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "farmfutures"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/farmfutures"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "farmfutures"


def default_file() -> Path:
    """Returns where the settings file is looked for when ``FARMFUTURES_SETTINGS`` doesn't say."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData/Roaming") / "farmfutures/settings.toml"
    if sys.platform == "darwin":
        return Path.home() / "Library/Preferences/farmfutures/settings.toml"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "farmfutures/settings.toml"


@public
@dataclass(frozen=True)
class Settings:
    """What can be set.

    Attributes:
        engine: The engine of executors that name none.
        state: Folder of the local engine: queue, results, logs. Never on a network file system.
        slots: How many interpreters may live at once on this machine, over all jobs.
        broker_idle_s: The broker leaves after so many seconds with no work and no client.
        interpreter_idle_s: An interpreter leaves after so many seconds without work.
        start_timeout_s: An interpreter that is not ready by then is killed and counts as a failed start.
        max_items_per_interpreter: An interpreter is replaced after so many items; 0 means never.
        memory_mark_bytes: An interpreter that holds more than this between two items is replaced; 0 means never.
        memory_retries: How often an item that the system killed for want of memory runs again, apart from its ``attempts``.
        log_limit_bytes: What one item's log may hold; the middle of a longer one is left out.
        history_days: Jobs that ended longer ago are removed; 0 keeps them all.
        history_bytes: The oldest ended jobs are removed while the database is larger than this; 0 means no limit.
        snapshot_days: Copies of scenes are removed so many days after the last job that opens them; 0 keeps them all.
        inline_limit_bytes: Calls and results above this go by file, not through the database.
        max_payload_bytes: A call larger than this is refused in ``submit``.
        recursion_limit: How many levels of jobs may submit jobs.
        transport: ``auto`` (a unix socket where there are any, else ``tcp``), ``ipc`` or ``tcp`` (loopback, CurveZMQ).
        synchronous: ``normal`` survives every crash of a process, ``full`` power loss too, and is slower.
        groups: The groups that this machine belongs to, for the job option ``groups``.
        user: The default of the job option ``user``.
        path_mapping: Which folders are the same place on which platform, ``["P:/ <-> /mnt/projects"]``; see
            `farmfutures.maya.PathMapping`.
        actions: Folders with a studio's own actions for the panel, see `farmfutures.maya.actions`.
        python: The Python that the broker and the supervisors run on.
        spool: The shared folder of engines with more than one machine: all machines see it, and it is yours.
        spool_seen_as: The same folder as workers see it; empty: at the same place.
        spool_python: The Python of workers, as they see it; empty: this one.
        spool_poll_s: How often the shared folder is looked at, at most, while something happens in it.
        spool_poll_most_s: How often it is looked at, at least, while nothing does.
        spool_delay_s: How late a network file system may show what another machine wrote.
        engine_poll_s: How often an engine with more than one machine is asked how its work stands, at most.
        chunk_share: The largest share of a job that one chunk may hold, where the job option ``chunk`` does not say; up to 1.
        openjd_target: Who runs jobs of the engine ``openjd``: ``here`` (this machine), ``bundle`` (nobody: the bundle is only
            written), ``deadline`` (AWS Deadline Cloud, as ``deadline config`` has it).
        dask_scheduler: The address of the Dask scheduler, ``tls://host:8786``; ``local`` starts a small cluster for trying, which
            ends with the process that uses it.
        dask_tls_ca: File of the authority whose certificates Dask's scheduler and workers have.
        dask_tls_cert: File of the certificate that we show to Dask's scheduler.
        dask_tls_key: File of that certificate's key.
    """

    engine: str = "local"
    state: Path = field(default_factory=default_state)
    slots: int = field(default_factory=lambda: os.cpu_count() or 1)
    broker_idle_s: float = 30.0
    interpreter_idle_s: float = 300.0
    start_timeout_s: float = 300.0
    max_items_per_interpreter: int = 0
    memory_mark_bytes: int = 0
    memory_retries: int = 1
    log_limit_bytes: int = 64 * 1024 * 1024
    history_days: float = 30.0
    history_bytes: int = 2 * 1024**3
    snapshot_days: float = 7.0
    inline_limit_bytes: int = 128 * 1024
    max_payload_bytes: int = 4 * 1024**3
    recursion_limit: int = 4
    transport: str = "auto"
    synchronous: str = "normal"
    groups: tuple[str, ...] = ("local",)
    user: str = ""
    path_mapping: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    python: str = ""
    spool: str = ""
    spool_seen_as: str = ""
    spool_python: str = ""
    spool_poll_s: float = 0.5
    spool_poll_most_s: float = 10.0
    spool_delay_s: float = 30.0
    engine_poll_s: float = 5.0
    chunk_share: float = 0.05
    openjd_target: str = "here"
    dask_scheduler: str = ""
    dask_tls_ca: str = ""
    dask_tls_cert: str = ""
    dask_tls_key: str = ""

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Reads the file and the variables.

        Args:
            environ: Instead of ``os.environ``.

        Raises:
            OptionError: The file or a variable holds an unknown name or a bad value.
        """
        environ = os.environ if environ is None else environ
        path = Path(environ.get(PREFIX + "SETTINGS") or default_file())
        values = _from_file(path)
        for item in fields(cls):
            text = environ.get(PREFIX + item.name.upper())
            if text is not None:
                values[item.name] = _parse(item.name, text, f"the variable {PREFIX}{item.name.upper()}")
        return cls(**values)


def _kinds() -> dict[str, str]:
    return {item.name: str(item.type) for item in fields(Settings)}


def _from_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OptionError(f"the settings file {path} can't be read: {error}") from error
    import tomllib  # Imported late, as difflib below: most people have no such file, and their import is to be quick.

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"the settings file {path} can't be read: {error}") from error
    for name in table:
        if name not in _kinds():
            from difflib import get_close_matches

            near = get_close_matches(name, _kinds(), 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise OptionError(f"{path}: there is no setting {name!r}.{hint} There are: {', '.join(_kinds())}.")
    return {name: _parse(name, value, f"{name} in {path}") for name, value in table.items()}


def _parse(name: str, value: Any, place: str) -> Any:
    kind = _kinds()[name]
    try:
        if kind == "tuple[str, ...]":
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts)
        parsed = _PARSERS[kind](os.path.expanduser(value) if name == "spool" else value)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{place}: {value!r} is not a {kind} ({error}).") from error
    _check(name, parsed, place)
    return parsed


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "int": int, "float": float, "str": str, "Path": lambda value: Path(value).expanduser(),
}  # fmt: skip
_CHOICES = {
    "transport": ("auto", "ipc", "tcp"),
    "synchronous": ("normal", "full"),
    "openjd_target": ("here", "bundle", "deadline"),
}
_LEAST = {
    "slots": 1, "recursion_limit": 1, "spool_poll_s": 0.01, "spool_poll_most_s": 0.01, "engine_poll_s": 0.01, "chunk_share": 1e-6,
}  # fmt: skip
_MOST = {"chunk_share": 1}


def _check(name: str, value: Any, place: str) -> None:
    if name in _CHOICES and value not in _CHOICES[name]:
        raise OptionError(f"{place}: {value!r} is not one of {', '.join(_CHOICES[name])}.")
    if isinstance(value, (int, float)) and value < _LEAST.get(name, 0):
        raise OptionError(f"{place}: {value!r} is too small.")
    if name in _MOST and value > _MOST[name]:
        raise OptionError(f"{place}: {value!r} is too large, {_MOST[name]} is the most.")


def python_executable(executable: str = sys.executable) -> str:
    """Returns the Python that stands for this process: in an interactive Maya its ``mayapy``.

    That is beside it, and on macOS, where Maya is ``Contents/MacOS/Maya``, in ``Contents/bin`` (Maya help 2027, "Python
    from an external interpreter").

    Args:
        executable: Instead of ``sys.executable``, which is Maya's own program there, and no Python.
    """
    path = Path(executable)
    if path.stem.lower() != "maya":
        return executable
    name = "mayapy.exe" if path.suffix.lower() == ".exe" else "mayapy"
    places = (path.parent.parent / "bin" / name, path.with_name(name))
    return next((str(mayapy) for mayapy in places if mayapy.is_file()), executable)


def os_user() -> str:
    """Returns the name of the user who runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"
