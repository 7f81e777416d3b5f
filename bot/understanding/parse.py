"""From a text to what is meant. The one entry to the engine.

A text is cut into tokens, tokens are read into marks (names, amounts, days, places, words that
decide), and each sentence of marks is decided. A sentence changes something only if each of its
marks is accounted for; otherwise the bot asks. All steps go once from left to right.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from bot.understanding.dates.reader import DateReader
from bot.understanding.deciding.receipts import ReceiptReader, looks_like_receipt
from bot.understanding.deciding.sentences import Sentences, whole_sentences
from bot.understanding.meaning import Act, Because, Deed, LeftOut, Parse, Talk, Thing
from bot.understanding.names import Name
from bot.understanding.reading.known_names import KnownNames
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.numbers_and_units import AmountReader, rounded
from bot.understanding.reading.scan import Scan
from bot.understanding.reading.scanning import read_marks
from bot.understanding.reading.tokens import LONGEST_READ, Sort, cut, plain
from bot.understanding.slices import Steps
from bot.understanding.words.lexicon import Lexicon, load_lexicon, phrase_key
from fridge.catalogue.catalogue import Catalogue
from fridge.catalogue.normalise import normalise
from fridge.items import ItemKey
from fridge.lots import Lot, Unit

LONGEST_TALK: Final = 64
LONGEST_TALK_TYPED: Final = 4 * LONGEST_TALK
"""A syllable may be typed in several parts."""
LONGEST_PLAIN_LIST: Final = 2048
LINES_OF_RECEIPT: Final = 4
LONGEST_OF_RECEIPT: Final = 200
"""How many lines and characters of a receipt are read at once; `reading_receipt` reads all."""
COUNTED: Final = re.compile(
    r"([^\W\d_][^\d,;/&+()]*?) ?(\d{1,3}) ?(개|병|캔|팩|봉지|봉|마리|모|단|g|kg|ml|l|L)?"
)
"""A name with a number behind it, and a counter that means the same for every food."""
ONE_PIECE: Final = (Unit.PIECE, Decimal(1))
SMILES: Final = "".join(
    (
        "ㅋㅎㅠㅜㄷ^:;()❤☺☀🌞🌅⭐🌙🎉🙏👍 .,!?~。！？…♡♥✨💕\u200d\ufe0f",
        *map(chr, range(0x1F3FB, 0x1F400)),
        *map(chr, range(0x1F440, 0x1F480)),
        *map(chr, range(0x1F493, 0x1F4A0)),
        *map(chr, range(0x1F600, 0x1F650)),
        *map(chr, range(0x1F910, 0x1F930)),
        *map(chr, range(0x1F970, 0x1F97B)),
    )
)
"""What people put behind their words, or send alone, and mean no thing by."""

NAMING: Final = frozenset(
    {Kind.NAME, Kind.WORD, Kind.AMOUNT, Kind.NOTE, Kind.CODE, Kind.COMMA, Kind.JOIN, Kind.LINE}
    | {Kind.OPEN, Kind.CLOSE, Kind.BULLET, Kind.TIMES}
)
"""What a text consists of that only names things."""

ROLES_OF_NAMES: Final = frozenset({"", "emoji", "joining", "listing", "brands", "states", "other"})

PLEASE: Final = "please"
HEARTS: Final = re.compile(r"[<:]3")
PUNCTUATION: Final = " .,!?~。！？…\n"
NONE_OF_THE_CHAT: Final = KnownNames()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the engine knows in every chat: the word lists and the catalogue."""

    lexicon: Lexicon
    catalogue: KnownNames
    emoji: KnownNames
    spellings: Mapping[str, Thing]
    """The things by their names in the catalogue, as written and as normalised."""

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Knowledge":
        """Return the word lists that come with the program, and a catalogue."""
        lexicon = load_lexicon()
        known = KnownNames.of_catalogue(catalogue)
        emoji = KnownNames()
        for sign, english in lexicon.emoji.items():
            if name := known.find("".join(english.lower().split())):
                emoji.by_key[sign] = name
        spellings: dict[str, Thing] = {}
        for ingredient in catalogue.ingredients:
            for spelling in ingredient.names:
                name = Name(spelling, ingredient, ItemKey(ingredient.id))
                for written in (spelling, spelling.lower(), normalise(spelling)):
                    spellings.setdefault(written, Thing(name))
        for plural, english in lexicon.plurals.items():
            if name := known.find("".join(english.lower().split())):
                known.by_key[plural] = name
                spellings[plural] = Thing(name)
        return cls(lexicon, known, emoji, spellings)


