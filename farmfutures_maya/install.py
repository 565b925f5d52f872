"""Puts the module where Maya finds it, with what Maya's Python lacks, and takes all of it away again.

    <modules>/farmfutures.mod            what Maya reads: a block for each Maya
    <modules>/farmfutures/               the module: scripts, plug-in, shelf
    <modules>/farmfutures/vendor/cp311-...   pyzmq and cloudpickle; see `farmfutures._vendor`
    <modules>/farmfutures/installed.json     every file that was written, with its digest

``<modules>`` is ``modules`` in the user's Maya folder, which is on every Maya's module path, or a folder of the studio's
that has to be put on ``MAYA_MODULE_PATH``. Whatever can fail (fetching, copying) is done in a folder beside first. What
is written is on the list before it is written, so that an installation that was cut short can be taken away, too.

The module's path is written relative to the ``.mod``: on a share, Windows and Linux see it under different names.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import farmfutures
from farmfutures.errors import InstallError, OptionError

from . import mayapy, vendoring
from .session import app_dir

NAME = "farmfutures"
MOD = f"{NAME}.mod"
LIST = f"{NAME}/installed.json"
PYTHONS = {2025: (3, 11), 2026: (3, 11), 2027: (3, 13)}
"""Which Python a Maya has. Another Maya is asked, where it is installed."""

_ASSETS = ("plugins", "shelves", "icons")
_ASK = "import sys; print('farmfutures:', *sys.version_info[:2])"


@dataclass(frozen=True, slots=True)
class Installation:
    """What `install` wrote, or `installation` found.

    Attributes:
        folder: The folder of modules that it is in.
        version: Of farmfutures.
        mayas: The years of the Mayas that load it.
        packages: What came along: ``{"cp311-linux-x86_64": ["pyzmq 27.3.0", "cloudpickle 3.1.3"]}``.
        files: Path below `folder`, with ``/``, and SHA-256 of every file.
        made: The folders, `folder` and those above it, that were not there before.
    """

    folder: Path
    version: str
    mayas: tuple[int, ...]
    packages: Mapping[str, list[str]]
    files: Mapping[str, str]
    made: tuple[str, ...] = ()

    @property
    def mod(self) -> Path:
        """The file that Maya reads."""
        return self.folder / MOD

    def changed(self) -> list[Path]:
        """Returns the files that somebody has changed since."""
        paths = ((self.folder / name, digest) for name, digest in self.files.items())
        return [path for path, digest in paths if path.is_file() and _digest(path) != digest]


def user_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Returns the folder of modules that every Maya of this user reads.

    Args:
        environ: Instead of ``os.environ``.
    """
    return Path(app_dir(os.environ if environ is None else environ)) / "modules"


def installation(folder: Path) -> Installation | None:
    """Returns what is installed in a folder of modules, or None.

    Raises:
        InstallError: The list of what was written can't be read.
    """
    try:
        values: dict[str, Any] = json.loads((folder / LIST).read_text(encoding="utf-8"))
        values |= {"folder": folder, "mayas": tuple(values["mayas"]), "made": tuple(values["made"])}
        found = Installation(**values)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InstallError(
            f"{folder / LIST} can't be read ({error}): remove {folder / MOD} and {folder / NAME} by hand."
        ) from error
    for name in found.files:
        _check_below(folder, name)
    return found


def _check_below(folder: Path, name: str) -> None:
    """The list may lie where others can write: it must not have us remove what is elsewhere."""
    parts = PurePosixPath(name).parts
    if ".." in parts or "\\" in name or ":" in name or not parts or parts[0] not in (MOD, NAME):
        raise InstallError(
            f"{folder / LIST} names {name!r}, which is no file of ours: somebody has changed it. Nothing was done."
        )


