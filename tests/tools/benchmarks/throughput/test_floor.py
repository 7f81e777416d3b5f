from itertools import islice

from fridge.catalogue.catalogue import Catalogue
from tools.benchmarks.throughput.floor import STATEMENTS, prepared_calls
from tools.benchmarks.throughput.load.mix import Mix


def test_every_statement_gets_all_of_its_arguments(catalogue: Catalogue) -> None:
    mix = Mix(catalogue, seed=0)
    calls = prepared_calls(islice(mix.sent(), 100))
    assert len({text for text, _ in calls}) == len(STATEMENTS) + 1  # and ADD_LOTS
    assert all(text.count("$") >= len(values) > 0 for text, values in calls)
