"""What was measured, and what several rounds of it come to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple, Self


class MeasurementError(Exception):
    """Nothing could be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a contender did in one round.

    Latencies are in milliseconds, from handing an update over to its answer; `processor_us` is the
    processor time of its process for an update, in microseconds, and `load_us` that of the load;
    `megabytes` is its peak memory. What was not measured is None. `faults` are lines; a result that
    has some does not count.
    """

    updates: int
    seconds: float
    median_ms: float | None = None
    p99_ms: float | None = None
    processor_us: float | None = None
    megabytes: float | None = None
    load_us: float | None = None
    faults: Sequence[str] = ()

    @property
    def rate(self) -> float:
        """Updates a second."""
        return self.updates / self.seconds

    def with_faults(self, faults: Sequence[str]) -> Self:
        """The same, with what was found to be wrong."""
        return replace(self, faults=faults)


class Figure(NamedTuple):
    """A figure over several rounds: the median, and the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """The figure of one value or more."""
        return cls(median(values), min(values), max(values))


def figure(results: Sequence[Result], value: Callable[[Result], float | None]) -> Figure | None:
    """A figure of the results without faults; None where none of them has it."""
    values = [value(result) for result in results if not result.faults]
    known = [value for value in values if value is not None]
    return Figure.of(known) if known else None


def ratio(one: Sequence[Result], other: Sequence[Result]) -> Figure | None:
    """How many times the rate of another's rounds that of one is.

    It is the ratio of the medians; the least and the most are those of the rounds, each of which
    compares two that ran one shortly after the other.
    """
    pairs = [
        (mine.rate, theirs.rate)
        for mine, theirs in zip(one, other, strict=True)
        if not mine.faults and not theirs.faults
    ]
    if not pairs:
        return None
    return Figure(
        median(mine for mine, _ in pairs) / median(theirs for _, theirs in pairs),
        min(mine / theirs for mine, theirs in pairs),
        max(mine / theirs for mine, theirs in pairs),
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The least of some values, in order, that so many of a hundred do not exceed; 0 of none."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]
