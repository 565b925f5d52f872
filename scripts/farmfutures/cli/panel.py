"""``farmfutures panel``: the window that shows and steers what is on the farm."""

from __future__ import annotations

import click

from .farm import engine_option


@click.command()
@engine_option
def panel() -> int:
    """Open the panel in a window of its own.

    It shows jobs, their items, logs and results, and steers them; closing it ends no job. It needs PySide6:
    pip install 'farmfutures[panel]'.
    """
    from .. import maya  # Imported late: no other command needs the Maya side's interface.

    return maya.run_panel()
