"""What came with the module for Pythons that have no pyzmq and cloudpickle of their own: Maya's.

``farmfutures install`` puts them into ``vendor/cp311-linux-x86_64`` and the like, beside ``scripts``. That folder is
never on ``sys.path`` or PYTHONPATH: there it would hide what a studio has, or leak into another Python that Maya starts.
A finder offers these two packages, and nothing else of the folder, to an interpreter that has none on its path; so
whoever has a version of their own keeps it, wherever on the path that is. What lies beside an installed farmfutures does
not count where that is the ``site-packages`` of another Python, whose packages can't be imported.
"""

from __future__ import annotations

import os
import re
import sys
from importlib.machinery import ModuleSpec, PathFinder

REQUIREMENTS = {"zmq": "pyzmq>=26,<28", "cloudpickle": "cloudpickle>=3,<4"}
"""What is imported, and where it comes from: the dependencies in pyproject.toml."""

_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def folder_name(version: tuple[int, int] = sys.version_info[:2]) -> str:
    """Returns the folder's name for a Python of this platform: ``cp313-win32-amd64``.

    Args:
        version: Major and minor version of that Python.
    """
    return f"cp{version[0]}{version[1]}-{sys.platform}-{_machine()}"


def _machine() -> str:
    if sys.platform == "win32":
        return "amd64"  # There is no other Maya for Windows.
    return os.uname().machine


class Vendored:
    """Finds the packages for those who have none.

    Args:
        root: The folder that has ``scripts`` in it, or our packages.
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self.foreign = _foreign()

    def find_spec(self, name: str, path: object, target: object = None, /) -> ModuleSpec | None:
        """As `importlib` asks for it."""
        if name not in REQUIREMENTS:
            return None
        own = PathFinder.find_spec(name)
        if own is not None and not (self.foreign and str(own.origin).startswith(self.foreign)):
            return None  # The next finder finds it, too.
        return PathFinder.find_spec(name, self._folders())

    def _folders(self) -> list[str]:
        """Where they may be: beside us, and in a module that Maya has put on the path."""
        modules = (os.path.dirname(path) for path in sys.path if os.path.isfile(os.path.join(path, "farmfutures", "_vendor.py")))
        return [os.path.join(root, "vendor", folder_name()) for root in dict.fromkeys((self.root, *modules))]


def _foreign() -> str:
    """Returns the folder that we were imported from, where it is the ``site-packages`` of another Python, else ""."""
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    said = re.search(r"python(\d+)\.(\d+)", folder) or _said_by_venv(os.path.dirname(os.path.dirname(folder)))
    return folder + os.sep if said and (int(said[1]), int(said[2])) != sys.version_info[:2] else ""


def _said_by_venv(root: str) -> re.Match[str] | None:
    """On Windows a path tells no version."""
    try:
        with open(os.path.join(root, "pyvenv.cfg"), encoding="utf-8") as file:
            return re.search(r"(?m)^version(?:_info)? *= *(\d+)\.(\d+)", file.read())
    except OSError:
        return None


def offer(root: str = _ROOT) -> None:
    """Adds the finder, once.

    Args:
        root: As of `Vendored`.
    """
    # By name: a Maya that loads the plug-in again may have imported us anew.
    if not any(type(finder).__module__ == __name__ for finder in sys.meta_path):
        sys.meta_path.insert(0, Vendored(root))
