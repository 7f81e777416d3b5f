"""What is said about forgetting a chat."""

from datetime import datetime
from typing import Final

from bot.conversation.replies import Button, Message
from bot.locale.language import Language
from db.chats.forgetting import Stored
from fridge.times import from_microseconds, to_microseconds

FORGET: Final = "forget:yes:"
"""What the data of the confirming button begins with; the time of the question and the language
that it was asked in follow."""

CANCEL: Final = "forget:no"


def question(stored: Stored, now: datetime, language: Language) -> Message:
    """Ask before everything is deleted, and say what that is."""
    lines = [
        language.gettext("<b>Forget everything about this chat?</b> I will delete:"),
        *_listed(stored, language),
        language.gettext("This can't be undone."),
    ]
    confirm = f"{FORGET}{to_microseconds(now)}.{language}"
    return Message(
        "\n".join(lines),
        (
            (Button(language.gettext("🗑 Delete everything"), confirm),),
            (Button(language.gettext("Cancel"), CANCEL),),
        ),
    )


def asked(data: str) -> tuple[datetime, Language]:
    """When, and in which language, the question was asked whose button carries this data."""
    time, _, language = data.removeprefix(FORGET).partition(".")
    return from_microseconds(int(time)), Language(language)


def forgotten(deleted: Stored, language: Language) -> Message:
    """Say what is gone."""
    lines = [
        language.gettext("I have forgotten this chat, and deleted:"),
        *_listed(deleted, language),
        language.gettext(
            "For 48 hours I still know which messages I answered, but not what they said, so that "
            "I do nothing twice."
        ),
    ]
    return Message("\n".join(lines))


def asked_long_ago(language: Language) -> Message:
    """Nothing was deleted: the button is of another day."""
    return Message(
        language.gettext(
            "That question is old, so I deleted nothing. To forget everything: /forget"
        )
    )


def cancelled(language: Language) -> Message:
    """Nothing was deleted."""
    return Message(language.gettext("I have deleted nothing."))


def _listed(stored: Stored, language: Language) -> list[str]:
    lines: list[str] = []
    if stored.items:
        lines.append(
            language.ngettext(
                "• the fridge, with {count} item", "• the fridge, with {count} items", stored.items
            ).format(count=stored.items)
        )
    if stored.settings:
        lines.append(language.gettext("• what was chosen in the settings"))
    if stored.warning:
        lines.append(language.gettext("• the last warning, and what it named"))
    lines.append(language.gettext("• my notes of what was asked here, which Undo needs"))
    return lines
