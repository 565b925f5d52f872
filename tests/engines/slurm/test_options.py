"""What a job asks for, as arguments of sbatch; the words of both."""

from __future__ import annotations

import re
from typing import Any

import pytest

from farmfutures.engines.slurm import options, requirements
from farmfutures.engines.slurm.options import REFUSED, TABLE, arguments
from farmfutures.engines.slurm.requirements import Requirements
from farmfutures.errors import OptionError, RefusedError
from farmfutures.job import JobSpec, Launch


def spec(**given: Any) -> JobSpec:
    own = {name: value for name, value in given.items() if name.startswith("slurm_")}
    return JobSpec(Launch(("python",)), engine_options=own, **{name: given[name] for name in given.keys() - own.keys()})


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, ["--nice=50"]),
        ({"priority": 100}, ["--nice=0"]),
        ({"priority": 300}, ["--nice=0"]),
        ({"priority": 0}, ["--nice=100"]),
        ({"priority": -1_000_000}, ["--nice=1000100"]),
        ({"slurm_nice": 7}, ["--nice=7"]),
        ({"slurm_partition": "farm"}, ["--nice=50", "--partition=farm"]),
        ({"slurm_partition": ["farm", "night"]}, ["--nice=50", "--partition=farm,night"]),
        ({"groups": ("farm", "night")}, ["--nice=50", "--partition=farm,night"]),
        ({"slurm_exclusive": True}, ["--exclusive", "--nice=50"]),
        ({"slurm_exclusive": False}, ["--nice=50"]),
        ({"slurm_time": 90, "slurm_mem": "8G"}, ["--mem=8G", "--nice=50", "--time=90"]),
        ({"slurm_time": "1-12:30:00"}, ["--nice=50", "--time=1-12:30:00"]),
        ({"slurm_comment": "for $(whoami); it's"}, ["--comment=for $(whoami); it's", "--nice=50"]),
        ({"requirements": "maya2026 & gpu"}, ["--constraint=maya2026&gpu", "--nice=50"]),
        ({"requirements": "maya2026", "slurm_constraint": "a|b"}, ["--constraint=maya2026&(a|b)", "--nice=50"]),
        ({"requirements": "license:mtoa=2", "slurm_licenses": "maya"}, ["--licenses=mtoa:2,maya", "--nice=50"]),
        ({"requirements": "gres:gpu:a100=2", "slurm_gres": "disk:1"}, ["--gres=gpu:a100:2,disk:1", "--nice=50"]),
        ({"slurm_dependency": "afterok:1:2?singleton"}, ["--dependency=afterok:1:2?singleton", "--nice=50"]),
        ({"slurm_signal": "B:TERM@120"}, ["--nice=50", "--signal=B:TERM@120"]),
    ],
)
def test_what_is_asked_for(given: dict[str, Any], found: list[str]) -> None:
    assert sorted(arguments(spec(**given))) == found


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"slurm_time": "soon"}, "slurm_time='soon': give time limit of one chunk"),
        ({"slurm_mem": "much"}, "slurm_mem='much': give memory of one chunk"),
        ({"slurm_cpus_per_task": 0}, "slurm_cpus_per_task=0: give processors"),
        ({"slurm_cpus_per_task": True}, "slurm_cpus_per_task=True"),
        ({"slurm_partition": ""}, "slurm_partition=''"),
        ({"slurm_partition": "-p"}, "slurm_partition='-p'"),
        ({"slurm_partition": []}, r"slurm_partition=\[\]"),
        ({"slurm_partition": ["farm", 3.5, {}]}, "slurm_partition="),
        ({"slurm_account": "two words"}, "slurm_account='two words'"),
        ({"slurm_comment": "two\nlines"}, "slurm_comment="),
        ({"slurm_exclusive": "user"}, "slurm_exclusive='user'"),
        ({"slurm_nice": -5}, "slurm_nice=-5"),
        ({"slurm_dependency": "job 12"}, "slurm_dependency='job 12'"),
        ({"slurm_signal": "now!"}, "slurm_signal='now!'"),
        ({"groups": ("farm",), "slurm_partition": "night"}, "groups and slurm_partition both name partitions"),
        ({"groups": ("farm,night",)}, "no partition has such a name"),
        ({"requirements": "maya 2026"}, "'maya 2026' can't be read"),
        ({"requirements": "maya2026; rm -rf"}, "can't be read. There are features of nodes"),
        ({"requirements": "license:mtoa=two"}, "no name with a count"),
        ({"requirements": "license:mtoa=0"}, "no name with a count"),
        ({"requirements": "gres:"}, "no name with a count"),
    ],
)
def test_bad_values_are_refused_with_an_example(given: dict[str, Any], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        arguments(spec(**given))


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_would_break_a_promise_is_refused_with_the_way_to_go(name: str) -> None:
    with pytest.raises(RefusedError, match=f"slurm_{name}: {re.escape(REFUSED[name])}"):
        arguments(spec(**{f"slurm_{name}": "x"}))


@pytest.mark.parametrize("name", sorted(TABLE))
def test_examples_are_good(name: str) -> None:
    example = True if TABLE[name].example == "True" else TABLE[name].example
    assert len(arguments(spec(**{f"slurm_{name}": example}))) in (1, 2)


def test_every_option_is_described_by_its_name() -> None:
    assert set(options.described()) == {f"slurm_{name}" for name in (*TABLE, *REFUSED)}
    assert not TABLE.keys() & REFUSED.keys()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", Requirements()),
        ("maya2026", Requirements("maya2026")),
        ("maya2026&(gpu|fast)", Requirements("maya2026&(gpu|fast)")),
        (" maya2026 | maya2027 , gpu ", Requirements("(maya2026|maya2027)&gpu")),
        ("[rack1|rack2]", Requirements("[rack1|rack2]")),
        ("license:maya,licence:mtoa=2", Requirements(licenses="maya:1,mtoa:2")),
        ("license:maya@server=3", Requirements(licenses="maya@server:3")),
        ("maya2026, license:mtoa, gres:gpu:a100=2", Requirements("maya2026", "mtoa:1", "gpu:a100:2")),
    ],
)
def test_requirements(text: str, found: Requirements) -> None:
    assert requirements.parse(text) == found
