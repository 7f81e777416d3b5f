"""Finds the command that a text is: by its slash in any script, or by a phrase for it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fridge.catalogue.normalise import normalise

LONGEST_PHRASE: Final = 64

_REFUSALS: Final = (
    *("취소", "취소해줘", "취소할게", "취소할게요", "그만", "됐어", "됐어요"),
    *("안 할래", "안 할래요", "아니", "아니야", "아니요", "없어", "없어요", "ㄴㄴ"),
    *("cancel", "stop", "no", "nope", "no thanks", "no thank you", "nothing", "never mind"),
)
_AROUND: Final = " \t\n.,!?~。！？…"
_PLEASE_BEHIND: Final = re.compile(r",?\s(?:please|thanks|thank you)\Z", re.IGNORECASE)
_SLASH: Final = re.compile(
    r"[/／](?P<word>[^\s/／@]+)(?:@(?P<bot>\w+))?(?:\s+(?P<rest>.*))?", re.DOTALL
)
_IN_WORDS: Final = {
    "add": (
        re.compile(r"(?:add|추가)\s+(?P<names>.+)", re.DOTALL | re.IGNORECASE),
        re.compile(r"put\s+(?P<names>.+)\sin", re.IGNORECASE),
        re.compile(r"(?P<names>.+)\s추가", re.DOTALL),
    ),
    "remove": (
        re.compile(r"(?:remove|delete|삭제)\s+(?P<names>.+)", re.DOTALL | re.IGNORECASE),
        re.compile(r"(?P<names>.+)\s삭제", re.DOTALL),
    ),
}
"""By the command, the ways to say it in plain words with names beside it."""


@dataclass(frozen=True, slots=True)
class SpokenCommand:
    """A command, and the text behind it."""

    command: str
    text: str


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
    command = by_word.get(_key(found["word"]))
    return SpokenCommand(command, found["rest"] or "") if command else None


def command_alone(text: str, by_word: Mapping[str, str]) -> str | None:
    """Return the command for which a text is a phrase, such as "show me, please"."""
    return by_word.get(_key(_PLEASE_BEHIND.sub("", _tidied(text))))


def names_beside(command: str, text: str) -> str:
    """Return what stands beside the word of a command, such as 추가 or 삭제; empty without one.

    Args:
        command: `add` or `remove`.
        text: of a message.
    """
    said = unicodedata.normalize("NFC", text.strip())
    found = (way.fullmatch(said) for way in _IN_WORDS[command])
    return next((one["names"] for one in found if one), "")


def declines(text: str) -> bool:
    """Tell whether an answer to the bot's question only refuses, such as "nothing"."""
    return all(_key(_tidied(part)) in _REFUSAL_KEYS for part in text.split(","))


def _key(said: str) -> str:
    """Return the normalised phrase; empty for a text that is longer than every known phrase."""
    return normalise(said) if len(said) <= LONGEST_PHRASE else ""


def _tidied(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split()).strip(_AROUND)


_REFUSAL_KEYS: Final = frozenset(map(normalise, _REFUSALS))
