"""Results of rounds, and the figures over several rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import NamedTuple, Self


class MeasurementError(Exception):
    """Nothing could be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """A contender's result in one round.

    Latencies are in milliseconds, from handing an update over to its answer. `processor_us` is the
    processor time of the contender's process an update, in microseconds, and `load_us` that of the
    load. `megabytes` is the peak memory. A figure that was not measured is None. A result with
    `faults`, which are lines, does not count.
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
        """Return the same result with these faults."""
        return replace(self, faults=faults)


class Figure(NamedTuple):
    """A figure over several rounds: the median, and the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Return the figure of one or more values."""
        return cls(median(values), min(values), max(values))


def figure(results: Sequence[Result], value: Callable[[Result], float | None]) -> Figure | None:
    """Return a figure of the results without faults, or None if none of them has it."""
    values = [value(result) for result in results if not result.faults]
    known = [value for value in values if value is not None]
    return Figure.of(known) if known else None


def ratio(one: Sequence[Result], other: Sequence[Result]) -> Figure | None:
    """Return the ratio of one contender's rate to another's.

    The median is the ratio of the medians. The least and the most are ratios within a round, in
    which both contenders ran shortly after each other.
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
    """Return a percentile of sorted values, or 0 if there are none."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]
