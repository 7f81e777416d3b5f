"""What stands beside the verb of a Korean clause, and whether all of it is accounted for."""

from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import Clause, known, left_over
from bot.understanding.deciding.items.item import Gathered
from bot.understanding.deciding.korean.moods import MOODS
from bot.understanding.meaning import Act, Deed
from bot.understanding.reading.marks import Kind, Mark

ASIDES: Final = frozenset({"while", "plan"})
"""What stands before such a verb is no thing of the clause: 찌개 끓이면서, 김장하려고."""
ASIDE_ENDINGS: Final = ("려고", "면서", "느라", "느라고", "러")
ALWAYS: Final = frozenset({"filler", "time", "and", "on_day"})
EATING: Final = ALWAYS | {"person", "all", "some", "nearly", "last", "purpose", "more", "out_of"}
BUYING: Final = ALWAYS | {"person", "home", "from", "more", "some", "all", "giver", "purpose"}
LACKING: Final = ALWAYS | {"all"}
PLAIN_ROLES: Final = frozenset({"", "topic", "subject", "object", "also", "joining", "listing"})
WITH_ONLY: Final = PLAIN_ROLES | {"only"}
BUT: Final = "밖에"
SHOPS: Final = (
    "마트에서",
    "시장에서",
    "가게에서",
    "슈퍼에서",
    "점에서",
    "몰에서",
    "농장에서",
    "마켓에서",
    "네서",
    "네에서",
    "댁에서",
)
DESCRIBING: Final = frozenset({"buy", "come", "have", "left", "put"})
"""Verbs that may describe a thing and change nothing of it: 어제 산, 냉장고에 있던, 남은."""


def beside_verb(clause: Clause) -> list[Mark]:
    """The marks beside the verb, without asides and without what describes a thing."""
    begin = 0
    for index, mark in enumerate(clause.marks):
        if mark is clause.verb:
            break
        if _ends_aside(mark) and any(one.kind is Kind.NAME for one in clause.marks[index + 1 :]):
            begin = index + 1
    named = priced = False
    kept: list[Mark] = []
    for mark in clause.marks[begin:]:
        named = named or mark.kind is Kind.NAME
        priced = priced or mark.kind is Kind.PRICE
        if mark is clause.verb or (not named and _describes(mark, clause.does)):
            continue
        if mark.verb is not None and _leads_to(mark, clause.does, priced=priced):
            continue
        kept.append(mark)
    return kept


def _leads_to(mark: Mark, does: str, *, priced: bool) -> bool:
    """Whether a verb only tells how the clause's own came about: 구워 먹었어, 1500원 주고 샀어."""
    verb = mark.verb
    if verb is None or verb.mood not in ("present", "reason", "link", "while"):
        return False
    if verb.does == "given":
        return priced and verb.mood == "link"
    if verb.does == "cook":
        return does in ("eat", "finish")
    if does == "gone":
        return verb.does in ("eat", "finish") and verb.mood == "reason"  # 다 먹어서 없어
    return (
        verb.does in ("put", "buy") and does in ("come", "given", "put") and verb.mood == "reason"
    )


def _ends_aside(mark: Mark) -> bool:
    if mark.verb is not None:
        is_cooking = mark.verb.does == "cook" and mark.verb.mood in ASIDES
        return is_cooking and mark.said.endswith((*ASIDE_ENDINGS, "다가"))
    return mark.kind is Kind.SENTENCE_WORD and mark.said.endswith(ASIDE_ENDINGS)


def _describes(mark: Mark, does: str) -> bool:
    verb = mark.verb
    if verb is None or verb.mood != "of" or verb.does not in DESCRIBING:
        return False
    return not (does == "discard" and verb.does == "put")  # 방금 넣은 우유 빼줘: only that one


def _wrong_roles(found: Gathered, roles: frozenset[str], *, priced: bool = False) -> bool:
    """Whether a particle says something else of a name or an amount. 한 판에 7천원 is plain."""
    return any(item.role not in roles for item in found.items) or any(
        mark.role and mark.role not in roles
        for item in found.items
        for mark in item.amounts
        if not mark.said.endswith(BUT) and not (priced and mark.role == "place")
    )


def accounted(
    clause: Clause,
    act: Act,
    found: Gathered,
    allowed: frozenset[str],
    roles: frozenset[str] = PLAIN_ROLES,
) -> Deed:
    """The deed, if all is accounted for."""
    rest = left_over(found.rest, allowed)
    priced = any(mark.kind is Kind.PRICE for mark in clause.marks)
    if _wrong_roles(found, roles, priced=priced):
        words = [item.name.typed for item in found.items]
        return clause.unsure(act, found.things(), words)
    if not found.items:
        return replace(
            clause.unsure(act, (), [mark.said for mark in rest]),
            guess=None if rest else act,
            fix=found.fix(),
        )
    return clause.sure(act, found, rest)


def not_so(clause: Clause, moods: frozenset[str]) -> Deed | None:
    """Nothing, unless the mood is one of these."""
    if clause.mood in moods:
        return None
    because = MOODS.get(clause.mood)
    if because is not None:
        return clause.nothing(because)
    has_come = clause.mood == "of" and clause.does in ("buy", "come", "given")  # 시댁에서 가져온
    act = Act.PUT if has_come else None
    return clause.unsure(act, known(clause.gather(beside_verb(clause)).things()))


def is_at_shop(mark: Mark) -> bool:
    """새벽시장에서, 대형마트에서: where something is bought."""
    return mark.kind is Kind.WORD and mark.said.endswith(SHOPS)


def only_known(clause: Clause, deed: Deed, found: Gathered) -> Deed:
    """Unsure if a name is not known, or is a word of one syllable that means much else: 눈 왔어."""
    doubtful = any(
        not item.is_known or (item.is_korean and item.end - item.start <= 1 and not item.amounts)
        for item in found.items
    )
    if not doubtful or deed.act is Act.UNSURE:
        return deed
    things = [thing for thing in known(deed.things) if len(thing.name.typed) > 1]
    return clause.unsure(deed.act, things)


def went_bad(mark: Mark) -> bool:
    """상해서, 상한: why it is thrown away."""
    verb = mark.verb
    return verb is not None and verb.does == "bad" and verb.mood in ("reason", "of", "link")
