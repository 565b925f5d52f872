"""What came with the module for Pythons that have no pyzmq and cloudpickle of their own: Maya's.

``farmfutures install`` puts them into ``vendor/cp311-linux-x86_64`` and the like, beside ``scripts``. That folder is
never on ``sys.path`` or PYTHONPATH: there it would hide what a studio has, or leak into another Python that Maya starts.
A finder at the very end of ``sys.meta_path`` offers these two packages, and nothing else of the folder; so whoever has
a version of their own keeps it, wherever on the path that is.
"""

from __future__ import annotations

import os
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
    """Finds the packages of one folder, for those who found them nowhere else."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def find_spec(self, name: str, path: object, target: object = None, /) -> ModuleSpec | None:
        """As `importlib` asks for it."""
        return PathFinder.find_spec(name, [self.folder]) if name in REQUIREMENTS else None


def offer(root: str = _ROOT) -> None:
    """Adds the finder, once, where there is something to find.

    Args:
        root: The module's folder, which has ``scripts`` in it.
    """
    folder = os.path.join(root, "vendor", folder_name())
    known = any(getattr(finder, "folder", None) == folder for finder in sys.meta_path)
    if not known and os.path.isdir(folder):
        sys.meta_path.append(Vendored(folder))
