"""The farm that a command looks at."""

from __future__ import annotations

import click

import farmfutures


def open_farm() -> farmfutures.Farm:
    """Opens the farm, and lets go of it when the command ends."""
    return click.get_current_context().with_resource(farmfutures.Farm())
