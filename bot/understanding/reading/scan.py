"""The state of reading one text: its tokens, the marks so far, and what all matchers share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from bot.understanding.dates.calendar import FoundDate
from bot.understanding.dates.reader import DateReader
from bot.understanding.names import Name
from bot.understanding.reading.known_names import PLAIN_ROLES, FoundName, KnownNames, find_name
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.reading.numbers_and_units import AmountReader, Counted
from bot.understanding.reading.particles import split_particle
from bot.understanding.reading.tokens import Sort, Token
from bot.understanding.words.korean_verbs import Verb
from bot.understanding.words.lexicon import Lexicon, PhraseTable

PHRASE_TOKENS: Final = 6
DATE_WORD_TOKENS: Final = 4
NOTE_TOKENS: Final = 3
MOST_SPLITS: Final = 5
MOST_COMPOUNDS: Final = 40
UNTIL: Final = "까지"
IS_UNTIL: Final = frozenset(
    {"까지야", "까지임", "까지예요", "까지에요", "까지였어", "까지다", "까지입니다", "까지네"}
)
ASKS_UNTIL: Final = ("까지니", "까지냐", "까지지")
SEPARATING: Final = frozenset({Kind.LINE, Kind.COMMA, Kind.JOIN, Kind.BULLET, Kind.STOP})
WORDS: Final = frozenset({Sort.HANGUL, Sort.LATIN})


class FoundPhrase(NamedTuple):
    """What a phrase may be, the token behind it, and the role of the particle on it."""

    meanings: dict[str, str]
    end: int
    role: str = ""


NO_PHRASE: Final = FoundPhrase({}, 0)


@dataclass(slots=True)
class Scan:
    """One text while it is read.

    Attributes:
        text: as it was cut.
        tokens: of the text.
        lexicon: the words of both languages.
        tables: the names that are known, the chat's own first.
        emoji: names by the emoji that is named for them.
        dates, amounts: read these.
        marks: what was read so far.
        listed: the last number of a list, such as "1.".
        splits, compounds: how often more costly looks at a word are still taken.
    """

    text: str
    tokens: Sequence[Token]
    lexicon: Lexicon
    tables: Sequence[KnownNames]
    emoji: KnownNames
    dates: DateReader
    amounts: AmountReader
    marks: list[Mark] = field(default_factory=list[Mark])
    splits: int = MOST_SPLITS
    compounds: int = MOST_COMPOUNDS
    listed: int = 0

    def mark(self, kind: Kind, start: int, end: int) -> Mark:
        """Add a mark for the tokens from `start` up to `end`."""
        begin, stop = self.tokens[start].start, self.tokens[end - 1].end
        mark = Mark(kind, begin, stop, self.text[begin:stop])
        self.marks.append(mark)
        return mark

    def passed(self, kind: Kind, start: int, end: int) -> int:
        """Add a mark of which only the kind matters; return the token behind it."""
        self.mark(kind, start, end)
        return end

    def named(self, start: int, found: FoundName, *, korean: bool = False) -> int:
        """Add the mark of a name; return the token behind it."""
        mark = self.mark(Kind.NAME, start, found.end)
        mark.name, mark.role, mark.is_korean = found.name, found.role, korean
        if korean and (stems := self.lexicon.homographs.get(found.name.typed)):
            mark.homograph = stems
        return found.end

    def spoken(self, start: int, found: FoundPhrase, *, korean: bool = False) -> int:
        """Add the mark of a phrase; return the token behind it."""
        mark = self.mark(Kind.PHRASE, start, found.end)
        mark.phrase, mark.role, mark.is_korean = found.meanings, found.role, korean
        return found.end

    def noted(self, start: int, end: int, *, korean: bool = False) -> int:
        """Add the mark of a note; return the token behind it."""
        mark = self.mark(Kind.NOTE, start, end)
        letters = "".join(token.key for token in self.tokens[start:end])
        mark.role = next(iter(self.lexicon.notes.meanings[letters]))
        mark.is_korean = korean
        return end

    def dated(self, start: int, found: FoundDate) -> int:
        """Add the mark of a day, with the word for "until" behind it; return the token behind."""
        end, rest = found.end, found.rest
        behind = self.word(end)
        if not rest and (behind.startswith(UNTIL) or behind in self.lexicon.days_behind):
            rest = behind
            end += 1
        mark = self.mark(Kind.DAY, start, end)
        mark.day = found.day
        mark.certain = found.is_certain and not rest.endswith(ASKS_UNTIL)
        mark.role = "is" if rest in IS_UNTIL else ""
        return end

    def counted(self, start: int, found: Counted) -> int:
        """Add the mark of an amount or a share; return the token behind it."""
        if found.share is not None:
            mark = self.mark(Kind.SHARE, start, found.end)
            mark.share = found.share
            mark.role = self.lexicon.particles.roles.get(found.rest, "")
            return found.end
        mark = self.mark(Kind.AMOUNT, start, found.end)
        mark.amount = found.amount
        mark.is_bare_number = found.bare
        mark.size_word = found.unit_word
        if found.rest:
            self._behind_counter(mark, found.rest)
        return found.end

    def _behind_counter(self, mark: Mark, rest: str) -> None:
        """Read what is written together with a counter: a particle, verb or name: 두개샀어."""
        mark.role = self.lexicon.particles.roles.get(rest, "")
        verb = None if mark.role else self.lexicon.verbs.read(rest)
        name = None if mark.role or verb else self.name_of(rest)
        if verb or name:
            end = mark.end
            mark.end = end - len(rest)
            mark.said = self.text[mark.start : mark.end]
            behind = Mark(Kind.VERB if verb else Kind.NAME, mark.end, end, rest)
            behind.verb, behind.name, behind.is_korean = verb, name, True
            self.marks.append(behind)

    def name_of(self, letters: str) -> Name | None:
        """The name that is all of some letters of a word: 콩나물 of 1모콩나물."""
        return next((name for table in self.tables if (name := table.by_key.get(letters))), None)

    def phrase(self, at: int) -> FoundPhrase:
        """The longest phrase from a token on."""
        table = self.lexicon.phrases
        letters = ""
        best = NO_PHRASE
        for index in range(at, min(at + PHRASE_TOKENS, len(self.tokens))):
            token = self.tokens[index]
            if token.sort not in WORDS and token.sort is not Sort.JAMO:
                break
            longer = letters + token.key
            if found := table.meanings.get(longer):
                best = FoundPhrase(found, index + 1)
            elif token.sort is Sort.HANGUL and letters + token.key[0] in table.beginnings:
                best = self._with_particle(letters, token.key, index + 1) or best
            if longer not in table.beginnings:
                break
            letters = longer
        return best

    def _with_particle(self, letters: str, word: str, end: int) -> FoundPhrase | None:
        meanings = self.lexicon.phrases.meanings
        for stem, _, role in split_particle(word, self.lexicon.particles):
            found = meanings.get(letters + stem)
            if found and ("place" in found or (len(letters + stem) > 1 and role in PLAIN_ROLES)):
                return FoundPhrase(found, end, role)
        return None

    def name(self, at: int) -> FoundName | None:
        """The longest name from a token on."""
        return find_name(self.tokens, at, self.tables, self.lexicon.particles)

    def day(self, at: int) -> FoundDate | None:
        """The day that begins at a token."""
        until = self.key(at + 1).startswith(UNTIL)
        return self.dates.read(self.tokens, at, after_word=self.after_date_word() or until)

    def date_word(self, at: int) -> int:
        """The token behind a word that says that a best-before date follows; 0 if there is none."""
        return self._longest_of(self.lexicon.date_words, at, DATE_WORD_TOKENS)

    def note(self, at: int) -> int:
        """The token behind a brand or a state; 0 if there is none."""
        return self._longest_of(self.lexicon.notes, at, NOTE_TOKENS)

    def _longest_of(self, table: PhraseTable, at: int, most: int) -> int:
        if self.tokens[at].key not in table.beginnings:
            return 0
        letters, end = "", 0
        for index in range(at, min(at + most, len(self.tokens))):
            token = self.tokens[index]
            if token.sort not in WORDS:
                break
            letters += token.key
            if letters in table.meanings:
                end = index + 1
            if letters not in table.beginnings:
                break
        return end

    def note_before_name(self, at: int, name_end: int) -> int:
        """The end of a note that is a name too, where a name is behind it: 매일 우유."""
        end = self.note(at)
        if not end or end != name_end or self.sort(end) not in WORDS:
            return 0
        return end if self.name(end) else 0

    def after_date_word(self) -> bool:
        """Whether a word stands before that says that a date follows."""
        for mark in reversed(self.marks[-3:]):
            if mark.kind is Kind.DATE_WORD:
                return True
            between = mark.phrase or {}
            if mark.kind is not Kind.COLON and not ("be" in between or "determiner" in between):
                return False
        return False

    def is_dated(self, found: FoundDate) -> bool:
        """Whether a day is a best-before date: by itself, or by a word before or behind it."""
        return found.is_certain or self.after_date_word() or self.until_behind(found)

    def until_behind(self, found: FoundDate) -> bool:
        """Whether 까지 stands behind a day."""
        said = found.rest or self.word(found.end)
        return said.startswith(UNTIL) or said in self.lexicon.days_behind

    def begins_line(self) -> bool:
        """Whether nothing stands before on the line."""
        return not self.marks or self.marks[-1].kind in (Kind.LINE, Kind.BULLET)

    def stands_alone(self, end: int) -> bool:
        """Whether only separators stand before, and behind a token."""
        before = not self.marks or self.marks[-1].kind in SEPARATING
        return before and self.sort(end) not in WORDS

    def sort(self, at: int) -> Sort | None:
        """The sort of a token; None behind the last."""
        return self.tokens[at].sort if at < len(self.tokens) else None

    def key(self, at: int) -> str:
        """The key of a token; "" behind the last."""
        return self.tokens[at].key if at < len(self.tokens) else ""

    def word(self, at: int) -> str:
        """The key of a token that is a Korean word; otherwise ""."""
        return self.tokens[at].key if self.sort(at) is Sort.HANGUL else ""

    def gap(self, at: int) -> bool:
        """Whether white space stands before a token."""
        return at < len(self.tokens) and self.tokens[at].gap


def verb_mark(scan: Scan, start: int, end: int, verb: Verb) -> int:
    """Add the mark of a Korean verb; return the token behind it."""
    mark = scan.mark(Kind.VERB, start, end)
    mark.verb, mark.is_korean = verb, True
    return end


def known_name(scan: Scan, sign: str) -> Name | None:
    """The name that an emoji is named for."""
    return scan.emoji.by_key.get(sign)
