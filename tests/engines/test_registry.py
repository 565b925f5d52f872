"""Engines are found by name; third parties' too, and one that is broken is in nobody's way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import farmfutures
from farmfutures import Executor, Farm, Feature, available_engines
from farmfutures.engines.engine import shared
from farmfutures.engines.registry import BUILT_IN
from farmfutures.errors import EngineUnavailableError, OptionError, RefusedError
from farmfutures.settings import Settings

STUDIO = """
import dataclasses
from farmfutures import Feature, Support
from farmfutures.engines.local.client import LocalEngine

class Studio(LocalEngine):
    name = "studio"

    def report(self):
        local = super().report()
        features = {**local.features, Feature.REQUIREMENTS: Support(True, "as the studio has it"),
                    Feature.REORDER: Support(False, "first come, first served")}
        return dataclasses.replace(local, engine="studio", features=features, options={"studio_queue": "its queue"})
"""

BROKEN = {
    "no_module": ("import nothing_like_this", "ModuleNotFoundError: No module named 'nothing_like_this'"),
    "no_class": ("Other = 1", "AttributeError: .*has no attribute 'Engine'"),
    "leaves": ("raise SystemExit(3)", "SystemExit: 3"),
    "raises": ("def Engine(settings): raise OSError('no licence')", "OSError: no licence"),
    "half": (
        "class Engine:\n    name = 'half'\n    def __init__(self, settings): self.settings = settings",
        "it has no report, check",
    ),
}

NO_REPORT = """
from unittest.mock import Mock
from farmfutures.engines.local.client import LocalEngine

class Engine(LocalEngine):
    def report(self):
        return {"pause": True}

class Angry(LocalEngine):
    def report(self):
        raise ZeroDivisionError("no farm")
"""


def test_the_engines_of_farmfutures_itself() -> None:
    found = available_engines()
    assert list(found.reports) == list(BUILT_IN)
    assert {name: report.engine for name, report in found.reports.items()} == {name: name for name in BUILT_IN}
    assert found.problems == {}


@pytest.mark.parametrize("name", BUILT_IN)
def test_each_says_something_of_every_feature(name: str) -> None:
    report = available_engines().reports[name]
    assert set(report.features) == set(Feature)
    silent = [feature for feature, support in report.features.items() if not support.how or support.how.endswith(".")]
    assert silent == []
    assert [option for option in report.options if not option.startswith(f"{name}_")] == []
    assert all(report.options.values())


def test_a_third_partys_engine_runs_jobs_with_options_of_its_own(plug: Any, state: Path) -> None:
    plug("studio_farm", STUDIO, studio="Studio")
    assert available_engines().reports["studio"].supports("requirements")
    with Executor(engine="studio", studio_queue="night") as executor:
        assert executor.report.options == {"studio_queue": "its queue"}
        future = executor.submit_ext(abs, [-4], requirements="fast")
        assert future.result(20) == 4
        other = executor.submit_ext(abs, [-5], studio_queue=["day"])
        assert other.result(20) == 5
        with pytest.raises(OptionError, match=r"no option 'studio_quee'\. Did you mean 'studio_queue'"):
            executor.submit_ext(abs, [1], studio_quee="x")
    with Farm("studio") as farm:
        with pytest.raises(RefusedError, match="the studio engine has no 'reorder': first come, first served"):
            farm.reorder(future.job_id, [0])
        specs = [farm.spec(job.job_id) for job in (future, other)]
    assert [spec["engine_options"] for spec in specs] == [{"studio_queue": "night"}, {"studio_queue": ["day"]}]
    assert specs[0]["requirements"] == "fast"


@pytest.mark.parametrize("package", BROKEN)
def test_a_broken_one_is_reported_and_in_nobodys_way(plug: Any, state: Path, package: str) -> None:
    source, why = BROKEN[package]
    plug(package, source, broken="Engine")
    found = available_engines()
    assert list(found.reports) == list(BUILT_IN)
    assert list(found.problems) == ["broken"]
    with pytest.raises(
        EngineUnavailableError, match=rf"the engine 'broken' of {package} 1\.5 can't be used \({why}.*mend, update"
    ):
        Executor(engine="broken")
    with Executor() as executor:
        assert executor.submit(abs, -1).result(20) == 1


@pytest.mark.parametrize(
    ("attribute", "why"), [("Engine", "is a dict, not a farmfutures.Report"), ("Angry", "ZeroDivisionError")]
)
def test_one_whose_report_is_none(plug: Any, attribute: str, why: str) -> None:
    plug("no_report", NO_REPORT, broken=attribute)
    assert why in available_engines().problems["broken"]


def test_names_that_are_taken(plug: Any) -> None:
    plug("studio_farm", STUDIO, studio="Studio", local="Studio")
    plug("other_farm", STUDIO, studio="Studio")
    found = available_engines()
    assert set(found.reports) == {*BUILT_IN, "studio"}
    assert found.reports["local"].engine == "local"
    said = sorted(found.problems.items())
    assert said[0] == ("local of studio_farm 1.5", "local is the name of an engine of farmfutures itself")
    assert said[1][0].startswith("studio of ")
    assert said[1][1].endswith("has an engine of this name, too")


def test_an_executor_that_is_refused_leaves_no_engine_open(state: Path) -> None:
    with pytest.raises(OptionError):
        Executor(nonsense=1)
    assert shared._engines == {}


def test_the_settings_name_the_engine(plug: Any, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug("studio_farm", STUDIO, studio="Studio")
    monkeypatch.setenv("FARMFUTURES_ENGINE", "studio")
    with Executor() as executor:
        assert executor.report.engine == "studio"


def test_asking_what_there_is_imports_nothing_large() -> None:
    code = (
        "import sys, farmfutures; farmfutures.available_engines(); "
        "print({'zmq', 'distributed', 'dask', 'openjd', 'deadline', 'boto3'} & set(sys.modules))"
    )
    scripts = Path(farmfutures.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=scripts, check=True)
    assert done.stdout.strip() == "set()"


def test_settings_may_be_given() -> None:
    assert "local" in available_engines(Settings()).reports
