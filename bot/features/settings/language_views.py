"""What is said about the language."""

from typing import Final

from bot.conversation.replies import Button, Message
from bot.features.settings.buttons import ChooseLanguage
from bot.locale.language import Language

# Each is written in itself, so that whoever looks for it can read it.
OWN_NAMES: Final = {Language.KOREAN: "한국어", Language.ENGLISH: "English"}


def question(language: Language) -> Message:
    """Ask for the language of the chat."""
    return Message(
        language.gettext("Which language shall I speak here?"),
        (tuple(Button(name, ChooseLanguage(one).data) for one, name in OWN_NAMES.items()),),
    )


def chosen(language: Language) -> Message:
    """Say which language it is from now on, in that language."""
    return Message(language.gettext("I will speak English here."))
