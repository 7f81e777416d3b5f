"""Goes through the sentences of a text: each is done whole, or not at all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.understanding.deciding.bare import Heading, bare_deed
from bot.understanding.deciding.clause import CATEGORY_WORDS, Around, Clause, left_over, whole
from bot.understanding.deciding.english.clauses import (
    begins_as_question,
    english_clauses,
    is_verb,
)
from bot.understanding.deciding.english.rules import english_deed
from bot.understanding.deciding.korean.clauses import korean_clauses
from bot.understanding.deciding.korean.rules import korean_deed
from bot.understanding.meaning import CHANGING, Act, Asked, Because, Deed
from bot.understanding.reading.marks import Kind, Mark
from fridge.lots import Lot

if TYPE_CHECKING:
    from fridge.lots import Place

ENDS: Final = frozenset({Kind.STOP, Kind.LINE, Kind.QUESTION})
LISTED: Final = frozenset(
    {Kind.NAME, Kind.AMOUNT, Kind.COMMA, Kind.JOIN, Kind.BULLET, Kind.PRICE, Kind.CODE, Kind.NOTE}
    | {Kind.OPEN, Kind.CLOSE, Kind.TIMES, Kind.DAY, Kind.DATE_WORD, Kind.UNREAD_DAY}
)
OF_DELIVERIES: Final = frozenset({"bought_head", "time", "filler", "elsewhere"})
HEADING_ENDS: Final = frozenset({Kind.COLON, Kind.BULLET})
MOST_OF_HEADING: Final = 3
SHELVES: Final = frozenset({"dairy", "bakery", "produce", "deli", "carbs", "protein", "veggies"})
"""Headings of lists that are no names of food."""
LISTED_ROLES: Final = frozenset({"", "emoji", "joining", "brands", "states", "plain"})
MOST_CLAUSES: Final = 10
"""More than anybody says in one message; lines of names with amounts are one clause."""
MOST_IN_A_SENTENCE: Final = 8
HEDGES: Final = frozenset({Because.HEARSAY, Because.CONDITION, Because.NEGATION, Because.PLAN})
OF_ITSELF: Final = frozenset({Because.NEGATION, Because.STILL_THERE, Because.ELSEWHERE})
OF_THINGS: Final = frozenset({Asked.DATE, Asked.AMOUNT, Asked.IS_THERE})
OF_ONE: Final = frozenset({Act.PUT, Act.TAKE, Act.LEFT, Act.USE})
COMING: Final = frozenset({Act.PUT, Act.SHOP})
GOING: Final = frozenset({Act.TAKE, Act.USE, Act.LEFT, Act.BAD})
REPEATABLE: Final = frozenset({Act.PUT, Act.TAKE, Act.SHOP, Act.USE})
EMPTY: Final = frozenset({Kind.COMMA, Kind.JOIN, Kind.BULLET, Kind.CLOSE, Kind.OPEN})


def _way(act: Act) -> int:
    return (act in COMING) - (act in GOING)


class Sentences:
    """Goes through the sentences of a text, and remembers what holds for the next ones."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._deeds: list[Deed] = []
        self._heading: Deed | None = None
        self._place: Place | None = None
        self._line_place: Place | None = None
        self._plain: list[Mark] = []
        self._left = MOST_CLAUSES
        self.unread_from = -1

    def deeds(self, marks: Sequence[Mark]) -> list[Deed]:
        """The deeds of all sentences, in their order."""
        sentence: list[Mark] = []
        for at, mark in enumerate(marks):
            if mark.kind in HEADING_ENDS and _is_category(sentence) and _heads(marks[at + 1 :]):
                sentence = []
            elif mark.kind is Kind.LINE and self._line_place is None and _is_plain(sentence):
                self._plain += [*sentence, mark]
                sentence = []
            elif mark.kind in ENDS:
                self._sentence(sentence, is_question=mark.kind is Kind.QUESTION)
                sentence = []
                if mark.kind is Kind.LINE:
                    self._line_place = None
            elif mark.kind is Kind.COLON and (heading := self._as_heading(sentence)):
                self._end_plain()
                self._take_heading(heading)
                self._line_place = self._place
                sentence = []
            else:
                sentence.append(mark)
        self._sentence(sentence, is_question=False)
        return self._finished()

    def _as_heading(self, sentence: Sequence[Mark]) -> Heading | None:
        """Return what `냉동실:` or `Used up:` says of what follows."""
        if not sentence:
            return None
        around = Around(self._text)
        clauses = _clauses(sentence, around)
        if len(clauses) == 1 and _is_delivery(clauses[0]):
            return Heading(Deed(Act.PUT, why=clauses[0].why))
        if any(mark.kind is Kind.NAME for mark in sentence):
            return None
        if not clauses or clauses[0].verb is None:
            found = bare_deed(sentence, around)
            return found if isinstance(found, Heading) else None
        deed = self._deed(clauses[0])
        if len(clauses) == 1 and deed.act is Act.UNSURE and not deed.left_over:
            guess = Act.TAKE if deed.guess is Act.USE else deed.guess
            act = guess or _HEADING_ACTS.get(clauses[0].does)
            if act is not None and act in REPEATABLE:
                return Heading(Deed(act, why=deed.why))
        return None

    def _take_heading(self, heading: Heading) -> None:
        if heading.deed is not None:
            self._heading = heading.deed
        if heading.place is not None:
            self._place = heading.place

    def _end_plain(self) -> None:
        """Decide the lines before that only list things, in one go."""
        lines, self._plain = self._plain, []
        if lines:
            self._decide(lines, is_question=False)

    def _sentence(self, marks: list[Mark], *, is_question: bool) -> None:
        if not is_question and self._line_place is None and _is_plain(marks):
            self._plain += marks
            self._end_plain()
            return
        self._end_plain()
        self._decide(marks, is_question=is_question)

    def _decide(self, marks: Sequence[Mark], *, is_question: bool) -> None:
        if all(mark.kind in EMPTY for mark in marks):
            return
        if self._left <= 0:
            self.unread_from = marks[0].start if self.unread_from < 0 else self.unread_from
            return
        around = Around(self._text, self._place, is_question)
        clauses = _clauses(marks, around)
        if len(clauses) > MOST_IN_A_SENTENCE:
            self._add([Deed(Act.UNSURE, because=Because.WORDS_LEFT)])
            self._left -= 1
            return
        self._left -= max(1, len(clauses))
        if clauses:
            for group in _told_and_asked(clauses):
                deeds = _all_or_nothing(self._clause_deeds(group, around))
                self._add([_quoting(deed, self._text, marks) for deed in deeds])
            return
        found = bare_deed(marks, around)
        if isinstance(found, Heading):
            self._take_heading(found)
        elif found is not None:
            self._add([_quoting(found, self._text, marks)])

    def _clause_deeds(self, clauses: Sequence[Clause], around: Around) -> list[Deed]:
        deeds: list[Deed] = []
        for clause in clauses:
            previous = deeds[-1] if deeds else self._last()
            if clause.verb is None:
                bare = bare_deed(clause.marks, around)
                deeds += [_apart(bare, clause)] if isinstance(bare, Deed) else []
                continue
            deed = self._deed(clause, previous, deeds[-1] if deeds else None)
            deed = _apart(deed, clause)
            if _is_to_buy(deed) and previous is not None and previous.act is Act.TAKE:
                deed = Deed(Act.SHOP, whole(previous.things), why=deed.why)  # 없네 사야겠다
            elif deeds:
                deed = _of_the_same(deed, deeds[-1])
            if not (deeds and _adds_nothing(clause, deed, deeds[-1])):
                deeds.append(deed)
        return deeds

    def _deed(
        self, clause: Clause, previous: Deed | None = None, beside: Deed | None = None
    ) -> Deed:
        if clause.verb is not None and clause.verb.verb is not None:
            return korean_deed(clause)
        return english_deed(clause, previous, beside)

    def _last(self) -> Deed | None:
        return self._deeds[-1] if self._deeds else None

    def _add(self, deeds: Sequence[Deed]) -> None:
        for deed in deeds:
            self._add_one(deed)

    def _add_one(self, deed: Deed) -> None:
        last = self._last()
        if deed.because is Because.TAKEN_BACK:
            self._deeds = [_undone(one, Because.TAKEN_BACK) for one in self._deeds]
        elif deed.because in HEDGES and not deed.things and last is not None:
            self._deeds[-1] = last = _undone(last, deed.because)  # eggs. maybe
        if deed.is_bare and self._heading is not None:
            heading = self._heading
            deed = replace(heading, things=deed.things, why=(*heading.why, *deed.why))
        if last is not None:
            if last.act is Act.ASK and not last.things and deed.is_bare and last.asked in OF_THINGS:
                self._deeds[-1] = replace(last, things=deed.things)  # 먹어도 돼? 두부
                return
            if last.is_bare and _is_said_of_names(deed) and deed.guess is not None:
                self._deeds[-1] = Deed(deed.guess, last.things, why=deed.why)
                return
            if last.act is Act.BAD and deed.act is Act.TAKE and _same(last, deed):
                self._deeds[-1] = deed
                return
            if last.act is Act.TAKE and deed.act is Act.NOTHING and not deed.things:
                return
            if last.act is deed.act and last.things and _differ_only_in_things(last, deed):
                things = [*last.things, *deed.things]
                self._deeds[-1] = replace(last, things=things, why=last.why or deed.why)
                return
        self._deeds.append(deed)

    def _finished(self) -> list[Deed]:
        """The deeds without those that say nothing beside others that do."""
        if self._heading is not None and not self._deeds:
            is_list = self._heading.act is Act.SHOP
            return [Deed(Act.SHOW_SHOPPING, why=self._heading.why)] if is_list else [self._heading]
        saying = [deed for deed in self._deeds if _says_something(deed)]
        return saying or self._deeds[:1]


