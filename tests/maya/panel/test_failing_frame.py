"""A frame that fails in a headless Maya: its cause, its log, another try, its picture; in the panel, as an artist does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from farmfutures import State

Wait = Callable[..., None]


def render(frame: int, folder: str) -> str:
    """Renders a frame, as far as the stand-in can: what is in the scene, and a picture."""
    import os
    import shutil

    from maya import cmds

    cmds.currentTime(frame)
    node = cmds.createNode("transform", name=f"planet{frame}")
    print(f"[render] frame {frame}: {node}")
    texture = os.path.join(folder, "wood.png")
    if frame == 2 and not os.path.exists(texture):
        raise FileNotFoundError(2, "texture is not there", texture)
    path = os.path.join(folder, f"beauty.{frame:04d}.png")
    shutil.copyfile(os.path.join(folder, "white.png"), path)
    return path


@pytest.fixture
def panel(broker: Path, window: Any) -> Iterator[Any]:
    made = import_module("farmfutures_maya.panel.window").Panel()
    made.resize(1000, 700)
    made.show()
    yield made
    made.feed.close(wait_s=10)
    import_module("shiboken6").delete(made)


def test_a_frame_that_failed_is_understood_mended_and_seen(
    panel: Any, make: Callable[..., Any], wait_for: Wait, tmp_path: Path
) -> None:  # fmt: skip
    image = import_module("PySide6.QtGui").QImage(8, 4, import_module("PySide6.QtGui").QImage.Format.Format_RGB32)
    image.fill(0xFFFFFF)
    assert image.save(str(tmp_path / "white.png"))
    executor = make(cpus=1)
    futures = executor.submit_frames(render, "1-3", [str(tmp_path)], name="Beauty")
    details, look_again = panel.details, panel.look_again

    def shown(state: State) -> bool:
        look_again()
        return details.job is not None and details.job.state is state

    wait_for(lambda: shown(State.FAILED), 40)
    wait_for(lambda: details.failures.causes.count() == 1)
    assert details.failures.causes.item(0).text().startswith("FileNotFoundError: [Errno 2] texture is not there: '")
    details.failures.log.click()
    wait_for(lambda: details.log.view.current in details.log.view.lines)
    assert details.log.about == (futures[1].job_id, 1)
    assert details.log.view.lines[details.log.view.current] == "Traceback (most recent call last):"
    assert "[render] frame 2: planet2" in details.log.view.lines.values()

    (tmp_path / "wood.png").write_bytes((tmp_path / "white.png").read_bytes())
    details.failures.retry.click()
    wait_for(lambda: shown(State.COMPLETE), 40)
    wait_for(lambda: details.failures.headline.text() == "Nothing failed.")
    details.go_to(details.tabs.indexOf(details.result))
    wait_for(lambda: details.result.headline.text() == "frame 0002 returned str of "
             f"{len(str(tmp_path / 'beauty.0002.png'))} letters   beauty.0002.png   8 × 4")  # fmt: skip
    assert details.result.picture.image.pixelColor(1, 1).name() == "#ffffff"
