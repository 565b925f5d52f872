"""Job options: what there is, checked and made into a `JobSpec`."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .errors import InterpreterNotFoundError, OptionError, RecursionLimitError
from .job import JobSpec, Launch
from .private import must_be_hidden
from .settings import Settings, os_user, python_executable

ENVIRON_PASSTHROUGHS = ("FARMFUTURES_RECURSION_LIMIT", "QBFUTURES_RECURSION_LIMIT", "VEE_EXEC_ARGS", "KS_DEV_ARGS")


def check_names(given: Iterable[str], allowed: Iterable[str], what: str) -> None:
    """Raises `OptionError` for the first unknown name, with the near miss and what is allowed."""
    names = sorted(allowed)
    for name in given:
        if name not in names:
            from difflib import get_close_matches

            near = get_close_matches(name, names, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise OptionError(f"{what} has no option {name!r}.{hint} There are: {', '.join(names)}.")


def _number(low: float, kind: type[float] = float) -> Callable[[str, Any], Any]:
    def check(name: str, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, (int, kind)):
            raise OptionError(f"{name}={value!r}: give {'a whole number' if kind is int else 'a number'}.")
        if value < low:
            raise OptionError(f"{name}={value!r}: must be at least {low:g}.")
        return value

    return check


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise OptionError(f"{name}={value!r}: give a str.")
    return value


def _strings(name: str, value: Any) -> tuple[str, ...]:
    values = (value,) if isinstance(value, (str, os.PathLike)) else tuple(value)
    return tuple(os.fspath(item) if isinstance(item, os.PathLike) else _text(name, item) for item in values)


def _command(name: str, value: Any) -> tuple[str, ...]:
    command = _strings(name, value)
    if not command or shutil.which(command[0]) is None:
        raise InterpreterNotFoundError(
            f"{name}={value!r}: there is no program {command[0] if command else ''!r} on this machine; give the full path of a "
            "Python or mayapy, as a str or as a list with its first arguments."
        )
    return command


def _environ(name: str, value: Any) -> dict[str, str]:
    for key, text in dict(value).items():
        if not isinstance(key, str) or not isinstance(text, (str, int, float)):
            # Not the value itself: it may be a secret, and errors are shown to everybody.
            raise OptionError(f"{name}[{key!r}] is a {type(text).__name__}: names and values of variables are text.")
    return {key: str(text) for key, text in dict(value).items()}


def _mapping(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise OptionError(f"{name}={value!r}: give a dict.")
    return dict(value)


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise OptionError(f"{name}={value!r}: give True or False.")
    return value


def _named(name: str, value: Any) -> str:
    return str(value)


_CHECKS: dict[str, Callable[[str, Any], Any]] = {
    "name": _named, "priority": _number(-1_000_000, int), "cpus": _number(1, int), "user": _text, "env": _environ,
    "secret_env": _environ, "retries": _number(0, int), "attempts": _number(1, int), "timeout_s": _number(0),
    "requirements": _text, "groups": _strings, "chunk": _number(1, int), "detached": _flag, "interpreter": _command,
    "bootstrap": _text, "settings": _mapping, "preflight": _strings, "cwd": lambda name, value: os.fspath(value),
    "sys_path": _strings,
}  # fmt: skip

JOB_OPTIONS = frozenset(_CHECKS)
ITEM_OPTIONS = frozenset({"name", "env", "timeout_s", "retries", "attempts", "settings"})
RESUBMIT_OPTIONS = frozenset({"priority", "cpus", "attempts", "retries", "timeout_s"})


def checked(options: Mapping[str, Any]) -> dict[str, Any]:
    """Checks every value; None means the default and is left out."""
    return {name: _CHECKS[name](name, value) for name, value in options.items() if value is not None}


def attempts(options: Mapping[str, Any]) -> int | None:
    """Reads ``attempts`` or ``retries`` (one less); None where neither is given."""
    retries, total = options.get("retries"), options.get("attempts")
    if retries is not None and total is not None and total != retries + 1:
        raise OptionError(f"retries={retries} means attempts={retries + 1}, not {total}: give one of the two.")
    return total if total is not None else None if retries is None else retries + 1


def level(settings: Settings, environ: Mapping[str, str] | None = None) -> int:
    """Returns the level of a job submitted from this process, from 1 on.

    Raises:
        RecursionLimitError: Jobs have submitted jobs too deeply (qbfutures: with a limit of 4, the fifth recursive job).
    """
    environ = os.environ if environ is None else environ
    depth = int(environ.get("FARMFUTURES_LEVEL") or environ.get("QBLVL") or 0)
    limit = int(environ.get("QBFUTURES_RECURSION_LIMIT") or settings.recursion_limit)
    if depth > limit:
        raise RecursionLimitError(
            f"this code runs {depth} levels of jobs deep and the limit is {limit}, so it may not submit another: submit from "
            "one level up, or raise FARMFUTURES_RECURSION_LIMIT where the first job is submitted."
        )
    return depth + 1


def job_spec(options: Mapping[str, Any], settings: Settings, engine_options: Mapping[str, Any] | None = None) -> JobSpec:
    """Makes the specification of a job from checked options, and those that only its engine has."""
    passed = {name: os.environ[name] for name in ENVIRON_PASSTHROUGHS if name in os.environ}
    env, secrets = _parted({**passed, **options.get("env", {})})
    launch = Launch(
        interpreter=options.get("interpreter") or (python_executable(),),
        env=env,
        secrets={**secrets, **options.get("secret_env", {})},
        sys_path=tuple(os.path.abspath(path) for path in options.get("sys_path", ())) or _own_path(),
        cwd=options.get("cwd") or os.getcwd(),
        bootstrap=options.get("bootstrap"),
        settings=options.get("settings", {}),
        preflight=options.get("preflight", ()),
    )
    return JobSpec(
        launch=launch, priority=options.get("priority", 50), cpus=options.get("cpus"),
        user=options.get("user") or settings.user or os.environ.get("QBFUTURES_USER") or os_user(),
        attempts=attempts(options) or 1, timeout_s=options.get("timeout_s"), detached=options.get("detached", True),
        level=level(settings), requirements=options.get("requirements", ""), groups=options.get("groups", ()),
        chunk=options.get("chunk"), engine_options=dict(engine_options or {}),
    )  # fmt: skip


def _parted(env: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Returns what may be seen, and what is a secret: naming it sends it, and is no wish to show it."""
    secrets = {name: value for name, value in env.items() if must_be_hidden(name, value)}
    return {name: value for name, value in env.items() if name not in secrets}, secrets


