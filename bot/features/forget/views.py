"""Replies about forgetting a chat."""

from datetime import datetime

from bot.conversation.replies import Button, Message
from bot.features.forget.buttons import CancelForget, ConfirmForget
from bot.locale.language import Language
from db.chats.forgetting import Stored


def question(stored: Stored, now: datetime, language: Language) -> Message:
    """Ask before everything is deleted, with a list of what is stored."""
    lines = [
        language.gettext("<b>Forget everything about this chat?</b> I will delete:"),
        *_listed(stored, language),
        language.gettext("This can't be undone."),
    ]
    confirm = ConfirmForget(now, language).data
    return Message(
        "\n".join(lines),
        (
            (Button(language.gettext("🗑 Delete everything"), confirm),),
            (Button(language.gettext("Cancel"), CancelForget().data),),
        ),
    )


def forgotten(deleted: Stored, language: Language) -> Message:
    """List what was deleted."""
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
    """Say that nothing was deleted, since the question is too old."""
    return Message(
        language.gettext(
            "That question is old, so I deleted nothing. To forget everything: /forget"
        )
    )


def cancelled(language: Language) -> Message:
    """Say that nothing was deleted."""
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
