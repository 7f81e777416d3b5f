"""Finds the command in a person's plain words, in both languages."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.understanding.spoken_names import without_particle
from fridge.catalogue.normalise import normalise

_SMALL_TALK: Final = (
    *(
        "고마워",
        "고마워요",
        "고맙습니다",
        "감사해요",
        "감사합니다",
        "땡큐",
        "ㄱㅅ",
        "수고했어",
        "수고하세요",
    ),
    *(
        "안녕",
        "안녕하세요",
        "안뇽",
        "하이",
        "ㅎㅇ",
        "반가워",
        "반가워요",
        "반갑습니다",
        "굿모닝",
        "좋은 아침",
    ),
    *(
        "잘 자",
        "잘 자요",
        "잘 가",
        "응",
        "네",
        "네네",
        "넵",
        "그래",
        "ㅇㅇ",
        "ㅇㅋ",
        "오케이",
        "좋아",
        "좋아요",
    ),
    *(
        "알았어",
        "알았어요",
        "알겠어",
        "알겠어요",
        "아니",
        "아니야",
        "아니요",
        "ㄴㄴ",
        "없어",
        "없어요",
    ),
    *("미안", "미안해", "잘 지내", "잘 지내요", "누구야", "누구세요"),
    *("thanks", "thanks a lot", "many thanks", "thank you", "thank you so much", "thx", "ty"),
    *("thank you very much", "ok thanks", "ok thank you", "hi", "hi there", "hello", "hello there"),
    *("hey", "hey there", "good morning", "good afternoon", "good evening", "good night", "bye"),
    *("goodbye", "see you", "how are you", "who are you", "ok", "okay", "yes", "yeah", "yep"),
    *("no", "nope", "great", "perfect", "lol", "haha", "sorry"),
)
_SMILES: Final = "".join(
    (
        "ㅋㅎㅠㅜ^:;()❤☺🎉\u200d\ufe0f",
        *map(chr, range(0x1F3FB, 0x1F400)),  # skin tones
        *map(chr, range(0x1F44A, 0x1F451)),  # hands
        *map(chr, range(0x1F493, 0x1F4A0)),  # hearts
        *map(chr, range(0x1F600, 0x1F650)),  # faces, and more hands
        *map(chr, range(0x1F910, 0x1F930)),
        *map(chr, range(0x1F970, 0x1F97B)),
    )
)
"""Signs after words, or alone, that name nothing."""

_UNDO: Final = (
    "되돌리기",
    "되돌려",
    "되돌려줘",
    "되돌려 주세요",
    *("취소", "취소해줘", "방금 거 취소", "방금 것 취소", "방금 거 되돌려줘"),
    *("실수", "실수야", "잘못 넣었어", "잘못 뺐어"),
    *("undo", "undo it", "undo that", "undo the last one", "cancel", "cancel that", "oops"),
)

_REFUSALS: Final = (
    *(
        "취소",
        "취소해줘",
        "취소할게",
        "취소할게요",
        "그만",
        "됐어",
        "됐어요",
        "안 할래",
        "안 할래요",
    ),
    *("아니", "아니야", "아니요", "없어", "없어요", "ㄴㄴ"),
    *("cancel", "stop", "no", "nope", "no thanks", "no thank you", "nothing", "never mind"),
)

_PLEASE: Final = r"(?:\s*(?:줘|줘요|주세요))?"
_PAST: Final = "(?:어요?|다|습니다)"
_KOREAN_ORDERS: Final[Mapping[str, str]] = {
    "add": rf"(?:추가(?:하기|해|해요|했어|했어요)?|넣(?:기|어|어요)){_PLEASE}",
    "remove": (
        "(?:(?:삭제|제거)(?:하기|해|해요|했어|했어요)?|빼(?:기|요)?"
        rf"|지우기|지워요?|꺼내(?:기|요)?|버리기|버려요?){_PLEASE}"
    ),
}
_KOREAN_REPORTS: Final[Mapping[str, str]] = {
    "add": rf"(?:넣었|샀|사\s?왔){_PAST}",
    "remove": (
        rf"(?:뺐|꺼냈|지웠){_PAST}|(?:다\s*)?(?:먹었|마셨|떨어졌|버렸){_PAST}|다\s*썼{_PAST}|없{_PAST}"
    ),
}
_KOREAN_LOOK: Final = r"(?:있|남았)(?:어요?|나요?|니|지|습니까)"
_KOREAN_SHOW: Final = (
    r"(?:내\s|우리\s)?(?:냉장고|목록|재료|리스트)[을를]?\s?(?:좀\s)?(?:열어|보여|알려)"
    r"(?:\s?(?:봐|줘|줘요|주세요|줄래))?"
)

_COULD_YOU: Final = r"(?:(?:please|(?:can|could) you(?: please)?),?\s)?"
_WE: Final = r"(?:(?:i|we)(?:['’]ve|\shave)?\s)"
_JUST: Final = r"(?:(?:just|already|also|all)\s)?"
_ENGLISH_ORDERS: Final[Mapping[str, str]] = {
    "add": rf"{_COULD_YOU}(?:add|put in)",
    "remove": rf"{_COULD_YOU}(?:remove|delete|take out|throw out|throw away|get rid of)",
}
_ENGLISH_REPORTS: Final[Mapping[str, str]] = {
    "add": rf"{_WE}?{_JUST}(?:bought|picked up)|{_WE}{_JUST}got",
    "remove": (
        rf"{_WE}?{_JUST}(?:used up|used the last(?: of)?|finished|ate|drank|ran out of|run out of"
        r"|threw out|threw away|got rid of)"
        rf"|(?:(?:i|we)(?:['’](?:m|re)|\sam|\sare)\s)?{_JUST}out of"
        r"|no more|there(?:['’]s|\sis|\sare) no(?: more)?"
    ),
}
_IN_THE_FRIDGE: Final = r"\s(?:the|my|our)\sfridge"
_GONE: Final = r"(?:all\s)?(?:gone|finished|used up|empty)"
_ENGLISH_LOOK: Final = (
    r"(?:(?:do|did)\s(?:i|we|you)\s(?:still\s)?have|(?:is|are)\sthere|how\s(?:many|much))\s.+"
    rf"|(?:is|are)\s.+\s{_GONE}|(?:(?:is|are)\s)?any\s.+\sleft"
)
_ENGLISH_SHOW: Final = (
    rf"{_COULD_YOU}(?:show|open|check|list|see)(?:\sme)?(?:\s(?:the|my|our|your))?"
    r"\s(?:fridge|list|ingredients|things|food)"
    r"|what\s(?:do\s(?:i|we|you)\s(?:still\s)?have|have\s(?:i|we|you)\s(?:still\s)?got)"
    rf"(?:\sleft)?(?:\sin{_IN_THE_FRIDGE})?"
    rf"|what(?:['’]?s|\sis)(?:\s(?:there|still|left|inside|in{_IN_THE_FRIDGE}))+"
)

_SLASH: Final = re.compile(
    r"[/／](?P<word>[^\s/／@]+)(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL
)


def _before(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{words})\s*[:\s]\s*(?P<rest>.+)", re.IGNORECASE | re.DOTALL)


def _around(before: str, behind: str) -> re.Pattern[str]:
    return re.compile(rf"{before}(?P<rest>.+?)\s(?:{behind})", re.IGNORECASE | re.DOTALL)


def _behind(words: str) -> re.Pattern[str]:
    aside = "(?:(?:오늘|방금|어제|아까|지금|냉장고에서?)\\s){0,3}"
    return re.compile(rf"{aside}(?P<rest>.+?)(?:\s좀)?\s(?:{words})", re.DOTALL)


_ORDERS_BEFORE: Final = {
    command: _before(f"{korean}|{_ENGLISH_ORDERS[command]}")
    for command, korean in _KOREAN_ORDERS.items()
}
_REPORTS_BEFORE: Final = {
    command: _before(f"{korean}|{_ENGLISH_REPORTS[command]}")
    for command, korean in _KOREAN_REPORTS.items()
}
_ORDERS_BEHIND: Final = {command: _behind(words) for command, words in _KOREAN_ORDERS.items()}
_REPORTS_BEHIND: Final = {command: _behind(words) for command, words in _KOREAN_REPORTS.items()}
_OUT: Final = rf"(?:away|out|out\sof{_IN_THE_FRIDGE})"
_ORDERS_AROUND: Final = (
    ("add", _around(rf"{_COULD_YOU}put\s", rf"(?:back\s)?(?:in|into)(?:{_IN_THE_FRIDGE})?")),
    ("remove", _around(rf"{_COULD_YOU}(?:take|throw)\s", _OUT)),
)
_REPORTS_AROUND: Final = (
    ("remove", _around(rf"{_WE}?{_JUST}threw\s", _OUT)),
    ("remove", _around("", rf"(?:is|are)\s{_GONE}")),
)
_WORD: Final = {
    command: re.compile(f"{korean}|{_KOREAN_REPORTS[command]}")
    for command, korean in _KOREAN_ORDERS.items()
}
_ENGLISH_WORD: Final = {
    command: re.compile(f"{english}|{_ENGLISH_REPORTS[command]}", re.IGNORECASE)
    for command, english in _ENGLISH_ORDERS.items()
}
_LOOK: Final = re.compile(
    rf"{_ENGLISH_LOOK}|{_ENGLISH_SHOW}|.+\s{_KOREAN_LOOK}|{_KOREAN_SHOW}", re.IGNORECASE
)

_PLEASE_BEHIND: Final = re.compile(r",?\s(?:please|thanks|thank you)\Z", re.IGNORECASE)
_FRIDGE_BEHIND: Final = re.compile(
    r"\s(?:to|in|into|from|out of)\s(?:the|my|our)\sfridge\Z", re.IGNORECASE
)

_AROUND: Final = " \t\n.,!?~。！？…"
_QUESTION_MARKS: Final = ("?", "？")
_EVERYTHING: Final = frozenset({"다", "모두", "전부", "all", "it", "it all", "them", "everything"})
_OBJECT: Final = re.compile(r"(?P<last>[가-힣][을를])(?=\s*(?:[,，、\n]|$))")
_OBJECT_PARTICLES: Final = frozenset("을를")

_SMALL_TALK_KEYS: Final = frozenset(map(normalise, _SMALL_TALK))
_UNDO_KEYS: Final = frozenset(map(normalise, _UNDO))
_REFUSAL_KEYS: Final = frozenset(map(normalise, _REFUSALS))


LONGEST_PHRASE: Final = 64


@dataclass(frozen=True, slots=True)
class SpokenCommand:
    """A command, and the names that it concerns.

    A report tells what a person did, such as `bought milk`, and gives no order.
    """

    command: str
    text: str
    is_report: bool = False


def slash_command(text: str, bot_username: str, by_word: Mapping[str, str]) -> SpokenCommand | None:
    """Return the command at the beginning of a text, such as `/추가 우유` or `/추가@my_bot 우유`.

    Telegram recognises only commands in Latin letters.

    Args:
        text: of a message.
        bot_username: a command with another bot's name gives None.
        by_word: the command of each normalised word.
    """
    found = _SLASH.fullmatch(unicodedata.normalize("NFC", text.strip()))
    if found is None:
        return None
    if found["bot"] and found["bot"].lower() != bot_username.lower():
        return None
    rest = found["rest"] or ""
    for command, word in _WORD.items():
        if word.fullmatch(found["word"]):
            return SpokenCommand(command, rest)
    command_alone = by_word.get(_key(found["word"]))
    return SpokenCommand(command_alone, rest) if command_alone else None


def plain_words_command(text: str, by_word: Mapping[str, str]) -> SpokenCommand | None:
    """Return the command that a text says without a slash, such as `우유 빼줘` or `add milk`.

    A command without names has to be the whole text. A question about what is in the fridge, or
    about what somebody did, asks for the list.

    Args:
        text: of a message.
        by_word: the command of each normalised word.
    """
    said = _PLEASE_BEHIND.sub("", _tidied(text))
    alone = _command_alone(said, by_word)
    if alone:
        return SpokenCommand(alone, "")
    found = _command_with_names(said)
    is_question = text.rstrip().endswith(_QUESTION_MARKS)
    if found is not None and not (found.is_report and is_question):
        return found
    return SpokenCommand("fridge", "") if found or _LOOK.fullmatch(said) else None


def is_small_talk(text: str) -> bool:
    """Tell whether a text is only a greeting, thanks, a smile, or a yes or no."""
    said = _tidied(text)
    words = said.rstrip(f"{_SMILES}{_AROUND}")
    is_smile = bool(said) and not words
    return is_smile or not _SMALL_TALK_KEYS.isdisjoint(map(_key, (said, words)))


def asks_to_undo(text: str) -> bool:
    """Tell whether a text asks for an undo without naming the change."""
    return _key(_PLEASE_BEHIND.sub("", _tidied(text))) in _UNDO_KEYS


def declines(text: str) -> bool:
    """Tell whether an answer to the bot's question only refuses, such as "nothing"."""
    return all(_key(_tidied(part)) in _REFUSAL_KEYS for part in text.split(","))


