"""The calls into ``maya.cmds`` about files that a scene names; see `_cmds` for the manner of it."""

# The two rooms are one, in two files for their length.
# pyright: reportPrivateUsage=false

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, cast

from . import _cmds


class Reference(NamedTuple):
    """A reference node, the path that the scene has, and the file that it means."""

    node: str
    path: str
    resolved: str


def references() -> Iterator[Reference]:
    """Yields every reference, nested ones too."""
    from maya import cmds

    for node in cmds.ls(type="reference") or ():
        try:
            path = cmds.referenceQuery(node, filename=True, unresolvedName=True, withoutCopyNumber=True)
            resolved = cmds.referenceQuery(node, filename=True, withoutCopyNumber=True)
        except RuntimeError:
            continue  # sharedReferenceNode, _UNKNOWN_REF_NODE_ and the like stand for no file; others were removed.
        yield Reference(node, str(path), str(resolved))


def unloaded_references() -> list[str]:
    """Returns the reference nodes whose file is not loaded."""
    from maya import cmds

    found: list[str] = []
    for reference in references():
        if not cmds.referenceQuery(reference.node, isLoaded=True):
            found.append(reference.node)
    return found


def registered_types() -> list[str]:
    """Returns ``"nodeType.attribute"`` of every path that Maya's File Path Editor knows; plug-ins add theirs."""
    try:
        types = _cmds.untyped("filePathEditor")(query=True, listRegisteredTypes=True)  # The stubs say it is a bool.
    except RuntimeError:
        return []
    return [name for name in _cmds._strings(types) if "." in name]


def nodes_of(kind: str) -> list[str]:
    """Returns the nodes of exactly this type, whose own attributes these are; none where it is not registered."""
    from maya import cmds

    try:
        return _cmds._strings(cmds.ls(exactType=kind))
    except RuntimeError:
        return []


def value(plug: str) -> object:
    """Returns the value of an attribute, or None where the node, or the attribute, is not there."""
    from maya import cmds

    try:
        return cast("object", cmds.getAttr(plug))
    except (ValueError, RuntimeError):
        return None  # Deleted meanwhile, or of another version of the plug-in.


def texts(plug: str) -> list[str]:
    """Returns the paths in a string or string array attribute."""
    return _cmds._strings(value(plug))


def number(plug: str) -> int:
    """Returns a number or a switch; 0 where it is not there."""
    found = value(plug)
    return int(found) if isinstance(found, (int, float)) else 0


def file_rules() -> dict[str, str]:
    """Returns the project's folders by rule: ``{"sourceImages": "sourceimages"}``."""
    from maya import cmds

    names = _cmds._strings(cast("object", cmds.workspace(query=True, fileRuleList=True)))
    return {name: str(cast("object", cmds.workspace(fileRuleEntry=name)) or "") for name in names}


def unknown_nodes() -> list[str]:
    """Returns the nodes whose plug-in is not loaded."""
    from maya import cmds

    return _cmds._strings(cmds.ls(type=["unknown", "unknownDag", "unknownTransform"]))
