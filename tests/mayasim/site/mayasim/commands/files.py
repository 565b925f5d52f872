"""``file``, ``workspace``, ``referenceQuery``, ``fileInfo``."""

from __future__ import annotations

import os
from typing import Any

from .. import edits
from ..flags import command
from ..reader import Reader
from ..scene import Reference
from ..world import world

_UNKNOWN = (
    "This file contains unknown data which is preventing Maya from changing the file format. "
    "Check if unsupported plug-ins are used in this file."
)
"""As ynput/ayon-maya#229 quotes it: .ma and .mb keep such nodes in their own kind only."""


@command(
    "query:q open:o new save:s rename:rn renameToSave:rts force:f type:typ prompt:pmt modified:mf sceneName:sn shortName:shn "
    "expandName:exn exportAll:ea preserveReferences:pr exportUnloadedReferences:eur options:op "
    "reference:r namespace:ns loadReferenceDepth:lrd ignoreVersion:iv executeScriptNodes:esn loadReference:lr "
    "unloadReference:ur removeReference:rr exists:ex list:l location:loc referenceNode:rfn returnNewNodes:rnn deferReference:dr"
)
def file(path: str = "", **flags: Any) -> Any:
    """Scenes."""
    if flags.pop("query", False):
        return _query(path, flags)
    for name, action in _ACTIONS.items():
        if flags.get(name):
            return action(path, flags)
    if "renameToSave" in flags:
        world.rename_to_save = bool(flags["renameToSave"])
    if "prompt" in flags:
        world.prompt = bool(flags["prompt"])
    if "modified" in flags:
        world.scene.modified = bool(flags["modified"])
    if "type" in flags:
        _set_type(flags["type"])
    return ""


def _query(path: str, flags: dict[str, Any]) -> Any:
    scene = world.scene
    answers = {
        "sceneName": lambda: scene.name,
        "shortName": lambda: os.path.basename(scene.name),
        "expandName": lambda: scene.name or os.path.join(world.root, "untitled"),
        "location": lambda: scene.name or "unknown",
        "modified": lambda: scene.modified,
        "type": lambda: [scene.kind],
        "prompt": lambda: world.prompt,
        "renameToSave": lambda: world.rename_to_save,
        "exists": lambda: os.path.exists(path),
        "deferReference": lambda: _of(path, flags).deferred,
        "reference": lambda: [top.resolved or top.path for top in scene.references],
        "list": lambda: [scene.name or "untitled", *(ref.resolved or ref.path for ref in scene.all_references())],
    }
    for name, answer in answers.items():
        if name in flags:
            return answer()
    raise RuntimeError("file -query needs a flag to ask for")


def _open(path: str, flags: dict[str, Any]) -> str:
    if world.scene.modified and not flags.get("force"):
        raise RuntimeError("Unsaved changes.")
    path = os.path.abspath(os.path.expandvars(path))
    if not os.path.isfile(path):
        raise RuntimeError(f"File not found: {path}")
    world.open(
        path,
        depth=flags.get("loadReferenceDepth"),
        ignore_version=bool(flags.get("ignoreVersion")),
        script_nodes=flags.get("executeScriptNodes", True),
    )
    return path


def _new(path: str, flags: dict[str, Any]) -> str:
    if world.scene.modified and not flags.get("force"):
        raise RuntimeError("Unsaved changes.")
    world.new()
    return "untitled"


def _save(path: str, flags: dict[str, Any]) -> str:
    scene = world.scene
    if "type" in flags:
        _set_type(flags["type"])
    if not scene.name or world.rename_to_save:
        raise RuntimeError("No file name is set for this scene: use file -rename first.")
    world.ask("kBeforeSaveCheck")
    world.tell("kBeforeSave")
    world.write(scene.name)
    scene.modified = False
    world.tell("kAfterSave")
    return scene.name


def _rename(path: str, flags: dict[str, Any]) -> str:
    world.scene.name = os.path.abspath(flags["rename"])
    world.rename_to_save = False
    return world.scene.name


def _set_type(kind: str) -> None:
    if kind not in ("mayaAscii", "mayaBinary"):
        raise RuntimeError(f"Unrecognized file type: {kind}")
    _refuse_unknown(kind)
    world.scene.kind = kind


def _refuse_unknown(kind: str) -> None:
    if any(node.unknown for node in world.scene.nodes) and kind != world.scene.kind:
        raise RuntimeError(_UNKNOWN)


def _export(path: str, flags: dict[str, Any]) -> str:
    _refuse_unknown(flags.get("type", world.scene.kind))
    if not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        raise RuntimeError(f"Could not write to file: {path}")
    world.ask("kBeforeExportCheck")
    world.tell("kBeforeExport")
    world.tell("kExportStarted")
    world.write(
        path,
        keep_references=bool(flags.get("preserveReferences")),
        unloaded=bool(flags.get("exportUnloadedReferences")),
    )
    world.tell("kAfterExport")
    return path