def install(folder: Path, versions: Iterable[object] = (), *, wheels: Path | None = None) -> Installation:
    """Puts the module into a folder of modules; over an older one, which loses nothing but its files.

    Args:
        folder: See `user_folder`.
        versions: The Mayas that are to load it. None: all that farmfutures knows.
        wheels: A folder with the wheels of pyzmq and cloudpickle, for a machine without a network.

    Returns:
        What was written.

    Raises:
        InstallError: It could not be fetched or written, or something that is not ours is in the way; `folder` is as it
            was before, unless the message says something else.
        OptionError: A version is none, or its Maya is too old.
    """
    before = installation(folder)
    _check_free(folder, before)
    pythons = {year: _python(year) for year in _years(versions)}
    pythons.update({year: _python(year) for year in before.mayas} if before else {})
    made = _make(folder)
    stage = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=_writable(folder, made)))
    try:
        packages = _fill(stage, pythons, wheels, before)
        now = _described(folder, stage, pythons, packages, (*before.made, *made) if before else made)
        if before:
            uninstall(folder, keep_folders=True)
        _move(stage, now)
    except OSError as error:
        raise InstallError(_busy(error)) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)
        _unmake(made)  # Which does nothing once there is something in them.
    return now


def _years(versions: Iterable[object]) -> list[int]:
    years = sorted({_year(version) for version in versions})
    return years or sorted(PYTHONS)


def _year(version: object) -> int:
    year = mayapy.MayaVersion.parse(version).major
    if year is None or year < min(PYTHONS):
        raise OptionError(f"Maya {version} can't load farmfutures, which needs Python 3.11: that is Maya 2025 or later.")
    return year