def _command_alone(said: str, by_word: Mapping[str, str]) -> str | None:
    """Return the command that is the whole text."""
    if command := by_word.get(_key(said)):
        return command
    return next(
        (
            command
            for command, word in _WORD.items()
            if word.fullmatch(said) or _ENGLISH_WORD[command].fullmatch(said)
        ),
        None,
    )


def _command_with_names(said: str) -> SpokenCommand | None:
    """Return the command that is said together with names, which may be anything."""
    without_frills = _FRIDGE_BEHIND.sub("", said)
    for patterns, is_report in ((_ORDERS_BEFORE, False), (_REPORTS_BEFORE, True)):
        for command, before in patterns.items():
            if found := before.fullmatch(without_frills):
                return SpokenCommand(command, _unless_everything(found["rest"]), is_report)
    for around_all, is_report in ((_ORDERS_AROUND, False), (_REPORTS_AROUND, True)):
        for command, around in around_all:
            if found := around.fullmatch(said):
                return SpokenCommand(command, _unless_everything(found["rest"]), is_report)
    for patterns, is_report in ((_ORDERS_BEHIND, False), (_REPORTS_BEHIND, True)):
        for command, behind in patterns.items():
            if found := behind.fullmatch(said):
                names = _OBJECT.sub(_without_particle, found["rest"])
                return SpokenCommand(command, _unless_everything(names), is_report)
    return None


def _key(said: str) -> str:
    """Return the normalised phrase; empty for a text that is longer than every known phrase."""
    return normalise(said) if len(said) <= LONGEST_PHRASE else ""


def _unless_everything(names: str) -> str:
    """Return the names; none for words such as "all of it", which name nothing."""
    return "" if names.casefold() in _EVERYTHING else names


def _tidied(text: str) -> str:
    """Return the text with single spaces, so that the patterns need not try several."""
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(filter(None, lines)).strip(_AROUND)


def _without_particle(found: re.Match[str]) -> str:
    """Return the end of a name without the particle of a grammatical object."""
    return without_particle(found["last"], _OBJECT_PARTICLES)
