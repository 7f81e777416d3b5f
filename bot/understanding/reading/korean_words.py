"""Reads Korean words: names with particles, verbs with endings, numbers, days and phrases."""

import re
from collections.abc import Sequence
from typing import Final

from bot.understanding.dates.calendar import FoundDate
from bot.understanding.reading.known_names import FoundName
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.numbers_and_units import Counted
from bot.understanding.reading.particles import split_particle
from bot.understanding.reading.scan import NO_PHRASE, UNTIL, FoundPhrase, Scan, verb_mark
from bot.understanding.reading.splitting import Piece, split
from bot.understanding.reading.tokens import Sort
from bot.understanding.words.korean_verbs import Verb, sounds_past

OUT_OF: Final = frozenset({"중", "중에", "중에서"})
SEEMS: Final = tuple("같아듯인")
PRICE: Final = re.compile("[일이삼사오육칠팔구십백천만]+원(?:어치|짜리|에|정도)?")
"""A price in words: 만원어치."""
SAID_SO: Final = ("까지래", "까지래요", "까지라던데", "까지라네", "까지라고", "까지라니까")
"""Somebody else says until when."""
BESIDE: Final = frozenset({"filler", "time", "person", "from", "purpose", "more"})
"""Phrases that say who, when, where and why, beside names."""
LONGEST_APART: Final = 10
VERB_TOKENS: Final = 4
GOES_ON: Final = frozenset({"not", "must", "wish", "order"})
KIN: Final = (
    "이모",
    "고모",
    "숙모",
    "삼촌",
    "할머니",
    "할아버지",
    "엄마",
    "언니",
    "누나",
    "오빠",
    "형",
)
"""할머니네 is a house, and no verb that ends so."""
VISITING: Final = ("가", "갔", "들", "다녀")
AT_HOME: Final = "네서"
AMBIGUOUS_NUMBER: Final = "삼"
"""Three, and "bought"."""


def read_korean(scan: Scan, at: int) -> int:
    """Read a Korean word, with those that belong to it; return the token behind them."""
    if PRICE.fullmatch(scan.key(at)):
        return scan.passed(Kind.PRICE, at, at + 1)
    if scan.key(at) in scan.lexicon.behind_counters and not scan.gap(at) and at:
        return at + 1  # 1L짜리
    if _is_particle_of_latin(scan, at):
        scan.marks[-1].role = scan.lexicon.particles.roles[scan.key(at)]
        return at + 1
    if scan.key(at) in OUT_OF and scan.marks and scan.marks[-1].kind is Kind.AMOUNT:
        return scan.spoken(at, FoundPhrase({"out_of": ""}, at + 1), korean=True)  # 4캔 중 3캔
    phrase = _phrase(scan, at)
    if (end := scan.date_word(at)) > phrase.end:
        return scan.passed(Kind.DATE_WORD, at, end)
    name = _name(scan, at, phrase)
    day = scan.day(at) if scan.key(at)[:2] in scan.lexicon.day_beginnings else None
    if day and _is_day(scan, day, name):
        return scan.dated(at, day)
    if _is_unread_day(scan, at, name):
        return scan.passed(Kind.UNREAD_DAY, at, at + 1)  # 우유 방학까지
    counted = _counted(scan, at, name, phrase)
    if counted:
        return scan.counted(at, counted)
    return _word(scan, at, phrase, name) or _other(scan, at, day)


def _is_particle_of_latin(scan: Scan, at: int) -> bool:
    """freezer에: a particle behind a word in Latin letters."""
    if at == 0 or scan.gap(at) or scan.sort(at - 1) is not Sort.LATIN or not scan.marks:
        return False
    return scan.key(at) in scan.lexicon.particles.roles


def _phrase(scan: Scan, at: int) -> FoundPhrase:
    phrase = scan.phrase(at)
    if phrase.end > at + 1 and "place" in phrase.meanings:
        return NO_PHRASE  # 김치 냉장고에 is kimchi, and where it went
    if "taken_head" in phrase.meanings and scan.word(phrase.end).startswith(SEEMS):
        alone = scan.lexicon.phrases.meanings.get(scan.key(at))  # 다 먹은 것 같아
        return FoundPhrase(alone, at + 1) if alone else NO_PHRASE
    return phrase


def _name(scan: Scan, at: int, phrase: FoundPhrase) -> FoundName | None:
    """The name that begins here, unless it is rather a phrase: 밤에, 사과할게."""
    name = scan.name(at)
    if name is None or name.end < phrase.end:
        return None
    if phrase.end != name.end:
        return name
    is_short = len(name.name.typed) == 1
    if phrase.meanings.keys() & {"no_food", "purpose"}:
        return None
    if phrase.meanings.keys() & BESIDE and is_short and not scan.stands_alone(name.end):
        return None
    is_one_syllable = not name.role and len(scan.key(at)) == 1
    return None if is_one_syllable and not phrase.meanings.keys() & BESIDE else name


def _is_day(scan: Scan, day: FoundDate, name: FoundName | None) -> bool:
    if day.rest.endswith(SAID_SO):
        return False
    until = scan.until_behind(day)
    if not scan.is_dated(day) or (name and name.end > day.end):
        return False
    return not day.rest or until or _may_stand_behind(scan, day.rest)


