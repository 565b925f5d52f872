"""From Maya's menu to the result: the panel's form submits, the panel shows the job as it runs, fails, and passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import State
from farmfutures_maya.actions.request import Request

Waits = Callable[..., None]


@pytest.fixture
def panel(
    maya: Any, broker: Path, open_scene: Path, window: Any, stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """The panel in its control, with the form open, as the menu opens it."""
    monkeypatch.setenv("FARMFUTURES_MAYAPY", str(stand_in))
    control = import_module("farmfutures_maya.panel.control")
    menu = import_module("farmfutures_maya.menu")
    menu.build()
    exec(maya.world.interface[menu.MENU]["items"][0]["command"], {})
    yield control._widget
    control.let_go(wait_s=10)
    menu.remove()


def test_a_job_from_the_menu_to_its_end(panel: Any, wait_for: Waits, qt: Any) -> None:
    form = panel._form.form
    assert panel._form.isVisible()
    form.show_request(Request(values={"source": "1 / (frame - 2)"}, frames="1-3", cpus=1, name="Two fails"))
    form.bar.button.click()
    wait_for(lambda: panel.notice.text.text().startswith("Job "))
    job = int(panel.notice.text.text().split()[1])
    wait_for(lambda: [one.id for one in panel.table.chosen_jobs()] == [job])
    wait_for(lambda: panel.table.chosen_jobs()[0].state == State.FAILED)
    with farmfutures.Farm() as farm:
        states = [item.state for item in farm.items(job)]
        assert states == [State.COMPLETE, State.FAILED, State.COMPLETE]
        assert "ZeroDivisionError" in (farm.item(job, 1).error or "")
    panel.notice.button.click()
    assert [one.id for one in panel.table.chosen_jobs()] == [job]


def test_the_form_is_made_once(panel: Any, qt: Any) -> None:
    form = panel._form
    form.form.common.frames.set_value("7-9")
    form.hide()
    panel.header.new.click()
    assert panel._form is form
    assert form.isVisible()
    assert form.form.request().frames == "7-9"