def own_names(names: Iterable[str]) -> KnownNames:
    """Return the names that a chat typed itself, ready for `parse`."""
    return KnownNames.of_typed(names)


def parse_alone(text: str, knowledge: Knowledge) -> Parse | None:
    """Return what a text means if that is the same in every chat and on every day, or None.

    Such are lists of names of the catalogue, with counts or without, and talk.
    """
    if len(text) <= LONGEST_PLAIN_LIST and (things := _plain_list(text, knowledge)):
        return Parse((Deed(Act.PUT, things, is_bare=True),))
    talk = _talk(plain(text), knowledge.lexicon) if len(text) <= LONGEST_TALK_TYPED else None
    return Parse((talk,)) if talk else None


def parse(
    text: str,
    knowledge: Knowledge,
    *,
    today: date,
    month_first: bool = False,
    american_units: bool = False,
    own: KnownNames = NONE_OF_THE_CHAT,
) -> Parse:
    """Return what a text means.

    Args:
        text: of a message, of any length; `Parse.unread` is what is too much.
        knowledge: word lists and catalogue.
        today: in the time zone of the chat; dates are read as of this day.
        month_first: whether `3/4` in English is in March. In a Korean sentence it always is.
        american_units: whether a pint is the American one.
        own: the names that the chat has and the catalogue has not.
    """
    if alone := parse_alone(text, knowledge):
        return alone
    said = plain(text[:LONGEST_READ]) + text[LONGEST_READ:]  # the rest is only quoted
    if looks_like_receipt(said):
        said = plain(text)
        receipt = _receipt_reader(
            knowledge, today, own, month_first=month_first, american_units=american_units
        )
        lines = said.split("\n")
        rest = "\n".join(lines[LINES_OF_RECEIPT:]).strip()
        if len(said) - len(rest) > LONGEST_OF_RECEIPT:
            lines, rest = [], said
        for line in lines[:LINES_OF_RECEIPT]:
            receipt.take(line)
        if receipt.things or receipt.others or rest:
            return replace(_receipt(receipt), unread=rest)
    lexicon = knowledge.lexicon
    tokens, end = cut(said)
    is_korean = any(token.sort is Sort.HANGUL for token in tokens)
    dates = DateReader(lexicon, today, is_korean or month_first)
    amounts = AmountReader(lexicon, knowledge.catalogue, american_units)
    tables = (own, knowledge.catalogue)
    scan = Scan(said, tokens, lexicon, tables, knowledge.emoji, dates, amounts)
    marks, unread = _read(scan, end)
    prices = sum(mark.kind is Kind.PRICE for mark in marks)
    codes = sum(mark.kind is Kind.CODE for mark in marks)
    sentences = Sentences(said)
    deeds: Sequence[Deed] = sentences.deeds(marks)
    if sentences.unread_from >= 0:
        unread = said[sentences.unread_from :].strip()
    if not deeds:
        deeds = (Deed(Act.UNSURE, because=Because.WORDS_LEFT),)
    return Parse(deeds, LeftOut(prices, codes), unread=unread)


def names_only(text: str, knowledge: Knowledge, own: KnownNames = NONE_OF_THE_CHAT) -> bool:
    """Tell whether a text has nothing but names, known or not, with signs and amounts.

    A word that decides something, or stands beside names in a sentence, is none; nor is an amount
    alone.
    """
    said = plain(text)
    tokens, end = cut(said)
    lexicon, is_american = knowledge.lexicon, False
    dates = DateReader(lexicon, date.min, is_american)
    amounts = AmountReader(lexicon, knowledge.catalogue, is_american)
    tables = (own, knowledge.catalogue)
    scan = Scan(said, tokens, lexicon, tables, knowledge.emoji, dates, amounts)
    marks, read = read_marks(scan)
    if not any(mark.kind in (Kind.NAME, Kind.WORD) for mark in marks):
        return False
    is_whole = read == len(tokens) and end == len(said)
    return is_whole and all(mark.kind in NAMING and mark.role in ROLES_OF_NAMES for mark in marks)


