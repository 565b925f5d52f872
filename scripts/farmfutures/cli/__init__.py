"""The ``farmfutures`` command. Uses nothing but the public names of `farmfutures`, as anybody's program may.

    app.py       the command, its errors as sentences, its exit codes
    run.py       run: an expression, a function, source on standard input
    export.py    export: a job as files; calling.py: what both of them are asked to call
    source.py    what `run` sends to the worker (the only room that is imported there)
    jobs.py      jobs, show, wait
    steer.py     cancel, retry, pause, resume, priority
    logs.py      logs, and following them
    broker.py    broker status, broker stop, workers
    farm.py      the farm that a command looks at, and --engine
    engines.py   engines: what each can do; engines check
    maya.py      maya run: a script in a Maya
    install.py   install, uninstall: the module for Maya
    doctor.py    doctor: whether everything fits
    support.py   support-bundle, and its replay
    demo.py      demo: the main job from end to end
    picture.py   the demo's picture
    render.py    how things look: states, tables, times, JSON

click and rich come with ``pip install farmfutures[cli]``; the library itself needs neither.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: Instead of ``sys.argv[1:]``.

    Returns:
        The exit code; see `farmfutures.cli.app`.
    """
    try:
        from . import app
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        print(
            f"farmfutures: the command line needs {error.name}, which is not installed here: run  pip install 'farmfutures[cli]'",
            file=sys.stderr,
        )
        return 2
    return app.run(arguments)