def _counted(scan: Scan, at: int, name: FoundName | None, phrase: FoundPhrase) -> Counted | None:
    """The amount that begins here, unless a name or a phrase is longer."""
    if name and name.end > at + 1:
        return None
    if scan.lexicon.verbs.read(scan.key(at)) is not None and len(scan.key(at)) > 1:
        return None  # 구매 is no 9 매
    counted = scan.amounts.read(scan.tokens, at)
    if counted is None or (counted.rest and not _may_stand_behind(scan, counted.rest)):
        return None
    if name and counted.end <= name.end:
        return None
    if phrase.end > counted.end:
        return None
    if phrase.end == counted.end and "filler" not in phrase.meanings:
        return None
    return None if scan.key(at) == AMBIGUOUS_NUMBER and counted.end == at + 1 else counted


def _word(scan: Scan, at: int, phrase: FoundPhrase, name: FoundName | None) -> int:
    """A name, a phrase or a verb, whichever is longest; 0 where there is none."""
    verb, verb_end = _verb(scan, at)
    name_end = name.end if name else 0
    note_end = scan.note(at) if verb else 0
    if verb and note_end > max(verb_end, name_end):
        return scan.noted(at, note_end, korean=True)  # 먹다 남은
    if name and name_end >= verb_end:
        if end := scan.note_before_name(at, name_end):
            return scan.noted(at, end, korean=True)
        return scan.named(at, name, korean=True)
    is_only_filler = phrase.meanings.keys() == {"filler"} and phrase.end == verb_end
    describes = verb is not None and verb.mood == "of"
    if phrase.end and phrase.end >= verb_end and (not verb or not is_only_filler or describes):
        return scan.spoken(at, phrase, korean=True)
    return verb_mark(scan, at, verb_end, verb) if verb else 0


def _other(scan: Scan, at: int, day: FoundDate | None) -> int:
    """A note, a day in passing, several words written together, or a word that is not known."""
    if end := scan.note(at):
        return scan.noted(at, end, korean=True)
    if day and not day.rest:
        return scan.spoken(at, FoundPhrase({"on_day": ""}, day.end), korean=True)
    if scan.splits:
        scan.splits -= 1
        pieces = split(scan.key(at), scan.tables, scan.lexicon, scan.amounts)
        if pieces:
            _place(scan, at, pieces)
            return at + 1
    return _unknown(scan, at)


def _unknown(scan: Scan, at: int) -> int:
    word = scan.key(at)
    is_kin = word.removesuffix("네").endswith(KIN) and not scan.word(at + 1).startswith(VISITING)
    is_verb = sounds_past(word) or (len(word) > 1 and word.endswith(scan.lexicon.surely_verbs))
    is_verb = is_verb and not is_kin
    stands_alone = scan.stands_alone(at + 1)
    mark = scan.mark(Kind.SENTENCE_WORD if is_verb else Kind.WORD, at, at + 1)
    mark.is_korean = True
    if word.endswith(AT_HOME) and word.removesuffix("서").removesuffix("네").endswith(KIN):
        mark.role = "place"  # 이모네서
    elif not stands_alone and not (is_kin and word.endswith("네")):
        for _stem, _particle, role in split_particle(word, scan.lexicon.particles):
            mark.role = role
    return at + 1


def _is_unread_day(scan: Scan, at: int, name: FoundName | None) -> bool:
    """Whether a word behind a thing says until when, in words that are no day."""
    word = scan.key(at)
    if name or len(word) <= len(UNTIL) or not word.endswith(UNTIL) or not scan.marks:
        return False
    return scan.marks[-1].kind in (Kind.NAME, Kind.AMOUNT)


def _may_stand_behind(scan: Scan, rest: str) -> bool:
    """Whether what is written together with a counter or a day belongs to it."""
    if rest in scan.lexicon.particles.roles or rest in scan.lexicon.behind_counters:
        return True
    return scan.lexicon.verbs.read(rest) is not None


def _verb(scan: Scan, at: int) -> tuple[Verb | None, int]:
    """The longest form of a verb from a token on, with what is written apart: 사야 해."""
    verbs = scan.lexicon.verbs
    word = scan.key(at)
    if not verbs.may_begin(word):
        return None, 0
    verb = verbs.read(word)
    end = at + 1 if verb else 0
    for index in range(at + 1, min(at + VERB_TOKENS, len(scan.tokens))):
        if not _goes_on(scan, index) or len(word) > LONGEST_APART:
            break
        scan.compounds -= 1
        word += scan.key(index)
        longer = verbs.read(word)
        if longer and (verb is None or _is_longer_form(verb, longer)):
            verb, end = longer, index + 1
    return verb, end


def _is_longer_form(verb: Verb, longer: Verb) -> bool:
    """Whether what is written apart belongs to the verb: 먹지 마, 배달 왔어."""
    same = verb.does in (longer.does, "cook") or (verb.does, longer.does) == ("eat", "finish")
    return same or verb.mood == "bare" or longer.mood in GOES_ON


def _goes_on(scan: Scan, at: int) -> bool:
    is_word = scan.sort(at) is Sort.HANGUL and scan.compounds > 0
    return is_word and scan.key(at)[0] in scan.lexicon.continues


def _place(scan: Scan, at: int, pieces: Sequence[Piece]) -> None:
    """Add the marks of the pieces of a word."""
    start = scan.tokens[at].start
    for piece in pieces:
        if piece.role:
            scan.marks[-1].role = piece.role
            continue
        begin, end = start + piece.start, start + piece.end
        mark = Mark(_kind(piece), begin, end, scan.text[begin:end])
        mark.is_korean = True
        mark.name, mark.amount, mark.verb = piece.name, piece.amount, piece.verb
        mark.phrase = {piece.phrase: ""} if piece.phrase else None
        scan.marks.append(mark)


def _kind(piece: Piece) -> Kind:
    if piece.name:
        return Kind.NAME
    if piece.amount:
        return Kind.AMOUNT
    return Kind.VERB if piece.verb else Kind.PHRASE