def _is_delivery(clause: Clause) -> bool:
    """The veg box came; what it held follows."""
    if (clause.does, clause.mood) != ("put", "report_after"):
        return False
    found = clause.gather(clause.marks)
    rest = [mark for mark in found.rest if mark is not clause.verb]
    is_unknown = not any(item.is_known for item in found.items)
    return bool(found.items) and is_unknown and not left_over(rest, OF_DELIVERIES)


def _is_category(sentence: Sequence[Mark]) -> bool:
    """Whether a line begins with nothing but categories: Veg; Dairy; Fruit & veg."""
    if len(sentence) > MOST_OF_HEADING:
        return False
    named = [mark for mark in sentence if mark.kind in (Kind.NAME, Kind.WORD)]
    if not named:
        return False
    is_plain = all(mark in named or mark.kind is Kind.JOIN or _is_and(mark) for mark in sentence)
    return is_plain and all(_names_category(mark) for mark in named)


def _is_and(mark: Mark) -> bool:
    return mark.phrase is not None and "and" in mark.phrase


def _names_category(mark: Mark) -> bool:
    if mark.name is not None and mark.name.ingredient is not None:
        return mark.name.ingredient.en in CATEGORY_WORDS and not mark.role
    return mark.said.lower() in SHELVES


def _heads(marks: Sequence[Mark]) -> bool:
    """Whether things stand behind a heading, on its line or on the next."""
    line: list[Mark] = []
    for mark in marks:
        if mark.kind is Kind.LINE and line:
            break
        if mark.kind is not Kind.LINE:
            line.append(mark)
    named = [mark for mark in line if mark.kind in (Kind.NAME, Kind.WORD)]
    return bool(named) and not any(_names_category(mark) for mark in named)


