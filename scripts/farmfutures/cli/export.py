"""``farmfutures export``: a job as files, for whoever runs it."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import click

import farmfutures

from ..frames import parse_frames
from ..settings import Settings
from . import calling
from .render import emit, note

_SHARED = "shared"


@click.command()
@click.option(
    "--openjd", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR",
    help="Write an Open Job Description bundle here; the folder must be empty, or hold an older one.",
)  # fmt: skip
@click.option("--frames", metavar="RANGE", help="Call it for each frame of 1-100x2 or the like.")
@click.option("--chunk", type=click.IntRange(1), metavar="N", help="So many calls to a task.")
@calling.options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def export(folder: Path, frames: str | None, chunk: int | None, as_json: bool, **call: Any) -> None:
    """Write SOURCE as a job that others run: by openjd, or on AWS Deadline Cloud.

    SOURCE is what `farmfutures run` takes. With --frames a function gets the frame as its first argument, and other source
    finds it in a variable named frame. Workers must see the job's folder, which lies in the shared folder of the settings,
    and where there is none in DIR.
    """
    folder = folder.absolute()
    own = _own_folder(folder)
    wanted = calling.Call.of(**call)
    executor = wanted.executor(engine="openjd", openjd_bundle=str(folder), **({"chunk": chunk} if chunk else {}))
    futures = _submit(executor, wanted, frames)
    job, template = futures[0].job_id, folder / "template.json"
    if as_json:
        emit({"job_id": job, "items": len(futures), "template": str(template), "spool": executor.settings.spool})
        return
    click.echo(template)
    values = shlex.quote(f"file://{folder / 'parameters.json'}")
    note(f"run it:  openjd run {shlex.quote(str(template))} -p {values}")
    note(f"or hand it over:  deadline bundle submit {shlex.quote(str(folder))}")
    before = f"FARMFUTURES_SPOOL={shlex.quote(str(own))} " if own else ""
    note(f"then look at it:  {before}farmfutures --engine openjd show {job}")


def _own_folder(folder: Path) -> Path | None:
    """Makes a shared folder in the bundle where the settings name none."""
    if Settings.load().spool:
        return None
    own = folder / _SHARED
    own.mkdir(parents=True, exist_ok=True)
    os.environ["FARMFUTURES_SPOOL"] = str(own)
    click.get_current_context().call_on_close(lambda: os.environ.pop("FARMFUTURES_SPOOL", None))
    return own


def _submit(executor: farmfutures.Executor, call: calling.Call, frames: str | None) -> list[farmfutures.Future]:
    if call.is_function and frames:
        return executor.submit_frames(call.text.strip(), frames, **call.job)
    name, job = call.job["name"], {option: value for option, value in call.job.items() if option != "name"}
    with executor.batch(name, **job) as batch:
        if call.is_function:
            batch.submit(call.text.strip())
        for frame in parse_frames(frames) if frames else ():
            batch.submit_ext(calling.EVALUATE, call.arguments(frame=frame), name=f"frame {frame:04d}")
        if not frames and not call.is_function:
            batch.submit(calling.EVALUATE, *call.arguments())
    return batch.futures
