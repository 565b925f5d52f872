"""Import exactly one package that lies beside ``scripts/``, and make nothing else there importable.

Maya puts a module's ``scripts`` folder on ``sys.path``, not the folder above it. Putting that one there too would make
``tests``, ``plugins`` and ``scripts`` importable in the artist's Maya and hide a studio's own packages of these names.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


def import_sibling(name: str, root: Path | None = None) -> ModuleType:
    """Imports a top-level package from ``sys.path``, else from the folder that holds ``scripts/``.

    Args:
        name: The package's name, without dots.
        root: The folder to look in, instead of the one above ``scripts/``.

    Returns:
        The package, which is then in ``sys.modules`` like any other.

    Raises:
        ModuleNotFoundError: It is in neither place.
    """
    if name in sys.modules:
        return sys.modules[name]
    spec = find_spec(name)
    if spec is None or spec.origin is None:  # Without an origin it is a folder of this name, not our package.
        folder = (root or Path(__file__).resolve().parents[2]) / name
        spec = spec_from_file_location(name, folder / "__init__.py", submodule_search_locations=[str(folder)])
        if spec is None or not (folder / "__init__.py").is_file():
            raise ModuleNotFoundError(
                f"the package {name} is neither installed nor in {folder}: install farmfutures again, whole.", name=name
            )
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)  # As import does: a half-made package must not be found by the next one who asks.
        raise
    return sys.modules[name]
