"""Whether Qt can show a window here, asked before it is tried: where it can't, Qt ends the process with a riddle."""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from farmfutures.errors import InstallError

PACKAGES = (
    "libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 "
    "libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0"
)
"""Of Debian and Ubuntu: what Qt needs of a desktop."""

_LIBRARY = re.compile(r"(lib[\w+.-]+\.so[.\d]*)")


def check(environ: Mapping[str, str] = os.environ) -> None:
    """Makes sure that Qt loads and that there is a screen.

    Args:
        environ: Instead of this process's variables.

    Raises:
        InstallError: It does not, or there is none; the message says what to install or to do.
    """
    try:
        import_module("PySide6.QtWidgets")
    except ImportError as error:
        raise InstallError(_reason(error)) from error
    platform = environ.get("QT_QPA_PLATFORM", "")
    if sys.platform != "linux" or platform.partition(":")[0] not in ("", "xcb"):
        return
    if not platform and not environ.get("DISPLAY") and not environ.get("WAYLAND_DISPLAY"):
        raise InstallError(
            "there is no screen to open the panel on: neither DISPLAY nor WAYLAND_DISPLAY is set. Over ssh, use ssh -X; "
            "farmfutures jobs, show and logs say the same in a terminal."
        )
    if platform or not environ.get("WAYLAND_DISPLAY"):
        _load_plugin()


def _load_plugin() -> None:
    """Loads what Qt would load to speak with the screen: it says which library is absent, where Qt does not."""
    core = import_module("PySide6.QtCore")
    plugin = Path(core.QLibraryInfo.path(core.QLibraryInfo.LibraryPath.PluginsPath), "platforms", "libqxcb.so")
    try:
        if plugin.is_file():
            ctypes.CDLL(str(plugin))
    except OSError as error:
        raise InstallError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Says what is absent, and how to get it."""
    library = _LIBRARY.search(str(error))
    if library:
        return (
            f"Qt can't show a window, since the system's library {library[1]} is absent. On Debian and Ubuntu: apt-get install "
            f"{PACKAGES}. Elsewhere install the package that has it."
        )
    if isinstance(error, ModuleNotFoundError) and str(error.name).partition(".")[0] in ("PySide6", "shiboken6"):
        return f"the panel needs PySide6, which {sys.executable} has not: python -m pip install 'farmfutures[panel]'."
    return f"Qt does not load here ({error}): python -m pip install --force-reinstall 'farmfutures[panel]' may mend it."
