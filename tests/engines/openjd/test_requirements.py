"""Requirements as text become those of a template; everything else is an error with an example."""

from __future__ import annotations

from typing import Any

import pytest

from farmfutures.engines.openjd.options import chosen
from farmfutures.engines.openjd.requirements import parse
from farmfutures.errors import OptionError
from farmfutures.settings import Settings


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("amount.worker.vcpu >= 8", {"amounts": [{"name": "amount.worker.vcpu", "min": 8}]}),
        (
            "amount.worker.vcpu>=2, amount.worker.vcpu<=4.5,",
            {"amounts": [{"name": "amount.worker.vcpu", "min": 2, "max": 4.5}]},
        ),
        (
            "attr.worker.os.family = linux|windows, vfx:attr.maya = 2026",
            {"attributes": [
                {"name": "attr.worker.os.family", "anyOf": ["linux", "windows"]}, {"name": "vfx:attr.maya", "anyOf": ["2026"]},
            ]},
        ),
    ],
)  # fmt: skip
def test_requirements(text: str, found: dict[str, Any]) -> None:
    assert parse(text) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("maya2026", "'maya2026' is no requirement of a host; write it as 'amount.worker.vcpu >= 8"),
        ("amount.worker.vcpu = 8", "is no requirement of a host"),
        ("attr.worker.os.family >= linux", "is no requirement of a host"),
        ("amount.worker.vcpu >= many", "'many' is no number"),
    ],
)
def test_what_is_none(text: str, said: str) -> None:
    with pytest.raises(OptionError, match=said):
        parse(text)


@pytest.mark.parametrize(
    ("given", "target", "fail"),
    [
        ({}, "here", False),
        ({"openjd_bundle": "/x"}, "bundle", True),
        ({"openjd_target": "deadline", "openjd_fail": False}, "deadline", False),
    ],
)
def test_options(given: dict[str, Any], target: str, fail: bool) -> None:
    found = chosen(given, Settings())
    assert (found.target, found.fail) == (target, fail)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"openjd_target": "cloud"}, "openjd_target='cloud' is not one of here, bundle, deadline"),
        ({"openjd_fail": "yes"}, "openjd_fail='yes': give True or False"),
        ({"openjd_bundle": 7}, "openjd_bundle=7: give a str"),
        ({"openjd_bundle": "/x", "openjd_target": "here"}, "is for openjd_target='bundle', and this job has 'here'"),
    ],
)
def test_wrong_options(given: dict[str, Any], said: str) -> None:
    with pytest.raises(OptionError, match=said):
        chosen(given, Settings())