def _reference(path: str, flags: dict[str, Any]) -> Any:
    scene = world.scene
    base = os.path.splitext(os.path.basename(path))[0]
    space = flags.get("namespace", base)
    node = scene.create("reference", scene.free_name(f"{space}RN"))
    reference = Reference(node.name, space, path, deferred=bool(flags.get("deferReference")))
    before = len(scene.nodes)
    if not reference.deferred:
        if not os.path.isfile(world.resolve(path, scene.name)):
            scene.delete(node)
            raise RuntimeError(f"File not found: {path}")
        _read_reference(reference)
    scene.references.append(reference)
    scene.modified = True
    return [new.path for new in scene.nodes[before:]] if flags.get("returnNewNodes") else reference.resolved or path


def _read_reference(reference: Reference) -> None:
    Reader(world.scene, world.resolve, world.warn, missing=world.missing).load_later(reference, world.units["time"])


def _of(path: str, flags: dict[str, Any]) -> Reference:
    wanted = flags.get("referenceNode") or flags.get("loadReference") or flags.get("unloadReference")
    for reference in world.scene.all_references():
        if reference.node == wanted or path in (reference.path, reference.resolved):
            return reference
    raise RuntimeError(f"Reference not found: {path or wanted}")


def _load(path: str, flags: dict[str, Any]) -> str:
    reference = _of(path, flags)
    if not reference.loaded:
        reference.deferred = False
        _read_reference(reference)
    return reference.resolved


def _unload(path: str, flags: dict[str, Any]) -> str:
    reference = _of(path, flags)
    made = edits.written(world.scene, reference) if reference in world.scene.references else None
    if made is not None:
        world.node(reference.node).attributes["ed"] = made
    gone = set(map(id, reference.all()))
    for node in [node for node in world.scene.nodes if id(node.reference) in gone and node.parent is None]:
        world.scene.delete(node)
    reference.loaded, reference.deferred = False, True
    return reference.path


def _remove(path: str, flags: dict[str, Any]) -> str:
    reference = _of(path, flags)
    _unload(path, flags)
    world.scene.references.remove(reference)
    for node in world.scene.find(reference.node):
        world.scene.delete(node)
    return reference.path


_ACTIONS = {
    "open": _open, "new": _new, "save": _save, "rename": _rename, "exportAll": _export,
    "loadReference": _load, "unloadReference": _unload, "removeReference": _remove, "reference": _reference,
}  # fmt: skip


@command(
    "filename:f unresolvedName:un withoutCopyNumber:wcn isLoaded:il namespace:ns isNodeReferenced:inr "
    "referenceNode:rfn nodes:n shortName:shn"
)
def referenceQuery(target: str, **flags: Any) -> Any:
    """References."""
    if flags.get("isNodeReferenced"):
        return world.node(target).reference is not None
    found = world.scene.find(target)
    inside = found[0].reference if found and found[0].kind != "reference" else None
    for reference in world.scene.all_references():
        if target in (reference.node, reference.path, reference.resolved) or reference is inside:
            return _about(reference, flags)
    raise RuntimeError(f"reference node '{target}' is not associated with a reference file.")


def _about(reference: Reference, flags: dict[str, Any]) -> Any:
    if flags.get("isLoaded"):
        return reference.loaded
    if flags.get("namespace"):
        return f":{reference.namespace}"
    if flags.get("referenceNode"):
        return reference.node
    if flags.get("nodes"):
        return [world.scene.unique(node) for node in world.scene.nodes if node.reference is reference] or None
    name = reference.path if flags.get("unresolvedName") else reference.resolved or reference.path
    return os.path.basename(name) if flags.get("shortName") else name


@command("query:q rootDirectory:rd directory:dir openWorkspace:o fileRule:fr fileRuleEntry:fre fileRuleList:frl expandName:en "
         "fullName:fn")  # fmt: skip
def workspace(*args: str, **flags: Any) -> Any:
    """The project."""
    if flags.get("openWorkspace"):
        if not os.path.isdir(args[0]):
            raise RuntimeError(f"Could not open workspace: {args[0]}")
        world.open_project(args[0])
    elif flags.get("rootDirectory"):
        return world.root.rstrip("/") + "/"
    elif flags.get("fullName"):
        return world.root.rstrip("/")
    elif flags.get("query") and "directory" in flags:
        return world.folder
    elif "directory" in flags:
        world.folder = flags["directory"]  # Where relative names are; the project stays the same.
    elif flags.get("fileRuleList"):
        return list(world.rules)
    elif "fileRuleEntry" in flags:
        return world.rules.get(flags["fileRuleEntry"], "")
    elif "fileRule" in flags:
        world.rules[flags["fileRule"][0]] = flags["fileRule"][1]
    elif "expandName" in flags:
        return os.path.join(world.root, flags["expandName"])
    return None


@command("query:q remove:rm")
def fileInfo(*args: str, **flags: Any) -> Any:
    """Words that go with a scene."""
    info = world.scene.info
    if flags.get("query"):
        return [info[args[0]]] if args and args[0] in info else [] if args else [word for pair in info.items() for word in pair]
    if flags.get("remove"):
        info.pop(args[0], None)
    else:
        info[args[0]] = args[1]
    return None
