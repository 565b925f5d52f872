"""Plain data, and what a peer must do."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

WORKERS = 2
"""Everything is measured with so many workers."""

Sizes = Mapping[str, int]
Values = dict[str, float]


class Pending(Protocol):
    """A call that is on its way."""

    def result(self) -> Any:
        """Waits for the result."""
        ...


class Peer(Protocol):
    """Somebody who runs calls in other processes. Made without arguments, started once, closed once."""

    name: ClassVar[str]
    title: ClassVar[str]
    module: ClassVar[str]
    """What a user imports."""
    slow: ClassVar[bool] = False
    """Whether a tenth of the calls is enough to measure it: rates stay comparable, rounds stay short."""

    def start(self, workers: int, start_up_s: float = 0) -> None:
        """Starts workers, each of which takes `start_up_s` seconds before it can work."""
        ...

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Pending:
        """Hands over one call."""
        ...

    def map(self, function: Callable[[Any], Any], items: Sequence[Any], chunk: int | None) -> Sequence[Any]:
        """Runs a call for each item and returns the results.

        Args:
            function: What to call.
            items: Its argument, once for each call.
            chunk: How many calls travel together; None leaves it to the peer, or to what its users would choose.
        """
        ...

    def brokers(self) -> list[int]:
        """Process ids of what stands between the caller and the workers, where that is a process of its own."""
        return []

    def close(self) -> None:
        """Stops everything."""
        ...


@dataclass(frozen=True)
class Metric:
    """One figure of a measure."""

    name: str
    title: str
    unit: str
    better: Literal["more", "less"] = "less"


@dataclass(frozen=True)
class Measure:
    """Something that is measured.

    Attributes:
        name: For the command line and the files.
        title: One line for people: what is done.
        metrics: The figures, the most important first.
        run: Starts the peer, does it, returns the figures by their names; whoever calls it closes the peer.
        full: The sizes of a run whose figures count.
        quick: The sizes of a run that shows that everything works.
        peers: Names of those who can do it.
        most_rounds: More rounds than this would tell nothing new.
        timeout_s: A peer that takes longer is ended.
        starts: Whether `run` starts the peer.
        compare: Whether the table says how we stand against each peer by the first figure.
    """

    name: str
    title: str
    metrics: tuple[Metric, ...]
    run: Callable[[Any, Sizes], Values]
    full: Sizes
    quick: Sizes
    peers: tuple[str, ...]
    most_rounds: int = 99
    timeout_s: float = 600
    starts: bool = True
    compare: bool = True


@dataclass
class Sample:
    """One peer, one measure, once."""

    round: int
    measure: str
    peer: str
    values: Values = field(default_factory=dict)
    error: str = ""
    left: list[str] = field(default_factory=list)
    """Processes that it left behind."""
    took_s: float = 0.0


@dataclass
class Run:
    """All of a run; what the JSON file holds."""

    when: str
    quick: bool
    rounds: int
    machine: dict[str, Any]
    samples: list[Sample] = field(default_factory=list)
    goals: list[dict[str, Any]] = field(default_factory=list)

    def figures(self, measure: str, peer: str, metric: str) -> list[float]:
        """Returns a figure of every round."""
        chosen = (s for s in self.samples if s.measure == measure and s.peer == peer)
        return [sample.values[metric] for sample in chosen if metric in sample.values]

    def median(self, measure: str, peer: str, metric: str) -> float | None:
        """Returns the median over the rounds, or None where there is no figure."""
        figures = self.figures(measure, peer, metric)
        return statistics.median(figures) if figures else None

    def error(self, measure: str, peer: str) -> str:
        """Returns why a peer has no figures."""
        return next((s.error for s in self.samples if s.measure == measure and s.peer == peer and s.error), "")

    def write(self, path: Path) -> None:
        """Writes the JSON file."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Run:
        """Reads what `write` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**data, "samples": [Sample(**sample) for sample in data["samples"]]})
