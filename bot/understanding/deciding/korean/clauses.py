"""Cuts a Korean sentence into clauses, each of which ends with a verb."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.understanding.deciding.clause import Around, Clause, phrase_kinds
from bot.understanding.deciding.korean.moods import DONE
from bot.understanding.deciding.korean.parts import ASIDE_ENDINGS, went_bad
from bot.understanding.reading.marks import Kind, Mark
from bot.understanding.words.korean_verbs import Verb

OPEN: Final = frozenset({"of", "to_come", "while"})
"""A verb in one of these moods goes on with the next word."""
SEEN: Final = frozenset({"gone", "bad", "left"})
COMING: Final = frozenset({"buy", "put", "come", "given"})
FOR_WHEN: Final = frozenset({"time", "later", "meal", "purpose", "person", "on_day"})
LAUGHS: Final = frozenset("ㅋㅎㅠㅜ")
ANEW: Final = frozenset({"근데", "그런데", "그나저나"})


def korean_clauses(marks: Sequence[Mark], around: Around) -> list[Clause]:
    """Cut a sentence into clauses, each of which ends with a verb."""
    parts: list[tuple[list[Mark], Mark | None]] = []
    current: list[Mark] = []
    for at, mark in enumerate(marks):
        current.append(mark)
        if mark.verb is not None and not _goes_on(mark, marks, at):
            parts.append((current, mark))
            current = []
    if len(parts) > 1 and _is_reason(parts[-1]):
        reason, _ = parts.pop()
        parts[-1][0].extend(reason)  # 버렸어 쉬어서
    if current and parts and not _is_remark(current, parts[-1][0][-1], around.text):
        parts[-1][0].extend(current)  # 우유 샀어 두 개
    elif current and not parts:
        parts.append((current, None))
    clauses: list[Clause] = []
    mood = ""
    for said, verb in reversed(parts):
        if verb is None or verb.verb is None:
            continue
        mood = _mood(verb.verb, verb.said, mood)
        if _are_both_there(verb.verb, clauses):
            mood = clauses[-1].mood = "state"  # 버터도 있고 치즈도 있어
        told = _without_purpose(said, verb)
        clauses.append(Clause(told, verb, verb.verb.does, mood, around, phrase_kinds(told)))
        if _begins_anew(said):
            around = replace(around, is_question=False)
    return clauses[::-1]


def _is_seen(said: str) -> bool:
    """떨어졌더라구요: what somebody has found, and not what others say."""
    return "더라" in said and "다더라" not in said and "카더라" not in said


def _are_both_there(verb: Verb, following: Sequence[Clause]) -> bool:
    if verb != ("have", "link") or not following:
        return False
    return following[-1].does == "have" and following[-1].mood in ("present", "state", "nominal")


def _begins_anew(said: Sequence[Mark]) -> bool:
    """Whether a clause begins with 근데, so that a question does not hold for those before."""
    return bool(said) and said[0].said in ANEW


def _without_purpose(said: list[Mark], verb: Mark) -> list[Mark]:
    """The marks without what something that comes is for: 내일 저녁에 먹을 고기 샀어."""
    if verb.verb is None or verb.verb.does not in COMING:
        return said
    at = next((at for at, mark in enumerate(said) if _is_to_be_eaten(mark)), -1)
    if at < 0 or said[at + 1].kind is not Kind.NAME:
        return said
    begin = at
    while begin and phrase_kinds([said[begin - 1]]) & FOR_WHEN:
        begin -= 1
    return said[:begin] + said[at + 1 :]


def _is_to_be_eaten(mark: Mark) -> bool:
    verb = mark.verb
    return verb is not None and verb.mood == "to_come" and verb.does in ("eat", "cook")


def _is_remark(said: Sequence[Mark], verb: Mark, text: str) -> bool:
    """과자 샀어ㅋㅋ 충동구매임: what is said behind a laugh, and is no thing."""
    laughs = not LAUGHS.isdisjoint(text[verb.end : said[0].start])
    words = {Kind.WORD, Kind.SENTENCE_WORD}
    is_told = said[-1].role == "is" or said[-1].kind is Kind.SENTENCE_WORD
    return laughs and is_told and all(mark.kind in words for mark in said)


def _is_reason(part: tuple[list[Mark], Mark | None]) -> bool:
    said, verb = part
    return len(said) == 1 and verb is not None and went_bad(verb)


def _mood(verb: Verb, said: str, following: str) -> str:
    """The mood of a verb. One that goes on with "and" (먹고) has that of the next verb."""
    if verb.mood == "hearsay" and verb.does in SEEN and _is_seen(said):
        return "report"
    if verb.mood != "link":
        return verb.mood
    if following:
        return "report" if following in DONE else following
    return "report" if verb.does == "gone" else "while"


def _goes_on(mark: Mark, marks: Sequence[Mark], at: int) -> bool:
    verb = mark.verb
    if verb is None:
        return True
    following = next((one for one in marks[at + 1 :] if one.verb is not None), None)
    if following is None:
        return False
    if verb.mood in OPEN or verb.does == "cook" or verb.mood == "reason":
        return True
    if verb.mood == "plan":
        return mark.said.endswith(ASIDE_ENDINGS)
    if verb.does == "given" and verb.mood == "link":  # 1500원 주고
        return any(one.kind is Kind.PRICE for one in marks[:at])
    is_next = marks[at + 1] is following
    return verb.mood == "bare" and is_next  # 배달 왔어, 필요 없어