_HEADING_ACTS: Final = {
    "buy": Act.PUT,
    "got": Act.PUT,
    "put": Act.PUT,
    "finish": Act.TAKE,
    "gone": Act.TAKE,
    "discard": Act.TAKE,
    "need": Act.SHOP,
}


def _clauses(marks: Sequence[Mark], around: Around) -> list[Clause]:
    """The clauses of a sentence; none without a verb."""
    if any(mark.verb is not None for mark in marks):
        return korean_clauses(marks, around)
    if len(marks) > 1 and marks[0].said.lower() == "no" and marks[1].kind is Kind.COMMA:
        return []  # no, soy milk
    if any(is_verb(mark) for mark in marks):
        return english_clauses(marks, around)
    return []


def _all_or_nothing(deeds: Sequence[Deed]) -> list[Deed]:
    """The deeds of one sentence. Where one is not understood, the others are only offered."""
    deeds = [deed for deed in deeds if deed.act is not Act.NOTHING or deed.why]
    if len(deeds) <= 1 or all(
        deed.act in CHANGING or deed.act in (Act.USE, Act.BAD) or _is_of_another(deed, deeds)
        for deed in deeds
    ):
        return list(deeds)
    undone = [_undone(deed, Because.OTHER_PART) for deed in deeds]
    ways = {_way(deed.guess or deed.act) for deed in undone} - {0}
    if len(ways) > 1:  # I bought milk but Tom drank it all
        return [replace(deed, guess=None) for deed in undone]
    return undone


def _told_and_asked(clauses: Sequence[Clause]) -> Sequence[Sequence[Clause]]:
    """The clauses before and from the one that begins to ask: 햄 다 먹었어 근데 치즈는 남아있어?"""
    asking = (at for at, one in enumerate(clauses) if _is_korean(one) and one.around.is_question)
    at = next(asking, 0)
    return [clauses[:at], clauses[at:]] if at else [clauses]


def _is_korean(clause: Clause) -> bool:
    return clause.verb is not None and clause.verb.verb is not None


def _adds_nothing(clause: Clause, deed: Deed, before: Deed) -> bool:
    return _only_means_to_buy(clause, deed, before) or _only_repeats(deed, before)


def _only_repeats(deed: Deed, before: Deed) -> bool:
    """계란 다 썼다 이제 없다, 우유 쉬었나봐 상했어: the same again, of nothing else."""
    is_empty = not (deed.things or deed.left_over or deed.fix)
    is_again = before.act in (Act.TAKE, Act.BAD) and deed.guess in (Act.TAKE, before.act)
    return deed.act is Act.UNSURE and is_empty and is_again


