"""The Korean catalogue says everything that the English texts in the code say."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from string import Formatter
from typing import Final

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import bot
from bot.locale.language import Language
from local_telegram.content.html_markup import parse_html

SOURCES: Final = Path(bot.__file__).parent
KOREAN: Final = SOURCES / "locale" / "ko" / "LC_MESSAGES" / "bot.po"

TAG: Final = re.compile(r"</?[a-z][^>]*>")
COMMAND: Final = re.compile(r"(?<![\w<])/[a-z]+")
PARTICLE: Final = re.compile(
    "[}”’)](?:은|는|이|가|을|를|와|과|아|야|로|으로|랑|이랑|라고|이라고|예요|이에요)(?![가-힣])"
)
HANGUL: Final = re.compile("[가-힣]")

Forms = tuple[str, ...]


@pytest.fixture(scope="module")
def korean() -> Catalog:
    with KOREAN.open("rb") as source:
        return read_po(source, locale="ko", abort_invalid=True)


@pytest.fixture(scope="module")
def translations(korean: Catalog) -> Mapping[Forms, Forms]:
    """The Korean forms of each English text. Korean has one form, English one or two."""
    return {forms(message.id): forms(message.string) for message in korean if message.id}


def forms(text: str | list[str] | tuple[str, ...] | None) -> Forms:
    if text is None:
        return ()
    return (text,) if isinstance(text, str) else tuple(text)


def texts_in_code() -> set[Forms]:
    extracted = extract_from_dir(
        SOURCES, [("**.py", "python")], keywords={"gettext": None, "ngettext": (1, 2)}
    )
    return {forms(text) for _, _, text, _, _ in extracted}


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def tags(text: str) -> Counter[str]:
    return Counter(TAG.findall(text))


def commands(text: str) -> Counter[str]:
    return Counter(COMMAND.findall(text))


def test_every_text_in_the_code_has_a_translation(translations: Mapping[Forms, Forms]) -> None:
    used = texts_in_code()

    assert len(used) > 50
    assert used - translations.keys() == set()
    assert [text for text in used if not all(translations[text])] == []


def test_every_translation_is_of_a_text_in_the_code(translations: Mapping[Forms, Forms]) -> None:
    assert translations.keys() - texts_in_code() == set()


def test_no_translation_is_marked_as_uncertain_or_obsolete(korean: Catalog) -> None:
    assert not korean.fuzzy
    assert [message.id for message in korean if message.fuzzy] == []
    assert list(korean.obsolete) == []


def test_korean_needs_one_form_whatever_the_count(
    korean: Catalog, translations: Mapping[Forms, Forms]
) -> None:
    assert korean.num_plurals == 1
    assert {len(korean_forms) for korean_forms in translations.values()} == {1}


@pytest.mark.parametrize("part_of", [placeholders, tags, commands])
def test_a_translation_has_the_same_parts_as_the_text(
    part_of: Callable[[str], Counter[str]], translations: Mapping[Forms, Forms]
) -> None:
    different = [
        (english, korean)
        for english_forms, korean_forms in translations.items()
        for english in english_forms
        for korean in korean_forms
        if part_of(english) != part_of(korean)
    ]

    assert different == []


def test_no_particle_that_depends_on_the_sound_before_it_follows_a_placeholder(
    translations: Mapping[Forms, Forms],
) -> None:
    korean_texts = [text for korean_forms in translations.values() for text in korean_forms]

    assert [text for text in korean_texts if PARTICLE.search(text)] == []


def test_every_korean_sentence_is_written_in_hangul(translations: Mapping[Forms, Forms]) -> None:
    korean_texts = [text for korean_forms in translations.values() for text in korean_forms]

    assert [text for text in korean_texts if not HANGUL.search(text)] == []


def test_every_text_is_markup_that_telegram_takes(translations: Mapping[Forms, Forms]) -> None:
    for english_forms, korean_forms in translations.items():
        for text in (*english_forms, *korean_forms):
            shown, _ = parse_html(text)
            assert shown.strip()


def test_the_bot_speaks_what_the_catalogue_says(translations: Mapping[Forms, Forms]) -> None:
    for english, (korean,) in translations.items():
        singular, plural = english[0], english[-1]
        if len(english) == 1:
            assert Language.KOREAN.gettext(singular) == korean
            assert Language.ENGLISH.gettext(singular) == singular
            continue
        for count in (0, 1, 2, 500):
            in_english = singular if count == 1 else plural
            assert Language.KOREAN.ngettext(singular, plural, count) == korean
            assert Language.ENGLISH.ngettext(singular, plural, count) == in_english
