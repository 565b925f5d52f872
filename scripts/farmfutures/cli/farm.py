"""The farm that a command looks at, and the engine that it belongs to."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import click

import farmfutures

_VARIABLE = "FARMFUTURES_ENGINE"


def open_farm(engine: str | None = None) -> farmfutures.Farm:
    """Opens the farm, of the engine that the settings name where none is given, and lets go of it when the command ends."""
    return click.get_current_context().with_resource(farmfutures.Farm(engine))


def _use(context: click.Context, _: click.Parameter, name: str | None) -> None:
    """Has this command, and what it starts, use an engine as if the settings named it."""
    if name is None:
        return
    context.meta[_VARIABLE] = name
    before = os.environ.get(_VARIABLE)
    os.environ[_VARIABLE] = name
    context.call_on_close(lambda: os.environ.pop(_VARIABLE) if before is None else os.environ.update({_VARIABLE: before}))


def named_engine() -> str | None:
    """Returns the engine that this command line names, None where that is left to the settings."""
    name: str | None = click.get_current_context().meta.get(_VARIABLE)
    return name


def engine_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command ``--engine NAME``."""
    option = click.option(
        "-e", "--engine", metavar="NAME", expose_value=False, callback=_use, help="The engine.  [default: of the settings]"
    )
    return option(command)
