"""The commands that the stand-in offers. Importing this registers them all."""

from . import animation, attributes, exports, files, interface, namespaces, nodes, paths, plugins, session  # noqa: F401
