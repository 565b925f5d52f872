"""What a job asks for and its engine can't do is refused in a sentence; nothing is ignored in silence."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from farmfutures.engines.asked import check_options, engine_options, refuse, refuse_item, refuse_verb
from farmfutures.engines.report import Feature, Report, Support
from farmfutures.errors import OptionError, RefusedError
from farmfutures.job import JobSpec, Launch

LAUNCH = Launch(("python",))

POOR = Report("poor", {feature: Support(False, f"it has no {feature.name.lower()}") for feature in Feature})
RICH = Report("rich", {feature: Support(True) for feature in Feature}, {"rich_queue": "its queue", "rich_hints": "its hints"})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"priority": 51}, "priority=51: it has no priority"),
        ({"cpus": 2}, "cpus=2: it has no cpus"),
        ({"attempts": 3}, "attempts=3: it has no attempts"),
        ({"timeout_s": 1.5}, "timeout_s=1.5: it has no timeout"),
        ({"requirements": "maya2026"}, "requirements='maya2026': it has no requirements"),
        ({"groups": ("a", "b")}, r"groups=\('a', 'b'\): it has no groups"),
        ({"chunk": 7}, "chunk=7: it has no chunk"),
        ({"detached": False}, "detached=False: it has no attached"),
        ({"launch": Launch(("python",), secrets={"TOKEN": "hush"})}, "the secrets TOKEN: it has no secrets"),
    ],
)
def test_what_an_engine_cant_honour_is_refused_with_option_engine_and_what_to_do(asked: dict[str, Any], said: str) -> None:
    spec = dataclasses.replace(JobSpec(LAUNCH), **asked)
    with pytest.raises(RefusedError, match=f"the poor engine can't honour {said}. Leave it out, or use an engine that") as found:
        refuse(POOR, spec)
    assert "hush" not in str(found.value)
    refuse(RICH, spec)


def test_every_feature_that_is_an_option_of_jobs_is_looked_at() -> None:
    unusual: dict[str, Any] = {"priority": 9, "attempts": 9}
    for name in {feature.value for feature in Feature} & set(JobSpec.__dataclass_fields__):
        with pytest.raises(RefusedError, match=name):
            refuse(POOR, dataclasses.replace(JobSpec(LAUNCH), **{name: unusual.get(name, 1)}))


def test_a_job_that_wants_nothing_special_is_refused_by_nobody() -> None:
    refuse(POOR, JobSpec(LAUNCH))


def test_an_engine_that_says_nothing_of_a_feature_does_not_have_it() -> None:
    with pytest.raises(RefusedError, match="the mute engine can't honour cpus=2: the engine says nothing of it"):
        refuse(Report("mute", {}), JobSpec(LAUNCH, cpus=2))


def test_verbs() -> None:
    refuse_verb(RICH, Feature.PAUSE)
    with pytest.raises(RefusedError, match="the poor engine has no 'pause': it has no pause"):
        refuse_verb(POOR, Feature.PAUSE)


@pytest.mark.parametrize("extra", [{"timeout_s": 5}, {"attempts": 2}])
def test_what_differs_for_a_work_item_is_refused_too(extra: dict[str, Any]) -> None:
    with pytest.raises(RefusedError, match="of a work item: it has no"):
        refuse_item(POOR, extra)
    refuse_item(RICH, extra)
    refuse_item(POOR, {"env": {}})


@pytest.mark.parametrize(
    ("given", "report", "said"),
    [
        ({"rich_queu": 1}, RICH, r"Executor has no option 'rich_queu'\. Did you mean 'rich_queue'\? There are: cpus, rich_hints"),
        ({"rich_queue": 1}, POOR, r"Executor has no option 'rich_queue'\. There are: cpus\."),
        ({"local_x": 1}, POOR, "'local_x' is an option of the local engine, and this is the poor engine: give engine=\"local\""),
        ({"rich_queue": object()}, RICH, "rich_queue=<object .*>: give text, numbers, or lists and dicts of them"),
        ({"rich_queue": float("nan")}, RICH, "rich_queue=nan: give text, numbers"),
    ],
)
def test_wrong_options(given: dict[str, Any], report: Report, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        check_options(given, {"cpus"}, report, "Executor")


def test_options_of_the_engine_travel_as_plain_data() -> None:
    given = {"rich_queue": None, "rich_hints": ("a", {"b": 1}), "cpus": 3}
    check_options(given, {"cpus"}, RICH, "Executor")
    assert engine_options(given, RICH) == {"rich_hints": ["a", {"b": 1}]}
