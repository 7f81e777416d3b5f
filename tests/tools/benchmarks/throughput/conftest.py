from itertools import islice

import pytest

from fridge.catalogue.catalogue import Catalogue
from tools.benchmarks.throughput.load.ledger import Ledger
from tools.benchmarks.throughput.load.mix import Mix, Sent

FIRST_ID = 1000


@pytest.fixture
def mix(catalogue: Catalogue) -> Mix:
    return Mix(catalogue, seed=1)


@pytest.fixture
def sent(mix: Mix) -> list[Sent]:
    return list(islice(mix.sent(), 250))


@pytest.fixture
def updates(sent: list[Sent]) -> list[bytes]:
    return [each.update(FIRST_ID + number) for number, each in enumerate(sent)]


@pytest.fixture
def ledger(sent: list[Sent]) -> Ledger:
    return Ledger([each.chat_id for each in sent])