def _own_path() -> tuple[str, ...]:
    """Where this process imports from, for workers on the same machine."""
    return tuple(os.path.abspath(path) if path else os.getcwd() for path in sys.path)


def item_extra(options: Mapping[str, Any]) -> dict[str, Any]:
    """Makes what differs for one work item from checked options.

    Raises:
        OptionError: A secret among the variables. A work item lies in the database with all that it has.
    """
    hidden = [name for name, value in options.get("env", {}).items() if must_be_hidden(name, value)]
    if hidden:
        raise OptionError(
            f"env[{hidden[0]!r}] looks like a secret, and secrets are kept for a whole job: give it to the batch, as "
            f"batch(env={{{hidden[0]!r}: ...}}), or choose another name if it is none."
        )
    extra = {name: options[name] for name in ("env", "timeout_s", "settings") if name in options}
    tries = attempts(options)
    return {**extra, "attempts": tries} if tries is not None else extra


def resubmit_changes(given: Mapping[str, Any]) -> dict[str, Any]:
    """Makes what differs for a job that is submitted once more, from unchecked options.

    Raises:
        OptionError: An option is none of these, or has a bad value.
    """
    check_names(given, RESUBMIT_OPTIONS, "a resubmission")
    options = checked(given)
    changes: dict[str, Any] = {name: None for name in ("cpus", "timeout_s") if name in given}  # None is no limit.
    changes.update((name, options[name]) for name in ("priority", "cpus", "timeout_s") if name in options)
    tries = attempts(options)
    return changes if tries is None else {**changes, "attempts": tries}