def _python(year: int) -> tuple[int, int]:
    if year in PYTHONS:
        return PYTHONS[year]
    path = mayapy.find(year).path
    try:
        done = subprocess.run([path, "-c", _ASK], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InstallError(f"{path} does not say which Python it is: {error}") from error
    major, minor = (int(word) for word in done.stdout.rpartition("farmfutures:")[2].split()[:2])
    return major, minor


def _check_free(folder: Path, before: Installation | None) -> None:
    """Whatever is in the way and was not written by `install` is somebody's, and stays."""
    if before is None:
        for path in (folder / MOD, folder / NAME):
            if os.path.lexists(path):
                raise InstallError(
                    f"{path} is there and was not written by farmfutures install: move it away, or choose another --site."
                )
    elif before.changed():
        raise InstallError(f"{before.changed()[0]} was changed since it was installed: move it away first, then install again.")


def _make(folder: Path) -> tuple[str, ...]:
    """Makes the folder; returns which folders were not there, the outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InstallError(f"the folder {folder} can't be made: {error.strerror}. Choose another with --site.") from error
    return tuple(str(path) for path in reversed(missing))


def _unmake(made: Iterable[str]) -> None:
    """Removes folders of ours that hold nothing."""
    for path in reversed(tuple(made)):
        try:
            os.rmdir(path)
        except OSError:
            return  # Somebody has put something there, so that those above it are not empty either.


def _writable(folder: Path, made: tuple[str, ...]) -> Path:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        _unmake(made)
        raise InstallError(f"the folder {folder} can't be written: {error.strerror}. Choose another with --site.") from error


def _busy(error: OSError) -> str:
    return f"{error.filename or 'a file'} can't be written: {error.strerror}. Close every Maya that uses it, and install again."


# What is installed


def _fill(
    stage: Path, pythons: Mapping[int, tuple[int, int]], wheels: Path | None, before: Installation | None
) -> dict[str, list[str]]:
    """Puts everything into a folder as it will be in the folder of modules; returns what was fetched."""
    root = assets()
    for source, name in _sources(root):
        target = stage / NAME / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    packages = vendoring.keep(before.folder / NAME, stage / NAME) if before else {}
    packages |= vendoring.fetch(set(pythons.values()), stage / NAME, wheels)
    description = (root / "module.mod").read_text(encoding="utf-8")
    (stage / MOD).write_text(mod_text(description, sorted(pythons)), encoding="utf-8", newline="\n")
    return packages


def _sources(root: Path) -> Iterator[tuple[Path, str]]:
    """Yields every file of the module and its name in it."""
    packages = {f"scripts/{NAME}": Path(next(iter(farmfutures.__path__))), "farmfutures_maya": Path(__file__).parent}
    folders = {**packages, **{name: root / name for name in _ASSETS}}
    for name, folder in folders.items():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path, f"{name}/{path.relative_to(folder).as_posix()}"
    yield root / "module.mod", "module.mod"


def assets() -> Path:
    """Returns the folder with ``module.mod``, plug-in and shelf: of a checkout, else where pip puts shared files.

    Raises:
        InstallError: They are nowhere.
    """
    for root in _asset_folders():
        if (root / "module.mod").is_file():
            return root
    raise InstallError("the plug-in and the shelf did not come with this farmfutures: install it again, whole, with pip.")


def _asset_folders() -> Iterator[Path]:
    yield Path(__file__).resolve().parents[1]
    from importlib.metadata import PackageNotFoundError, files

    try:
        yield from (Path(str(file.locate())).resolve().parent for file in files(NAME) or () if file.name == "module.mod")
    except PackageNotFoundError:
        return


def mod_text(description: str, years: Iterable[int]) -> str:
    """Returns the text of the ``.mod``: the block of our own description, once for each Maya.

    Within a block there is no blank line and no comment: Maya stops there (MHendricks/maya-module-examples).

    Args:
        description: The text of ``module.mod``.
        years: Of the Mayas.
    """
    head, *settings = [line for line in description.splitlines() if line.strip()]
    version = head.split()[2]
    block = "".join(f"{line}\n" for line in settings)
    return "".join(f"+ MAYAVERSION:{year} {NAME} {version} {NAME}\n{block}" for year in years)


def _described(
    folder: Path, stage: Path, years: Iterable[int], packages: dict[str, list[str]], made: tuple[str, ...]
) -> Installation:
    files = {path.relative_to(stage).as_posix(): _digest(path) for path in sorted(stage.rglob("*")) if path.is_file()}
    return Installation(folder, farmfutures.__version__, tuple(sorted(years)), packages, files, made)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _move(stage: Path, now: Installation) -> None:
    """Moves all into place: the list first, and last what makes Maya see it."""
    (now.folder / NAME).mkdir(exist_ok=True)
    text = json.dumps({name: value for name, value in asdict(now).items() if name != "folder"}, indent=1)
    (now.folder / LIST).write_text(text, encoding="utf-8")
    for name in sorted(now.files, key=lambda name: name == MOD):
        target = now.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage / name, target)


# Taking it away


def uninstall(folder: Path, *, keep_folders: bool = False) -> list[Path]:
    """Removes what `install` wrote into a folder of modules, and what Python compiled of it.

    Args:
        folder: See `user_folder`.
        keep_folders: Leave the folder of modules, even if it was made by `install`.

    Returns:
        What is left: files that were changed since, or that somebody else has put there.

    Raises:
        InstallError: Nothing is installed there, or a file can't be removed.
    """
    found = installation(folder)
    if found is None:
        raise InstallError(f"farmfutures install has put nothing into {folder}: name the folder with --site.")
    kept = set(found.changed())
    try:
        for name in sorted(found.files, key=lambda name: name != MOD):  # First what makes Maya see it.
            if folder / name not in kept:
                _remove(folder / name)
        (folder / LIST).unlink(missing_ok=True)
    except OSError as error:
        raise InstallError(
            f"{error.filename} can't be removed: {error.strerror}. Close every Maya that uses it first."
        ) from error
    _remove_empty({parent for name in found.files for parent in (folder / name).parents if folder in parent.parents})
    if not keep_folders:
        _unmake(found.made)
    return sorted(kept | {path for path in (folder / NAME).rglob("*") if not path.is_dir()})


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.suffix == ".py":
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink(missing_ok=True)


def _remove_empty(folders: set[Path]) -> None:
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        for path in (folder / "__pycache__", folder):
            try:
                path.rmdir()
            except OSError:
                pass  # Not there, or not empty: what is in it is not ours.
