"""A support bundle: what somebody needs who has to find out, elsewhere, why a call failed; and the call itself.

    README.txt      what is in it, what was hidden, how to replay it
    bundle.json     the item, how it ended, versions, what was left out and why
    doctor.json     what `farmfutures doctor` finds
    settings.json   all settings, and the variables of FarmFutures and Maya
    jobs.json       the last jobs
    spec.json       what the job of the item asks for: interpreter, environment, bootstrap, settings
    call.bin        the packed call; to be unpickled only by who trusts its author
    log.txt         the last lines that the item printed
    broker.log      the last lines of the broker
    scene/          the scene, if that was asked for

Whatever can't be had (there is no broker, the state folder is refused) is left out and said: that may be the very thing
that somebody needs help with.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import platform
import time
import zipfile
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import farmfutures
from farmfutures.checkup import import_package
from farmfutures.errors import BundleError, FarmFuturesError, NoSuchJobError
from farmfutures.job import ItemInfo, State
from farmfutures.redact import Redactor
from farmfutures.settings import Settings
from farmfutures.worker import logs

from .doctor import examine

FORMAT = 1
LINES = 200
_JOBS = 20
_LOG_BYTES = 256 * 1024

_README = """\
A support bundle of farmfutures {version}, made {made}.

It is about: {about}

Secrets and names of users were hidden: in texts as <secret> and <user>, in the call as xxx ({masked} places). What is
compressed or encoded in the call can't be seen, so it was not looked through. Please look yourself before you send it.
{scene}
Left out: {left_out}

To run the call again, on a machine that has what it needs:

    farmfutures replay {name}

That unpickles call.bin, which runs code that whoever made this bundle has chosen, as you. Do it only if you trust them.
"""


@dataclasses.dataclass(frozen=True)
class Bundle:
    """What was written.

    Attributes:
        path: The zip.
        about: The item in it, in words.
        masked: In how many places of the call something was hidden; None where the call is not in it.
        left_out: What could not be had, and why.
    """

    path: Path
    about: str
    masked: int | None
    left_out: dict[str, str]


class _Collector:
    """What is found so far. Raw: it is redacted when all of its secrets are known."""

    def __init__(self) -> None:
        self.parts: dict[str, Any] = {}
        self.left_out: dict[str, str] = {}
        self.secrets: list[str] = []
        self.users: list[str] = []

    def add(self, name: str, make: Callable[[], Any]) -> None:
        """Adds a part, or says why it is not there."""
        try:
            self.parts[name] = make()
        except (FarmFuturesError, OSError, ValueError) as error:
            self.left_out[name] = str(error)


def support_bundle(
    path: Path, job: int | None = None, item: int | None = None, *, call: bool = True, scene: bool = False, maya: bool = False
) -> Bundle:
    """Writes a support bundle.

    Args:
        path: The zip; it must not be there yet.
        job: Which job it is about. None: the newest one that failed.
        item: Which work item of it. None: the first that failed, else the first.
        call: Put the packed call in, with secrets and names of users masked.
        scene: Put the scene in that the item opens, as it is.
        maya: Have the doctor start each Maya, too, which takes a licence.

    Raises:
        BundleError: It can't be written.
        NoSuchJobError: There is no such job or work item.
    """
    found = _Collector()
    found.add("doctor.json", lambda: [dataclasses.asdict(finding) for finding in examine(quick=not maya)])
    found.add("settings.json", _settings)
    found.add("broker.log", lambda: _tail(Settings.load().state / "broker.log"))
    about = _item_parts(found, job, item, call)
    file = _scene_of(found) if scene else None
    bundle, contents = _redacted(found, path, about)
    _write(path, contents, file)
    return bundle


# What goes in


def _settings() -> dict[str, Any]:
    ours = {name: value for name, value in sorted(os.environ.items()) if name.startswith(("FARMFUTURES_", "MAYA_", "QB"))}
    return {"settings": {name: _plain(value) for name, value in dataclasses.asdict(Settings.load()).items()}, "environ": ours}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _item_parts(found: _Collector, job: int | None, item: int | None, call: bool) -> ItemInfo | None:
    """Collects what is about one work item; returns it, if there is one."""
    try:
        with farmfutures.Farm() as farm:
            jobs = farm.jobs(_JOBS)
            found.add("jobs.json", lambda: [dataclasses.asdict(info) for info in jobs])
            found.users += [info.user for info in jobs]
            about = _choose(farm, job, item)
            if about is None:
                found.left_out["spec.json"] = "no job has failed"
                return None
            _take(found, farm, about, call)
            return about
    except NoSuchJobError:
        raise
    except FarmFuturesError as error:
        found.left_out["jobs.json"] = str(error)
        return None


def _choose(farm: farmfutures.Farm, job: int | None, item: int | None) -> ItemInfo | None:
    if job is None:
        failed = farm.jobs(1, state=State.FAILED) or farm.jobs(1, state=State.KILLED)
        if not failed:
            return None
        job = failed[0].id
    if item is not None:
        return farm.item(job, item)
    items = farm.items(job, 1, state=State.FAILED) or farm.items(job, 1, state=State.KILLED) or farm.items(job, 1)
    return items[0]


def _take(found: _Collector, farm: farmfutures.Farm, about: ItemInfo, call: bool) -> None:
    job, item = about.job_id, about.work_id
    found.add("spec.json", lambda: farm.spec(job, item))
    spec = found.parts.get("spec.json", {})
    found.users.append(spec.get("user", ""))
    found.secrets += _values_of(farm, spec)
    found.add("log.txt", lambda: _tail(Path(about.log_path or os.devnull)))
    if call:
        found.add("call.bin", lambda: farm.packed_call(job, item))
    else:
        found.left_out["call.bin"] = "not wanted"


def _values_of(farm: farmfutures.Farm, spec: dict[str, Any]) -> list[str]:
    """Returns the values of a job's secrets, which the engine keeps apart: the call may have printed them."""
    from farmfutures.engines.local.folder import Folder
    from farmfutures.engines.local.vault import Vault

    kept = spec.get("launch", {}).get("secrets", {}).get("kept")
    if not kept:
        return []
    with contextlib.suppress(OSError):
        return list(Vault(Folder(farm.settings.state)).read(kept).values())
    return []


