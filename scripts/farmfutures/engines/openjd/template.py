"""The job template of the 2023-09 revision, and what lies beside it in a bundle, as plain data.

A task is a chunk of work items. The step's environment starts a keeper when a session begins, which holds the interpreter
between tasks, and stops it when the session ends: so Maya starts once a session. Nothing of a job stands in the template but
its name and where its folder is; calls and outcomes are in that folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...errors import RefusedError

SPECIFICATION = "jobtemplate-2023-09"
CHUNKING = "TASK_CHUNKING"
STEP, ENVIRONMENT = "farmfutures", "Interpreter"

_MODULE = "farmfutures.engines.openjd"
_NAME_LIMIT, _VALUE_LIMIT, _DESCRIPTION_LIMIT = 128, 1024, 2048
_START_S, _GOODBYE_S, _NOTICE_S = 120, 120, 60


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bundle is made of.

    Attributes:
        name: The job's name, for people; may hold anything.
        folder: The job's folder, as workers see it.
        python: The Python of workers, which has farmfutures.
        env: Variables that it needs.
        order: The token of the order whose chunks are the tasks; "" where whoever runs the bundle cuts the items up.
        tasks: How many chunks that order has, or how many work items the job.
        chunk: How many items a task should hold, where there is no order.
        fail: Whether a task fails when one of its items does.
        requirements: What a host must have, as of the template's ``hostRequirements``.
        paths: Folders and files that the job names, for whoever moves them.
    """

    name: str
    folder: str
    python: str
    env: Mapping[str, str]
    order: str
    tasks: int
    chunk: int = 1
    fail: bool = False
    requirements: Mapping[str, Any] = field(default_factory=dict)
    paths: tuple[str, ...] = ()


def job_template(plan: Plan) -> dict[str, Any]:
    """Returns the template.

    Raises:
        RefusedError: Something does not fit into one: a path is too long, say.
    """
    step: dict[str, Any] = {
        "name": STEP,
        "description": "Each task runs some work items, one after the other, in the session's interpreter.",
        "parameterSpace": {"taskParameterDefinitions": [_parameter(plan)]},
        "stepEnvironments": [_environment(plan)],
        "script": {"actions": {"onRun": _action("task", *_which(plan), *_FAIL, notice=True)}},
    }
    if plan.requirements:
        step["hostRequirements"] = dict(plan.requirements)
    return {
        "specificationVersion": SPECIFICATION, **({} if plan.order else {"extensions": [CHUNKING]}), "name": _named(plan.name),
        "description": _described(plan), "parameterDefinitions": _definitions(plan), "steps": [step],
    }  # fmt: skip


def _named(name: str) -> str:
    """A job's name is a format string, of one line."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", name).strip()
    plain = re.sub(r"([{}])(?=\1)", r"\1 ", plain)
    return plain[:_NAME_LIMIT].strip() or "farmfutures"


def _described(plan: Plan) -> str:
    return f"A job of farmfutures; its calls and outcomes are in {plan.folder}."[:_DESCRIPTION_LIMIT]


def _parameter(plan: Plan) -> dict[str, Any]:
    """The task parameter: the number of a chunk that was cut, or items that the scheduler cuts into chunks."""
    span = f"0-{plan.tasks - 1}" if plan.tasks > 1 else "0"
    if plan.order:
        return {"name": "Chunk", "type": "INT", "range": span}
    chunks = {"defaultTaskCount": plan.chunk, "rangeConstraint": "CONTIGUOUS"}
    return {"name": "Items", "type": "CHUNK[INT]", "range": span, "chunks": chunks}


def _which(plan: Plan) -> tuple[str, ...]:
    """The arguments that say which work items a task runs."""
    if plan.order:
        return "--order", "{{Param.Order}}", "--chunk", "{{Task.Param.Chunk}}"
    return "--items", "{{Task.Param.Items}}"


_FAIL = ("--fail", "{{Param.FailTasks}}")
_WHERE = ("{{Param.JobFolder}}", "--session", "{{Session.WorkingDirectory}}")


def _action(module: str, *arguments: str, notice: bool = False, timeout_s: int = 0) -> dict[str, Any]:
    action: dict[str, Any] = {"command": "{{Param.Python}}", "args": ["-m", f"{_MODULE}.{module}", *_WHERE, *arguments]}
    if notice:
        action["cancelation"] = {"mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": _NOTICE_S}
    if timeout_s:
        action["timeout"] = timeout_s
    return action


def _environment(plan: Plan) -> dict[str, Any]:
    actions = {
        "onEnter": _action("keeper", "--begin", timeout_s=_START_S),
        "onExit": _action("keeper", "--end", timeout_s=_GOODBYE_S),
    }
    found: dict[str, Any] = {"name": ENVIRONMENT, "script": {"actions": actions}}
    for name, value in plan.env.items():
        if "{{" in value:
            raise RefusedError(
                f"the variable {name}={value!r} can't stand in an Open Job Description template: it has {{{{ in it."
            )
    if plan.env:
        found["variables"] = dict(plan.env)
    return found


def _definitions(plan: Plan) -> list[dict[str, Any]]:
    """Job parameters: what may have to be another on another farm."""
    known: list[dict[str, Any]] = [
        {"name": "JobFolder", "type": "PATH", "objectType": "DIRECTORY", "dataFlow": "NONE",
         "description": "The job's folder, as workers see it."},
        {"name": "Python", "type": "STRING", "default": _value(plan.python),
         "description": "The Python of workers, as they see it; it needs farmfutures."},
        {"name": "FailTasks", "type": "STRING", "allowedValues": ["no", "yes"], "default": "yes" if plan.fail else "no",
         "description": "Whether a task fails when one of its work items does."},
    ]  # fmt: skip
    if plan.order:
        known.append(
            {"name": "Order", "type": "STRING", "default": plan.order, "description": "Which cut of the job into chunks."}
        )
    return known


def _value(text: str) -> str:
    if len(text) > _VALUE_LIMIT:
        raise RefusedError(
            f"{text[:60]}... is {len(text)} characters long, and a parameter of Open Job Description holds {_VALUE_LIMIT} at "
            "most: use a shorter path."
        )
    return text


def values(plan: Plan) -> dict[str, str]:
    """Returns the values of the parameters. That of the folder is no default: those of paths have to be relative."""
    known = {one["name"]: one["default"] for one in _definitions(plan) if "default" in one}
    return {"JobFolder": _value(plan.folder), **known}


def parameter_values(plan: Plan) -> dict[str, Any]:
    """Returns ``parameter_values.json``: the values as submitters of AWS Deadline Cloud have them."""
    return {"parameterValues": [{"name": name, "value": value} for name, value in values(plan).items()]}


def asset_references(plan: Plan) -> dict[str, Any]:
    """Returns ``asset_references.json``. Nothing is carried anywhere: workers see the folder, and write into it."""
    return {
        "assetReferences": {
            "inputs": {"filenames": [], "directories": []},
            "outputs": {"directories": []},
            "referencedPaths": sorted({plan.folder, *plan.paths}),
        }
    }
