"""Templates are valid by the specification, whatever a job is called and wherever it lies."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from openjd.model import StepParameterSpaceIterator, create_job, decode_job_template, preprocess_job_parameters

from farmfutures.engines.openjd import bundle, template
from farmfutures.engines.openjd.requirements import parse
from farmfutures.engines.openjd.template import Plan
from farmfutures.errors import RefusedError

CUT = Plan("comet", "/farm/ann/jobs/7", "/opt/python", {"PYTHONPATH": "/opt/lib"}, "ff-7-0-ab", 3)
WHOLE = dataclasses.replace(CUT, order="", tasks=100, chunk=30, fail=True)


def job(plan: Plan, folder: Path) -> Any:
    decoded = decode_job_template(template=template.job_template(plan), supported_extensions=[template.CHUNKING])
    values = preprocess_job_parameters(
        job_template=decoded, job_parameter_values=template.values(plan), job_template_dir=folder, current_working_dir=folder
    )
    return create_job(job_template=decoded, job_parameter_values=values)


@pytest.mark.parametrize("plan", [CUT, WHOLE], ids=["cut", "whole"])
def test_openjd_check_finds_it_valid(plan: Plan, tmp_path: Path) -> None:
    path = bundle.write(tmp_path, plan)
    done = subprocess.run(
        [sys.executable, "-m", "openjd", "check", str(path), "--output", "json"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["status"] == "success"


def test_a_task_for_each_chunk_of_an_order(tmp_path: Path) -> None:
    (step,) = job(CUT, tmp_path).steps
    assert [values["Chunk"].value for values in StepParameterSpaceIterator(space=step.parameterSpace)] == ["0", "1", "2"]
    assert template.job_template(CUT).get("extensions") is None


def test_items_that_the_scheduler_cuts(tmp_path: Path) -> None:
    (step,) = job(WHOLE, tmp_path).steps
    chunks = [values["Items"].value for values in StepParameterSpaceIterator(space=step.parameterSpace)]
    assert (chunks[0][:2], len(chunks)) == ("0-", 4)
    works = [work for chunk in chunks for work in range(int(chunk.split("-")[0]), int(chunk.split("-")[1]) + 1)]
    assert works == list(range(100))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("try: {{x}}", "try: { {x} }"),
        ("two\nlines\tand a tab", "two lines and a tab"),
        ("x" * 200, "x" * 128),
        ("  ", "farmfutures"),
        ("Ünïcode: 彗星 {{{", "Ünïcode: 彗星 { { {"),
    ],
)
def test_names(name: str, shown: str, tmp_path: Path) -> None:
    assert job(dataclasses.replace(CUT, name=name), tmp_path).name == shown


def test_one_work_item(tmp_path: Path) -> None:
    for plan in (dataclasses.replace(CUT, tasks=1), dataclasses.replace(WHOLE, tasks=1, chunk=1)):
        (step,) = job(plan, tmp_path).steps
        assert len(StepParameterSpaceIterator(space=step.parameterSpace)) == 1


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (dataclasses.replace(CUT, folder="/" + "x" * 1100), "holds 1024 at most: use a shorter path"),
        (
            dataclasses.replace(CUT, env={"ODD": "a{{b"}),
            "the variable ODD='a{{b' can't stand in an Open Job Description template",
        ),
    ],
)
def test_what_does_not_fit_into_a_template_is_refused(plan: Plan, said: str, own_temp: Path) -> None:
    with pytest.raises(RefusedError) as found:
        bundle.write(own_temp, plan)
    assert said in str(found.value)
    assert list(own_temp.iterdir()) == []


def test_what_lies_beside_it(tmp_path: Path) -> None:
    bundle.write(tmp_path, dataclasses.replace(CUT, paths=("/farm/scene", "/farm/lib")))
    values = json.loads((tmp_path / bundle.VALUES).read_text())["parameterValues"]
    assert json.loads((tmp_path / bundle.PARAMETERS).read_text()) == {one["name"]: one["value"] for one in values}
    assert {one["name"]: one["value"] for one in values} == {
        "JobFolder": "/farm/ann/jobs/7", "Python": "/opt/python", "FailTasks": "no", "Order": "ff-7-0-ab",
    }  # fmt: skip
    assets = json.loads((tmp_path / bundle.ASSETS).read_text())["assetReferences"]
    assert assets["referencedPaths"] == ["/farm/ann/jobs/7", "/farm/lib", "/farm/scene"]
    assert assets["inputs"] == {"filenames": [], "directories": []}


def test_requirements_are_those_of_the_specification(tmp_path: Path) -> None:
    wanted = parse("amount.worker.vcpu >= 8, attr.worker.os.family = linux")
    (step,) = job(dataclasses.replace(CUT, requirements=wanted), tmp_path).steps
    assert step.hostRequirements.amounts[0].min == 8