def _tail(path: Path) -> str:
    return logs.tail(path, LINES, _LOG_BYTES)


def _scene_of(found: _Collector) -> Path | None:
    spec = found.parts.get("spec.json", {})
    name = {**spec.get("launch", {}).get("settings", {}), **spec.get("extra", {}).get("settings", {})}.get("filename")
    if name and os.path.isfile(name):
        return Path(name)
    found.left_out["scene"] = f"there is no file {name}" if name else "the item opens none"
    return None


# Redacted and written


def _redacted(found: _Collector, path: Path, about: ItemInfo | None) -> tuple[Bundle, dict[str, str | bytes]]:
    redactor = Redactor.here(os.environ, secrets=found.secrets, users=found.users)
    masked: int | None = None
    contents: dict[str, str | bytes] = {}
    for name, part in found.parts.items():
        if isinstance(part, bytes):
            try:
                contents[name], masked = redactor.call(part)
            except ValueError as error:
                found.left_out[name] = str(error)
        else:
            contents[name] = redactor.text(part) if isinstance(part, str) else _json(redactor.value(part))
    left_out = {name: redactor.text(why) for name, why in found.left_out.items()}
    text = redactor.text(_in_words(about))
    bundle = Bundle(path, text, masked, left_out)
    values = _about(about) | {"masked": masked, "left_out": left_out}
    return bundle, {"README.txt": _readme(bundle), "bundle.json": _json(redactor.value(values)), **contents}


def _in_words(about: ItemInfo | None) -> str:
    if about is None:
        return "no work item"
    return f"job {about.job_id}, work item {about.work_id} ({about.name}): {about.state.value}; {about.error or 'no error'}"


def _about(about: ItemInfo | None) -> dict[str, Any]:
    packages = {name: import_package(name).get("version") for name in ("zmq", "cloudpickle")}
    item = dataclasses.asdict(about) if about else None
    return {
        "format": FORMAT, "farmfutures": farmfutures.__version__, "python": platform.python_version(), "packages": packages,
        "platform": platform.platform(), "made_s": time.time(), "item": item,
    }  # fmt: skip


def _readme(bundle: Bundle) -> str:
    left_out = "".join(f"\n  {name}: {why}" for name, why in bundle.left_out.items()) or "nothing"
    made = time.strftime("%Y-%m-%d %H:%M")
    scene = "The scene, if it is in scene/, is as it was: nothing was hidden in it."
    return _README.format(
        version=farmfutures.__version__, made=made, about=bundle.about, masked=bundle.masked or 0, scene=scene, left_out=left_out,
        name=bundle.path.name,
    )  # fmt: skip


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _write(path: Path, contents: dict[str, str | bytes], scene: Path | None) -> None:
    try:
        with _created(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, data in contents.items():
                bundle.writestr(name, data)
            if scene is not None:
                bundle.write(scene, f"scene/{scene.name}")
    except FileExistsError as error:
        raise BundleError(f"{path} is there already: choose another name with --output.") from error
    except OSError as error:
        path.unlink(missing_ok=True)
        raise BundleError(f"the bundle {path} can't be written: {error.filename or ''} {error.strerror}.") from error


@contextlib.contextmanager
def _created(path: Path) -> Generator[Any]:
    """Opens a new file that only this user can read."""
    number = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(number, "w+b") as file:
        yield file
