"""Fetches pyzmq and cloudpickle for the Python of a Maya, which is seldom the one that runs here.

pip does it: it knows the tags of this platform, the studio's own index, proxies and certificates. It is told never to
build anything, and to look for the wheels of another Python than its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from farmfutures._vendor import REQUIREMENTS, folder_name
from farmfutures.errors import InstallError
from farmfutures.settings import python_executable

FOLDER = "vendor"

_TIMEOUT_S = 300


def fetch(pythons: Iterable[tuple[int, int]], module: Path, wheels: Path | None = None) -> dict[str, list[str]]:
    """Puts both packages for each Python into ``vendor`` of a module.

    Args:
        pythons: Major and minor versions.
        module: The module's folder.
        wheels: A folder of wheels to take, instead of asking an index.

    Returns:
        For each folder what is in it: ``{"cp313-linux-x86_64": ["cloudpickle 3.1.3", "pyzmq 27.3.0"]}``.

    Raises:
        InstallError: They can't be had.
    """
    if wheels is not None and not wheels.is_dir():
        raise InstallError(f"there is no folder of wheels {wheels}.")
    for python in sorted(pythons):
        target = module / FOLDER / folder_name(python)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        _run_pip(python, target, wheels)
    return {path.name: _packages(path) for path in sorted((module / FOLDER).iterdir())}


def keep(old: Path, new: Path) -> dict[str, list[str]]:
    """Copies what an older installation has for other Pythons and platforms.

    Args:
        old: The module's folder.
        new: The folder of the one that will take its place.
    """
    if not (old / FOLDER).is_dir():
        return {}
    shutil.copytree(old / FOLDER, new / FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
    return {path.name: _packages(path) for path in sorted((new / FOLDER).iterdir())}


def _packages(folder: Path) -> list[str]:
    """Returns names and versions, as their own records say."""
    found = (path.name.removesuffix(".dist-info") for path in folder.glob("*.dist-info"))
    return sorted(name.replace("-", " ", 1) for name in found)


def _run_pip(python: tuple[int, int], target: Path, wheels: Path | None) -> None:
    version = ".".join(map(str, python))
    source = ["--no-index", "--find-links", str(wheels)] if wheels is not None else ["--retries", "1"]
    command = [
        python_executable(), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check", "--no-deps",
        "--no-compile", "--only-binary=:all:", "--python-version", version, "--implementation", "cp", *source,
        "--target", str(target), *REQUIREMENTS.values(),
    ]  # fmt: skip
    # Settings that a user has for pip, and that contradict a folder of our own.
    environ = {**os.environ, "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    try:
        done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        raise InstallError(_sentence(version, f"pip took longer than {_TIMEOUT_S} s")) from None
    if done.returncode:
        raise InstallError(_sentence(version, _last_words(done.stderr)))
    shutil.rmtree(target / "bin", ignore_errors=True)


def _last_words(text: str) -> str:
    """Returns what pip says of its failure: its first error, which names the cause; later ones sum up."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["pip says nothing"])[0]


def _sentence(version: str, cause: str) -> str:
    names = " ".join(f"'{requirement}'" for requirement in REQUIREMENTS.values())
    return (
        f"pyzmq and cloudpickle for Python {version} can't be had: {cause.rstrip('.')}. If this machine has no network, run "
        f" pip download --no-deps --only-binary=:all: --python-version {version} --dest wheels {names}  on one like it that "
        "has, bring the folder here, and run  farmfutures install --wheels wheels"
    )
