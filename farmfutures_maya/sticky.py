"""What was chosen for a scene the last time, kept beside it: what was submitted comes back when it is submitted again.

    SCENE_FOLDER/.farmfutures/shot.ma.ann.json      one file for a scene and a user, so that nobody has to be locked out
    MAYA_APP_DIR/farmfutures/sticky/....json        where the scene's folder can't be written, and for untitled scenes

Each choice is remembered by itself, until another one takes its place. A file that can't be read costs the choices, never
the job: they are the defaults again, one sentence names the file, and what was in it is kept beside it as ``.broken``.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from farmfutures.settings import os_user

from .atomic import write_text
from .session import app_dir
from .store import FOLDER

UNTITLED = "untitled"

_FORMAT = 1
_FORMAT_KEY, _CHOSEN_KEY = "format", "chosen"


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_count(value) or isinstance(value, float)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


KNOWN: Mapping[str, Callable[[object], bool]] = {
    "source": _is_text, "name": _is_text, "frames": _is_text, "filename": _is_text, "cpus": _is_count, "priority": _is_count,
    "retries": _is_count, "timeout_s": _is_number, "snapshot": _is_switch, "form": _is_table,
}  # fmt: skip
"""What is remembered, and what a value of it has to be. Others in a file are of another version: kept, and not used."""


@dataclass(frozen=True)
class Sticky:
    """The choices for one scene.

    Args:
        scene: Its path, "" while it is untitled.
        user: Whose choices.
        app_folder: The user's Maya folder.
    """

    scene: str
    user: str
    app_folder: Path

    @classmethod
    def of(cls, scene: str) -> Sticky:
        """Returns the choices of this user for a scene."""
        return cls(scene, os_user(), Path(app_dir(os.environ)))

    @property
    def beside(self) -> Path | None:
        """The file beside the scene; None for an untitled one."""
        if not self.scene:
            return None
        path = Path(self.scene)
        return path.parent / FOLDER / f"{path.name}.{quote(self.user, safe='')}.json"

    @property
    def own(self) -> Path:
        """The file in the user's Maya folder."""
        key = hashlib.sha256(self.scene.encode()).hexdigest()[:32] if self.scene else UNTITLED
        return self.app_folder / "farmfutures" / "sticky" / f"{key}.json"

    def load(self) -> dict[str, Any]:
        """Returns what was chosen: a choice that was never made is not in it."""
        chosen = _chosen(self._newest())[0]
        return {name: value for name, value in chosen.items() if name in KNOWN}

    def save(self, chosen: Mapping[str, Any]) -> Path | None:
        """Remembers choices, beside those that are remembered already.

        Args:
            chosen: Of `KNOWN`; None and "" forget a choice.

        Returns:
            The file; None where none could be written, which a warning says.
        """
        newest = self._newest()
        known, rest, broken = _chosen(newest)
        values = {**known, **{name: value for name, value in chosen.items() if name in KNOWN}}
        kept = {name: value for name, value in values.items() if value is not None and value != ""}
        text = json.dumps({**rest, _FORMAT_KEY: _FORMAT, _CHOSEN_KEY: kept}, indent=2, sort_keys=True) + "\n"
        if broken and newest is not None:
            _put_aside(newest)
        return self._write(text)

    def _newest(self) -> Path | None:
        """Returns the file that counts: the other one is of a day on which the folder could, or could not, be written."""
        there = [path for path in (self.beside, self.own) if path is not None and path.is_file()]
        return max(there, key=lambda path: path.stat().st_mtime_ns, default=None)

    def _write(self, text: str) -> Path | None:
        problem = OSError("")
        for path in (self.beside, self.own):
            try:
                if path is not None:
                    path.parent.mkdir(parents=path == self.own, exist_ok=True)  # A folder that is gone is not made again.
                    write_text(path, text)
                    return path
            except OSError as error:
                problem = error
        _warn(f"what was chosen for {self._called()} can't be kept in {self.own} ({problem.strerror or problem}): it will not "
              "come back. Make that folder writable.")  # fmt: skip
        return None

    def _called(self) -> str:
        return self.scene or "the untitled scene"


def _chosen(path: Path | None) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Returns the choices in a file, what else is in it, and whether it is broken."""
    if path is None:
        return {}, {}, False
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        _warn_of_broken(path, error)
        return {}, {}, True
    if not isinstance(found, dict) or not isinstance(cast("dict[str, Any]", found).get(_CHOSEN_KEY), dict):
        _warn_of_broken(path, f'there is no "{_CHOSEN_KEY}" in it')
        return {}, {}, True
    rest = cast("dict[str, Any]", found)
    return _checked(rest.pop(_CHOSEN_KEY), path), rest, False


def _checked(chosen: dict[str, Any], path: Path) -> dict[str, Any]:
    """Returns the choices without those that mean nothing, which a warning names."""
    wrong = sorted(name for name, value in chosen.items() if name in KNOWN and not KNOWN[name](value))
    if wrong:
        said = ", ".join(f"{name}={chosen[name]!r}" for name in wrong)
        _warn(f"{path}: {said} is no such value, so that the default holds. Submit with another one, and it is mended.")
    return {name: value for name, value in chosen.items() if name not in wrong}


def _warn_of_broken(path: Path, why: object) -> None:
    _warn(f"what was chosen for the scene can't be read from {path} ({why}): the defaults hold. Submit again, and the file is "
          "written anew; the old one is kept as .broken.")  # fmt: skip


def _put_aside(path: Path) -> None:
    try:
        os.replace(path, f"{path}.broken")
    except OSError as error:
        _warn(f"{path} can't be kept as {path.name}.broken ({error.strerror}); it is written over.")


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=4)
