"""Sentences of households are done as meant, or asked about; none changes anything else."""

from collections.abc import Sequence
from typing import Final

import pytest

from bot.understanding.parse import Knowledge, parse
from fridge.catalogue.catalogue import load_catalogue
from tests.bot.understanding.sentences import (
    TODAY,
    Sentence,
    effects_of,
    sentences,
    verdict,
)

CATALOGUE: Final = load_catalogue()
KNOWLEDGE: Final = Knowledge.of(CATALOGUE)
SENTENCES: Final[Sequence[Sentence]] = list(sentences(CATALOGUE))
FEWEST_RIGHT: Final = 0.99


def judged(sentence: Sentence) -> str:
    found = parse(sentence.text, KNOWLEDGE, today=TODAY)
    return verdict(sentence.effects, effects_of(found))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_sentence_changes_what_it_does_not_say(language: str) -> None:
    said = [sentence for sentence in SENTENCES if sentence.language == language]

    harmful = [sentence.text for sentence in said if judged(sentence) == "harmful"]

    assert len(said) > 300
    assert harmful == []


@pytest.mark.parametrize("language", ["ko", "en"])
def test_nearly_all_sentences_are_done_without_a_question(language: str) -> None:
    said = [sentence for sentence in SENTENCES if sentence.language == language]

    right = [sentence for sentence in said if judged(sentence) == "right"]

    assert len(right) >= FEWEST_RIGHT * len(said)
