"""What a job asks of its engine, held against what that says it can do: nothing is ignored in silence."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ..errors import OptionError, RefusedError
from ..job import JobSpec
from ..options import check_names
from .registry import BUILT_IN
from .report import Feature, Report

_IN_SPEC = (
    Feature.PRIORITY, Feature.CPUS, Feature.ATTEMPTS, Feature.TIMEOUT, Feature.REQUIREMENTS, Feature.GROUPS, Feature.CHUNK,
)  # fmt: skip
"""What is an attribute of a `JobSpec` of the same name."""

_OF_ITEMS = (Feature.ATTEMPTS, Feature.TIMEOUT)


def check_options(given: Mapping[str, Any], allowed: Collection[str], report: Report, what: str) -> None:
    """Checks names, and the values of those options that only this engine has.

    Args:
        given: Options of a job.
        allowed: Names that every engine takes.
        report: The engine's.
        what: Who has these options, for people.

    Raises:
        OptionError: A name is unknown, or of another engine; a value is no plain data.
    """
    for name in given:
        other = name.partition("_")[0]
        if name not in allowed and name not in report.options and other != report.engine and other in BUILT_IN:
            raise OptionError(
                f'{name!r} is an option of the {other} engine, and this is the {report.engine} engine: give engine="{other}" '
                "to the executor, or leave it out."
            )
    check_names(given, {*allowed, *report.options}, what)
    engine_options(given, report)


def engine_options(given: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Returns those options that only this engine has, as the plain data that travels; None means the default.

    Raises:
        OptionError: A value is no plain data.
    """
    own = {name: value for name, value in given.items() if name in report.options and value is not None}
    for name, value in own.items():
        try:
            own[name] = json.loads(json.dumps(value, allow_nan=False))
        except (TypeError, ValueError) as error:
            raise OptionError(f"{name}={value!r}: give text, numbers, or lists and dicts of them ({error}).") from error
    return own


def refuse(report: Report, spec: JobSpec) -> None:
    """Refuses what a job asks for and the engine can't do.

    Raises:
        RefusedError: With a sentence that names the option, the engine, and what to do.
    """
    for feature, text in _asked(spec):
        _must(report, feature, text)


def _asked(spec: JobSpec) -> Iterator[tuple[Feature, str]]:
    """Yields what a job asks for beyond what every job has, as it may have been written."""
    plain = JobSpec(spec.launch)
    for feature in _IN_SPEC:
        value = getattr(spec, feature.value)
        if value != getattr(plain, feature.value):
            yield feature, f"{feature.value}={value!r}"
    if not spec.detached:
        yield Feature.ATTACHED, Feature.ATTACHED.value
    if spec.launch.secrets:
        yield Feature.SECRETS, f"the secrets {', '.join(sorted(spec.launch.secrets))}"


def refuse_item(report: Report, extra: Mapping[str, Any]) -> None:
    """The same for what differs for one work item, as of `options.item_extra`."""
    for feature in _OF_ITEMS:
        if feature.value in extra:
            _must(report, feature, f"{feature.value}={extra[feature.value]!r} of a work item")


def refuse_verb(report: Report, verb: Feature) -> None:
    """Refuses to steer a job in a way that the engine does not have.

    Raises:
        RefusedError: With a sentence that says why.
    """
    support = report.get(verb)
    if not support.can:
        raise RefusedError(f"the {report.engine} engine has no {verb.value!r}: {support.how}.")


def _must(report: Report, feature: Feature, text: str) -> None:
    support = report.get(feature)
    if not support.can:
        raise RefusedError(
            f"the {report.engine} engine can't honour {text}: {support.how}. Leave it out, or use an engine that can: "
            "'farmfutures engines' shows which."
        )