def _quoting(deed: Deed, text: str, marks: Sequence[Mark]) -> Deed:
    """The deed; one that does not even lead to a guess, with the whole sentence."""
    is_guess = bool(deed.things and deed.guess)
    if deed.act is not Act.UNSURE or is_guess or not (deed.things or deed.left_over):
        return deed
    return replace(deed, said=text[marks[0].start : marks[-1].end])


def _only_means_to_buy(clause: Clause, deed: Deed, before: Deed) -> bool:
    """우유 다 먹었어 다음에 사올게: no more than that it will be bought."""
    is_plan = deed.act is Act.NOTHING and deed.because is Because.PLAN and not deed.things
    return is_plan and clause.does == "buy" and before.act in GOING


def _of_the_same(deed: Deed, before: Deed) -> Deed:
    """The deed, of what the clause before names: bought 6 eggs, ate two.

    So too what goes to a second place: 소고기 300g은 냉동실에 넣고 200g은 냉장실에 넣었어.
    """
    fix, guess = deed.fix, deed.guess
    if deed.act is not Act.UNSURE or deed.left_over or fix is None:
        return deed
    if guess is None or guess not in REPEATABLE:
        return deed
    if deed.things or before.act not in OF_ONE or len(before.things) != 1 or not fix.lot.amount:
        return deed
    is_placed = bool(before.things[0].lot.place) and guess is before.act is Act.PUT
    if fix.lot.best_before or (fix.lot.place and not is_placed) or fix.date_unread:
        return deed
    act = Act.TAKE if guess is Act.USE else guess
    lot = Lot(fix.lot.amount, place=fix.lot.place)
    thing = replace(before.things[0], share=None, date_unread="", lot=lot)
    return Deed(act, [thing], why=deed.why)


def _apart(deed: Deed, clause: Clause) -> Deed:
    """The deed; a question that begins as one says nothing of what was done before."""
    is_apart = deed.act is Act.ASK and begins_as_question(clause.marks)
    return replace(deed, is_apart=True) if is_apart else deed


def _is_of_another(deed: Deed, deeds: Sequence[Deed]) -> bool:
    """우유는 안 샀고 빵만 샀어: what was not done, or is asked, says nothing of the other."""
    is_question = deed.act is Act.ASK and deed.is_apart
    is_of_itself = deed.act is Act.NOTHING and deed.because in OF_ITSELF
    if not (is_question or is_of_itself) or not deed.things:
        return False
    acts = [one for one in deeds if one is not deed and one.act is not Act.SHOP]
    others = {thing.name.key for one in acts for thing in one.things}
    return others.isdisjoint(thing.name.key for thing in deed.things)


def _undone(deed: Deed, because: Because | None) -> Deed:
    if deed.act not in CHANGING:
        return deed
    return replace(deed, act=Act.UNSURE, guess=deed.act, because=because, is_bare=False)


def whole_sentences(marks: Sequence[Mark]) -> Sequence[Mark]:
    """The marks up to the last end of a sentence; of a mere list, up to its last comma.

    The end of a text that is too long to be read may turn its last sentence round.
    """
    ends = ENDS | {Kind.COMMA} if _is_plain(marks) else ENDS
    last = next((at for at in range(len(marks) - 1, -1, -1) if marks[at].kind in ends), -1)
    return marks[: last + 1]


def _is_plain(marks: Sequence[Mark]) -> bool:
    """Whether a line only lists things, with amounts."""
    return bool(marks) and all(mark.kind in LISTED and mark.role in LISTED_ROLES for mark in marks)


def _is_to_buy(deed: Deed) -> bool:
    is_empty = not deed.things and not deed.left_over
    return deed.act is Act.UNSURE and deed.guess is Act.SHOP and is_empty


def _is_said_of_names(deed: Deed) -> bool:
    """Whether a verb stands alone, behind a list that it is said of."""
    is_empty = not deed.things and not deed.left_over
    return deed.act is Act.UNSURE and is_empty and deed.guess in REPEATABLE


def _same(one: Deed, other: Deed) -> bool:
    return {thing.name.key for thing in one.things} == {thing.name.key for thing in other.things}


def _differ_only_in_things(one: Deed, other: Deed) -> bool:
    if not other.things or one.instead_of or other.instead_of or one.fix or other.fix:
        return False
    if one.everything or other.everything:
        return False
    return _manner(one) == _manner(other)


def _manner(deed: Deed) -> tuple[object, ...]:
    """All of a deed but its things and reasons."""
    return (
        *(deed.act, deed.is_order, deed.is_state, deed.is_bare, deed.asked),
        *(deed.because, deed.guess, deed.category, deed.place),
    )


def _says_something(deed: Deed) -> bool:
    return bool(deed.things or deed.everything or deed.fix or deed.said) or deed.act not in (
        *(Act.NOTHING, Act.UNSURE, Act.TALK, Act.USE, Act.LEFT, Act.BAD),
    )
