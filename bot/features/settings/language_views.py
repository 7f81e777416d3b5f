"""Replies about the language."""

from typing import Final

from bot.conversation.replies import Button, Message
from bot.features.settings.buttons import ChooseLanguage
from bot.locale.language import Language

# Each language has its own name for itself, which people who want it can read.
OWN_NAMES: Final = {Language.KOREAN: "한국어", Language.ENGLISH: "English"}


def question(language: Language) -> Message:
    """Ask for the language of the chat."""
    return Message(
        language.gettext("Which language shall I speak here?"),
        (tuple(Button(name, ChooseLanguage(one).data) for one, name in OWN_NAMES.items()),),
    )


def chosen(language: Language) -> Message:
    """Confirm the language, in that language."""
    return Message(language.gettext("I'll speak English here."))
