"""Namespaces: those that nodes are in, and those that were made and are empty."""

from __future__ import annotations

from typing import Any

from ..flags import command
from ..world import world


def known() -> list[str]:
    """Returns all namespaces, those above others first."""
    found = set(world.namespaces)
    for node in world.scene.nodes:
        parts = node.name.split(":")[:-1]
        found.update(":".join(parts[: end + 1]) for end in range(len(parts)))
    return sorted(found)


def _absolute(name: str) -> str:
    """Returns a namespace's full name without the colon of the root: of one that is given relative to the current one."""
    inside = f"{world.namespace}:" if world.namespace and not name.startswith(":") else ""
    return (inside + name).strip(":")


@command("exists:ex add:add set:set removeNamespace:rm")
def namespace(**flags: Any) -> Any:
    """Makes namespaces, takes empty ones away, and says in which one new nodes are."""
    if "exists" in flags:
        return _absolute(flags["exists"]) in ("", *known())
    if "add" in flags:
        wanted = _absolute(flags["add"])
        if wanted in known():
            raise RuntimeError(f"The namespace '{wanted}' already exists.")
        world.namespaces.add(wanted)
        return wanted
    if "set" in flags:
        wanted = _absolute(flags["set"])
        if wanted not in ("", *known()):
            raise RuntimeError(f"No namespace matches name: '{flags['set']}'.")
        world.namespace = wanted
        return wanted or ":"
    return _remove(_absolute(flags["removeNamespace"]))


def _remove(wanted: str) -> str:
    if wanted not in known():
        raise RuntimeError(f"The namespace '{wanted}' doesn't exist.")
    if any(node.name.startswith(f"{wanted}:") for node in world.scene.nodes):
        raise RuntimeError(f"The namespace '{wanted}' is not empty.")
    world.namespaces.discard(wanted)
    return wanted


@command("currentNamespace:cur listOnlyNamespaces:lon recurse:r")
def namespaceInfo(*args: str, **flags: Any) -> Any:
    """The current namespace, or those inside one."""
    if flags.get("currentNamespace"):
        return world.namespace or ":"
    if not flags.get("listOnlyNamespaces"):
        raise NotImplementedError("the stand-in's namespaceInfo tells currentNamespace and listOnlyNamespaces")
    above = _absolute(args[0]) if args else world.namespace
    inside = [name for name in (*known(), "UI", "shared") if not above or name.startswith(f"{above}:")]
    depth = above.count(":") + 1 if above else 0
    return [name for name in sorted(inside) if flags.get("recurse") or name.count(":") == depth] or None