def reading_receipt(
    text: str,
    knowledge: Knowledge,
    *,
    today: date,
    month_first: bool = False,
    american_units: bool = False,
    own: KnownNames = NONE_OF_THE_CHAT,
) -> Steps[Parse]:
    """Read all lines of a receipt, of which `parse` reads the first; the arguments are the same."""
    receipt = _receipt_reader(
        knowledge, today, own, month_first=month_first, american_units=american_units
    )
    for line in plain(text).split("\n"):
        receipt.take(line)
        yield
    return _receipt(receipt)


def _receipt_reader(
    knowledge: Knowledge,
    today: date,
    own: KnownNames,
    *,
    month_first: bool = False,
    american_units: bool = False,
) -> ReceiptReader:
    lexicon = knowledge.lexicon
    dates = DateReader(lexicon, today, month_first)
    amounts = AmountReader(lexicon, knowledge.catalogue, american_units)
    tables = (own, knowledge.catalogue)

    def read(line: str) -> Sequence[Mark]:
        tokens, _ = cut(line)
        return read_marks(Scan(line, tokens, lexicon, tables, knowledge.emoji, dates, amounts))[0]

    return ReceiptReader(read, lexicon)


def _receipt(read: ReceiptReader) -> Parse:
    deed = Deed(Act.PUT, read.things, why=("receipt",))
    return Parse((deed,), read.left_out, is_receipt=True, others=read.others)


def _read(scan: Scan, end: int) -> tuple[Sequence[Mark], str]:
    """The marks of a text whose tokens end at `end`, and its rest that is not read."""
    marks, read = read_marks(scan)
    if read == len(scan.tokens) and end == len(scan.text):
        return marks, ""
    kept = whole_sentences(marks)
    return kept, scan.text[kept[-1].end if kept else 0 :].strip()


def _plain_list(text: str, knowledge: Knowledge) -> Sequence[Thing] | None:
    """The things of a text that is nothing but names of the catalogue, each with a count or not.

    It means what the engine would find, and is as quick as looking the names up.
    """
    spellings = knowledge.spellings
    things: list[Thing] = []
    for part in text.replace("\n", ",").split(","):
        said = part.strip(" ")
        thing = spellings.get(said) or _counted(said, knowledge)
        if thing is not None:
            things.append(thing)
        elif said:
            return None
    return things


def _counted(said: str, knowledge: Knowledge) -> Thing | None:
    """A name of the catalogue that is written in another way, or has a count behind it."""
    spellings = knowledge.spellings
    if said.isascii() and (thing := spellings.get(normalise(said))):
        return thing
    found = COUNTED.fullmatch(said)
    if found is None:
        return None
    thing = spellings.get(found[1]) or spellings.get(normalise(found[1]))
    if thing is None:
        return None
    units, said_unit = knowledge.lexicon.units, (found[3] or "").lower()
    unit, factor = units.korean.get(said_unit) or units.english.get(said_unit) or ONE_PIECE
    amount = rounded(Decimal(found[2]) * factor, unit)
    return replace(thing, lot=Lot(amount)) if amount else None


def _talk(said: str, lexicon: Lexicon) -> Deed | None:
    """A greeting, thanks, a yes or no to nothing, a wish to undo, or only a smile."""
    if len(said) > LONGEST_TALK:
        return None
    words = HEARTS.sub(" ", said).strip().rstrip(SMILES).lstrip(SMILES)
    if not said.strip(PUNCTUATION):
        return None
    if not words:
        named = any(sign in lexicon.emoji for sign in said)
        return None if named else Deed(Act.TALK, talk=Talk.ANSWER, why=("smile",))
    kind = (
        _kind_of_talk(said, lexicon)
        or _kind_of_talk(words, lexicon)
        or _kind_of_words(words.split(), lexicon)
    )
    if kind is None:
        return None
    if kind == "undo":
        return Deed(Act.UNDO, why=(kind,))
    return Deed(Act.TALK, talk=Talk(kind), why=(kind,))


def _kind_of_words(words: Sequence[str], lexicon: Lexicon) -> str | None:
    """The kind of talk of several words, each of which is talk: lol ok, 안녕 봇."""
    kinds = {_kind_of_talk(word, lexicon) for word in words}
    return next((kind for kind in Talk if kind in kinds and kinds <= set(Talk)), None)


def _kind_of_talk(said: str, lexicon: Lexicon) -> str | None:
    key = phrase_key(said.strip(PUNCTUATION))
    return lexicon.talk.get(key) or lexicon.talk.get(key.removesuffix(PLEASE).strip(","))
