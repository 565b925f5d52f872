"""The commands that the stand-in offers. Importing this registers them all."""

from . import animation, attributes, files, interface, nodes, plugins, session  # noqa: F401
