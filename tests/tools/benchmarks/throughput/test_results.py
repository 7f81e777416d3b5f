import pytest

from tools.benchmarks.throughput.results import Figure, Result, figure, percentile, ratio


def at(rate: float, *faults: str) -> Result:
    return Result(updates=round(rate * 2), seconds=2, processor_us=1000 / rate, faults=faults)


def test_a_figure_is_the_median_of_the_rounds_with_the_least_and_the_most() -> None:
    rounds = [at(300), at(100), at(200)]
    assert figure(rounds, lambda result: result.rate) == Figure(200, 100, 300)


def test_a_round_with_a_fault_does_not_count() -> None:
    rounds = [at(100), at(9000, "1 × unanswered"), at(300)]
    assert figure(rounds, lambda result: result.rate) == Figure(200, 100, 300)


def test_what_was_not_measured_is_no_figure() -> None:
    assert figure([at(100)], lambda result: result.median_ms) is None
    assert figure([at(100, "unanswered")], lambda result: result.rate) is None


def test_a_ratio_is_that_of_the_medians_with_the_ratios_of_the_rounds() -> None:
    ours, others = [at(100), at(200), at(600)], [at(100), at(50), at(200)]
    assert ratio(ours, others) == Figure(2, 1, 4)


def test_a_ratio_leaves_out_a_round_in_which_either_had_a_fault() -> None:
    ours = [at(100), at(400, "unanswered"), at(400)]
    others = [at(50), at(1), at(1, "unanswered")]
    assert ratio(ours, others) == Figure(2, 2, 2)
    assert ratio([at(100)], [at(50, "unanswered")]) is None


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (99, 99), (1, 1), (100, 100)])
def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed(
    percent: float, value: float
) -> None:
    assert percentile(range(1, 101), percent) == value


def test_a_percentile_of_few_values_is_one_of_them() -> None:
    assert percentile([7], 99) == 7
    assert percentile([1, 2, 3], 50) == 2
    assert percentile([], 50) == 0
