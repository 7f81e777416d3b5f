"""Reads tokens into marks, from left to right, and never twice."""

from collections.abc import Mapping
from typing import Final

from bot.understanding.reading.korean_words import read_korean
from bot.understanding.reading.latin_words import read_latin
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.scan import Scan
from bot.understanding.reading.signs_and_digits import read_number, read_sign
from bot.understanding.reading.tokens import Sort

SHORTEST_PLAIN: Final = 2
APART: Final = frozenset({Sort.LINE, Sort.NUMBER})
BETWEEN: Final = frozenset({",", ";", ".", "?", "!"})
WORDS: Final = frozenset({Sort.HANGUL, Sort.LATIN})
MOST_WORK: Final = 100
"""Of a text with more words than anybody says at once, only the beginning is read."""

WORK: Final[Mapping[Kind, int]] = {
    Kind.VERB: 5,
    Kind.SENTENCE_WORD: 5,
    Kind.WORD: 5,
    Kind.NOTE: 5,
    Kind.PHRASE: 3,
    Kind.SHARE: 5,
    Kind.CODE: 3,
    Kind.AMOUNT: 2,
    Kind.DAY: 4,
    Kind.UNREAD_DAY: 4,
    Kind.DATE_WORD: 3,
}
"""How much work it is to find a mark of a kind, and what it means; the others are 1."""


def _end_line(scan: Scan, at: int) -> int:
    return scan.passed(Kind.LINE, at, at + 1)


def _read_plain_name(scan: Scan, at: int) -> int:
    """Read one word that is a name and can be nothing else; 0 where it may be."""
    token = scan.tokens[at]
    key = token.name_key
    if len(key) < SHORTEST_PLAIN:
        return 0
    following = scan.tokens[at + 1] if at + 1 < len(scan.tokens) else None
    if following is not None:
        is_apart = following.sort in APART or following.key in BETWEEN
        if not is_apart or any(key + following.key[0] in one.beginnings for one in scan.tables):
            return 0
    lexicon = scan.lexicon
    is_word = token.key in lexicon.phrases.meanings or token.key in lexicon.notes.meanings
    if is_word or key[:2] in lexicon.day_beginnings or token.key in lexicon.first_day_words:
        return 0
    for table in scan.tables:
        if name := table.by_key.get(key):
            mark = scan.mark(Kind.NAME, at, at + 1)
            mark.name, mark.is_korean = name, token.sort is Sort.HANGUL
            return at + 1
    return 0


READERS: Final = {
    Sort.HANGUL: read_korean,
    Sort.LATIN: read_latin,
    Sort.NUMBER: read_number,
    Sort.SIGN: read_sign,
    Sort.LINE: _end_line,
}


def read_marks(scan: Scan) -> tuple[list[Mark], int]:
    """The marks of a text, and the token at which the rest begins that is not read."""
    at = 0
    work = MOST_WORK
    while at < len(scan.tokens) and work > 0:
        sort = scan.tokens[at].sort
        end = _read_plain_name(scan, at) if sort in WORDS else 0
        if not end:
            reader = READERS.get(sort)
            end = reader(scan, at) if reader else at + 1
            work -= bool(scan.marks) and scan.marks[-1].kind is Kind.NAME  # it was no plain one
        at = end
        work -= WORK.get(scan.marks[-1].kind, 1) if scan.marks else 1
    return scan.marks, at
