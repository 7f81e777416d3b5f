"""Cuts a text into tokens: numbers, words, signs and ends of lines."""

import re
import unicodedata
from collections.abc import Sequence
from enum import IntEnum
from typing import Final, NamedTuple

MOST_TOKENS: Final = 110
"""Of a longer text only the beginning is read; see `Parse.unread`."""

_PATTERN: Final = re.compile(
    r"[^\S\n]*(?:"
    r"(\d+(?:[.,]\d+)*)"
    r"|([가-힣]+)"
    r"|([^\W\d_ㄱ-ㅣ가-힣]+(?:['’-][^\W\d_ㄱ-ㅣ가-힣]+)*)"
    r"|(\n)\s*"
    r"|([ㄱ-ㅣ_]+)"
    r"|([-=*_~·.]{3,})"
    r"|(\S))"
)

_COMPOSED: Final = re.compile("[ -~\n가-힣ㄱ-ㅣ\u2000-\u2bff\U0001f000-\U0001faff]*")
"""Text that is composed already, as nearly all."""
_PIECE: Final = re.compile("\\s+|\\S{1,64}[\u0300-\u036f\u1160-\u11ff]{0,4}")
LONGEST_READ: Final = 2048
"""So many characters have more tokens than are read, or are no text of a person."""
LONGEST_WORD: Final = 64
"""A longer word is in no list."""

_SPECIAL: Final = re.compile(
    r"[㎀-㏟ℓ½⅓⅔¼¾⅛①-⑳０-９Ａ-Ｚａ-ｚ，．／：；！？（）％＋－×✕✖＊ㆍ\r\v\f\x1c-\x1e\x85\u2028\u2029、，﹐︐]"
)
_REPLACED: Final = {
    "½": " 1/2 ",
    "⅓": " 1/3 ",
    "⅔": " 2/3 ",
    "¼": " 1/4 ",
    "¾": " 3/4 ",
    "⅛": " 1/8 ",
    "ℓ": "l",
    "✕": "×",
    "✖": "×",
    "＊": "*",
    "ㆍ": "·",
    "、": ",",
    "，": ",",
    "﹐": ",",
    "︐": ",",
    "\r": "\n",
    "\v": "\n",
    "\f": "\n",
    "\x1c": "\n",
    "\x1d": "\n",
    "\x1e": "\n",
    "\x85": "\n",
    "\u2028": "\n",
    "\u2029": "\n",
}
_RANGES: Final = ((0x3380, 0x33E0), (0xFF01, 0xFF5F), (0x2460, 0x2474))
_TABLE: Final = {
    **{
        code: unicodedata.normalize("NFKC", chr(code))
        for first, end in _RANGES
        for code in range(first, end)
    },
    **dict.fromkeys(range(0x2460, 0x2474), "\n"),  # ① begins a line of a list
    **{ord(sign): said for sign, said in _REPLACED.items()},
}


class Sort(IntEnum):
    """What a token consists of."""

    NUMBER = 1
    HANGUL = 2
    LATIN = 3
    LINE = 4
    JAMO = 5
    RULE = 6
    SIGN = 7


_SORTS: Final = (None, *Sort)


class Token(NamedTuple):
    """A piece of the text, at `start` to `end`.

    `key` is what phrases are looked up by, `name_key` what names are. `gap`: white space is before.
    """

    sort: Sort
    key: str
    name_key: str
    start: int
    end: int
    gap: bool


def plain(text: str) -> str:
    """The text with the signs that stand for others in their place, such as kg for ㎏."""
    if text.isascii():
        return text
    if not _COMPOSED.fullmatch(text):
        # Python sorts a run of marks in quadratic time, so it is composed in short pieces.
        text = "".join(unicodedata.normalize("NFC", piece) for piece in _PIECE.findall(text))
    if _SPECIAL.search(text):
        text = text.replace("\r\n", "\n").translate(_TABLE)
    return text.replace("\u200b", "").replace("\ufe0f", "").replace("\u200d", "")


def cut(text: str) -> tuple[list[Token], int]:
    """The tokens of a plain text, and where in it the rest begins that is not read."""
    tokens: list[Token] = []
    # White space at the end would be looked at again from each of its signs.
    for found in _PATTERN.finditer(text, 0, len(text.rstrip())):
        index = found.lastindex
        if index is None:
            continue
        if len(tokens) == MOST_TOKENS or found.start() >= LONGEST_READ:
            return tokens, found.start()
        start = found.start(index)
        said = found[index]
        sort = _SORTS[index]
        key = name_key = said
        if len(said) > LONGEST_WORD:
            key = name_key = said[: LONGEST_WORD + 1]
        elif sort is Sort.LATIN:
            key, name_key = _latin_keys(said)
        if sort is not None:
            tokens.append(
                Token(sort, key, name_key, start, found.end(index), start > found.start())
            )
    return tokens, len(text)


def _latin_keys(said: str) -> tuple[str, str]:
    key = said.lower()
    if key.isalpha() and key.isascii():
        return key, key
    key = key.replace("’", "'").replace("-", "")
    name_key = key.replace("'", "")
    if not name_key.isascii():
        decomposed = unicodedata.normalize(
            "NFKD", unicodedata.normalize("NFKD", name_key).casefold()
        )
        name_key = unicodedata.normalize(
            "NFC", "".join(one for one in decomposed if not "\u0300" <= one < "\u0370")
        )
    return key, name_key


def key_at(tokens: Sequence[Token], at: int) -> str:
    """The key of a token; "" behind the last."""
    return tokens[at].key if at < len(tokens) else ""


def sort_at(tokens: Sequence[Token], at: int) -> Sort | None:
    """The sort of a token; None behind the last."""
    return tokens[at].sort if at < len(tokens) else None
