"""What is in a pack: a list in JSON, and the names under which its files are laid out.

    PACK/manifests/1f2e....json      one packed state: original path, place in the tree, digest and size of each file
    PACK/content/ab/abcdef...        each content once, whoever needs it, by SHA-256

The tree mirrors full paths: ``/mnt/show/tex/a.png`` lies at ``mnt/show/tex/a.png``, ``P:/show`` at ``P/show`` and a UNC share
at ``UNC/server/share``. So paths that are relative to scene or project lead to the same files as before, ``..`` in them
included, and one pair of folders for ``dirmap`` is enough for those that are absolute.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from farmfutures.errors import PackError

from .atomic import write_text

FORMAT = 1
MANIFESTS, CONTENT = "manifests", "content"

_DRIVE = re.compile(r"([A-Za-z]):/")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_BAD = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """A file of a pack.

    Attributes:
        path: Its place in the tree, with forward slashes.
        original: Its path where it was packed.
        digest: SHA-256 of its content, in hexadecimal.
        size_bytes: Its size.
    """

    path: str
    original: str
    digest: str
    size_bytes: int


@dataclass(frozen=True)
class Manifest:
    """One packed state of a scene.

    Attributes:
        scene: The place of the scene in the tree.
        given: The path of the scene where it was packed: the scene itself, or the copy of it.
        workspace: The project, where it was packed; "" for none.
        variables: The values of variables that paths in the scene use.
        aliases: Pairs of a folder's name in the scene and its name where it was packed.
        files: All files.
    """

    scene: str
    given: str
    workspace: str = ""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    aliases: Sequence[tuple[str, str]] = ()
    files: tuple[Entry, ...] = ()

    def write(self, pack: Path) -> Path:
        """Writes it; the same state is the same file."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True) + "\n"
        path = pack / MANIFESTS / f"{hashlib.sha256(text.encode()).hexdigest()}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_text(path, text)
        return path

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """Reads one. Whoever wrote it: no name in it leads out of the folder that its files are laid out in.

        Raises:
            PackError: It is none, or a name in it is not safe.
        """
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if values.pop("format") != FORMAT:
                raise PackError(f"{path} is a pack of another format: use the farmfutures that wrote it, or pack again.")
            files = tuple(Entry(**entry) for entry in values.pop("files"))
            found = cls(**values, files=files)
            _check(found, path)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise PackError(f"{path} can't be read as the list of a pack ({error}): pack the scene again.") from error
        return found


def _check(manifest: Manifest, path: Path) -> None:
    for entry in manifest.files:
        if why := unsafe(entry.path):
            raise PackError(f"{path} names {entry.path!r}, which {why}: nothing of it was unpacked. Where is it from?")
        if not _DIGEST.fullmatch(entry.digest):
            raise PackError(f"{path}: {entry.digest!r} is no digest: nothing of it was unpacked.")
    if manifest.scene not in {entry.path for entry in manifest.files}:
        raise PackError(f"{path}: its scene {manifest.scene!r} is none of its files: pack the scene again.")
    folders = [manifest.workspace, *(new for _, new in manifest.aliases), *filter(is_full, manifest.variables.values())]
    for folder in filter(None, folders):
        if not is_full(folder) or unsafe(tree_of(folder)):
            raise PackError(f"{path} names the folder {folder!r}, which leads elsewhere: nothing of it was unpacked.")


def content(pack: Path, digest: str) -> Path:
    """Returns where a content is kept."""
    return pack / CONTENT / digest[:2] / digest


def is_full(path: str) -> bool:
    """Returns whether this is a full path of any platform."""
    plain = path.replace("\\", "/")
    return plain.startswith("/") or _DRIVE.match(plain) is not None


def tree_of(path: str) -> str:
    """Returns the place in the tree of a full path."""
    plain = posixpath.normpath(path.replace("\\", "/") if os.name == "nt" or _DRIVE.match(path.replace("\\", "/")) else path)
    if plain.startswith("//"):
        return "UNC/" + plain[2:]
    return _DRIVE.sub(r"\1/", f"{plain}/" if len(plain) == 2 else plain, count=1).strip("/")


def unsafe(path: str) -> str:
    """Returns why a place in the tree is none that every system can have, or ""."""
    parts = path.split("/")
    if path.startswith("/"):
        return "is not relative"
    if any(part in ("", ".", "..") for part in parts):
        return "leads elsewhere"
    if any(_BAD.search(part) for part in parts):
        return "has characters that not every system allows in names"
    if any(_DEVICES.fullmatch(part) or part[-1] in ". " for part in parts):
        return "has a name that Windows can't have"
    return ""
