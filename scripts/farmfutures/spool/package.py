"""The job as it lies in the shared folder: a sealed header, and the calls, each with its digest in the header.

A runner reads the header and of the calls only its own; whatever it reads is checked before it is unpickled.
"""

from __future__ import annotations

import dataclasses
import json
import struct
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import PackageError, SealError
from ..guard import write_private
from ..job import JobSpec, WorkSpec
from ..pieces import Pieces, save
from .layout import JobFolder
from .seal import Seal, digest, digest_of

FORMAT = 1
"""Goes up when a runner of before could not make sense of what is written now."""

_HEAD = struct.Struct("<HI")
_ROW = struct.Struct("<QQ32s")
_APART = (1 << 64) - 1
"""Stands for the place of a call that has a file of its own."""


@dataclass(frozen=True, slots=True)
class Package:
    """What the header says.

    Attributes:
        job: The job's number.
        name: Its name.
        spec: Its `JobSpec` as plain data; of secrets the names only.
        names: Names of its work items, "" for those that are called by their number, from 1 on.
        extras: What differs for single items, by index.
        submitted_s: When, in Unix seconds, by the client's clock.
        release: The release of farmfutures that wrote it.
        platform: The client's ``sys.platform``.
        path_rules: Which folders are the same place on which platform, as of the setting ``path_mapping``.
        limits: Settings of the client that runners keep to: ``inline_limit_bytes``, ``log_limit_bytes`` and the like.
        table: For each call where it is and what its digest is.
    """

    job: int
    name: str
    spec: Mapping[str, Any]
    names: Sequence[str]
    extras: Mapping[int, dict[str, Any]]
    submitted_s: float
    release: str
    platform: str
    path_rules: tuple[str, ...]
    limits: Mapping[str, Any]
    table: Sequence[tuple[int, int, bytes]] = field(repr=False)

    def __len__(self) -> int:
        return len(self.table)

    def item_name(self, work: int) -> str:
        """Returns a work item's name."""
        return self.names[work] or str(work + 1)


def write(
    folder: JobFolder, seal: Seal, spec: JobSpec, name: str, works: Sequence[WorkSpec],
    *, path_rules: Iterable[str] = (), limits: Mapping[str, Any],
) -> Package:  # fmt: skip
    """Writes a job; the header last, so that what has one is whole.

    Args:
        folder: The job's own folder, new.
        seal: The user's seal.
        spec: What the job asks for.
        name: Its name.
        works: Its calls.
        path_rules: As of the setting ``path_mapping``.
        limits: See `Package.limits`; ``inline_limit_bytes`` must be among them.

    Raises:
        OSError: The disk is full, say.
    """
    plain = dataclasses.asdict(spec)
    plain["launch"]["secrets"] = sorted(spec.launch.secrets)
    if spec.launch.secrets:
        values = json.dumps(spec.launch.secrets).encode()
        write_private(folder.secrets, seal.close(f"secrets {folder.number}", values))
    names = ["" if work.name == str(index + 1) else work.name for index, work in enumerate(works)]
    extras = {index: work.extra for index, work in enumerate(works) if work.extra}
    package = Package(
        folder.number, name, plain, names if any(names) else [""] * len(works), extras, time.time(), __version__, sys.platform,
        tuple(path_rules), dict(limits), _write_calls(folder, works, limits["inline_limit_bytes"]),
    )  # fmt: skip
    write_private(folder.package, seal.close(f"package {folder.number}", _pack(package)))
    return package


def _write_calls(folder: JobFolder, works: Sequence[WorkSpec], limit: int) -> list[tuple[int, int, bytes]]:
    table: list[tuple[int, int, bytes]] = []
    small: list[bytes] = []
    at = 0
    for index, work in enumerate(works):
        if len(work.call) > limit:
            path = folder.large_call(index)
            save(path, work.call)
            table.append((_APART, len(work.call), _digest_of(work.call)))
        else:
            data = bytes(work.call)
            small.append(data)
            table.append((at, len(data), digest(data)))
            at += len(data)
    write_private(folder.calls, b"".join(small))
    return table


def _digest_of(call: bytes | Pieces) -> bytes:
    import hashlib

    total = hashlib.sha256()
    for part in call.parts if isinstance(call, Pieces) else (call,):
        total.update(part)
    return total.digest()


def _pack(package: Package) -> bytes:
    about = {
        "job": package.job, "name": package.name, "spec": package.spec, "extras": package.extras,
        "names": package.names if any(package.names) else [], "submitted_s": package.submitted_s, "release": package.release,
        "platform": package.platform, "path_rules": package.path_rules, "limits": package.limits,
    }  # fmt: skip
    text = json.dumps(about).encode()
    return _HEAD.pack(FORMAT, len(text)) + text + b"".join(_ROW.pack(*row) for row in package.table)


def read(folder: JobFolder, seal: Seal) -> Package:
    """Reads the header.

    Raises:
        SealError: It is not ours, or not this job's.
        PackageError: Another release of farmfutures wrote it, and this one can't read that.
        OSError: It is not there (yet).
    """
    data = seal.open(f"package {folder.number}", folder.package.read_bytes(), folder.package)
    number, length = _HEAD.unpack_from(data)
    text = data[_HEAD.size : _HEAD.size + length]
    if number != FORMAT:
        raise PackageError(
            f"{folder.package} has format {number}, and farmfutures {__version__} on this machine reads format {FORMAT}"
            f"{_written_by(text)}: install the same release on both."
        )
    about = json.loads(text)
    table = list(_ROW.iter_unpack(data[_HEAD.size + length :]))
    extras = {int(index): extra for index, extra in about.pop("extras").items()}
    names = about.pop("names") or [""] * len(table)
    rules = tuple(about.pop("path_rules"))
    return Package(**about, names=names, extras=extras, path_rules=rules, table=table)


def _written_by(text: bytes) -> str:
    """The release stands in the same place in every format, as far as we can promise."""
    try:
        return f"; farmfutures {json.loads(text)['release']} wrote it"
    except (ValueError, LookupError, TypeError):
        return ""


def read_calls(folder: JobFolder, package: Package, works: Iterable[int]) -> dict[int, bytes | Path]:
    """Returns the packed calls of these work items: bytes, or the file of a large one; all checked.

    Raises:
        SealError: One is not what the header says.
        OSError: They can't be read.
    """
    found: dict[int, bytes | Path] = {}
    with folder.calls.open("rb") as file:
        for work in works:
            at, size, expected = package.table[work]
            if at == _APART:
                found[work] = folder.large_call(work)
                _same(digest_of(folder.large_call(work)), expected, folder.large_call(work), work)
                continue
            file.seek(at)
            data = found[work] = file.read(size)
            _same(digest(data), expected, folder.calls, work)
    return found


def _same(found: bytes, expected: bytes, path: Path, work: int) -> None:
    if found != expected:
        raise SealError(
            f"the call of work item {work} in {path} is not what was submitted (its digest does not fit), and was not loaded. "
            "Somebody changed it, or the disk did: submit the job again."
        )


def read_secrets(folder: JobFolder, seal: Seal) -> dict[str, str]:
    """Returns the values of the job's secret variables.

    Raises:
        SealError: They are not ours.
        OSError: They are not there any more.
    """
    data = seal.open(f"secrets {folder.number}", folder.secrets.read_bytes(), folder.secrets)
    values: dict[str, str] = json.loads(data)
    return values
