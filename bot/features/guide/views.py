"""What the bot says about itself, and to what it can't act on."""

from collections.abc import Sequence
from typing import Final

from bot.conversation.replies import Button, Buttons, LinkButton, Message
from bot.features.guide.buttons import TryAdd, TryFridge, TryHelp
from bot.locale.language import Language

ADDED_BY_LINK: Final = "true"
"""What follows /start in a group that the bot was added to by the button of its greeting."""


def start(bot_username: str, language: Language) -> Message:
    """The first words to somebody new, in a chat with nobody else."""
    return Message(
        language.gettext(
            "👋 I remember what is in your fridge.\n"
            "Just write me what you put in: <b>milk, eggs, tofu</b>\n"
            "/fridge shows what is there, and a tap takes it out."
        ),
        [
            *_try_rows(language),
            [
                LinkButton(
                    language.gettext("👪 Add me to your group"),
                    f"https://t.me/{bot_username}?startgroup={ADDED_BY_LINK}",
                )
            ],
        ],
    )


def start_in_group(language: Language) -> Message:
    """The first words to a group, whose members share a fridge."""
    return Message(
        language.gettext(
            "👋 I remember what is in the fridge that you share here.\n"
            "Tell me what you put in: <b>/add milk, eggs, tofu</b>\n"
            "/fridge shows what is there, and a tap takes it out."
        ),
        _try_rows(language),
    )


def usage(help_lines: Sequence[str], ttl: str, language: Language) -> Message:
    """What there is to say to the bot, a line for each command, and how long it remembers."""
    lines = "\n".join((language.gettext("<b>What I can do</b>"), *help_lines))
    more = language.gettext(
        "In a private chat you need no command: just write milk, eggs. In a group, say it in "
        "reply to one of my messages: add milk.\n\n"
        "Korean and English names mean the same to me: 우유 is milk. Each chat has one fridge, "
        "and a group shares it. A fridge that nobody uses for {ttl} empties itself."
    )
    return Message(f"{lines}\n\n{more}".format(ttl=ttl))


def unknown_command(language: Language) -> Message:
    """The answer to a command that there is not."""
    return Message(language.gettext("I don't know that command. /help shows what I can do."))


def no_name(language: Language) -> Message:
    """The answer to plain text in which there is no name of anything."""
    return Message(
        language.gettext(
            "I found nothing in that to put in. Write to me like this: milk, eggs. More: /help"
        )
    )


def small_talk(language: Language) -> Message:
    """The answer to a greeting, to thanks, and to a yes or no that answers nothing."""
    return Message(
        language.gettext(
            "😊 I am here for your fridge. Write to me like this: /add milk, eggs. More: /help"
        )
    )


def how_to_undo(language: Language) -> Message:
    """The answer to a wish to undo something, when it is not said what."""
    return Message(
        language.gettext("To undo a change, tap “↩ Undo” under my message about it. More: /help")
    )


def all_stays(language: Language) -> Message:
    """The answer to whoever was asked for something, and wants nothing."""
    return Message(language.gettext("All right, everything stays as it is."))


def only_text(language: Language) -> Message:
    """The answer to a sticker, a photo, a voice message and the like."""
    return Message(
        language.gettext(
            "I can only read text, and lists in .csv or .txt files. "
            "Write to me like this: /add milk, eggs"
        )
    )


def forwarded(language: Language) -> Message:
    """The answer to a forwarded message."""
    return Message(
        language.gettext(
            "I leave forwarded messages alone. Please write it yourself: /add milk, eggs"
        )
    )


def not_allowed(person_id: int, language: Language) -> Message:
    """What a person is told, once, who may not use the bot."""
    return Message(
        language.gettext(
            "Sorry, I work only for those I was set up for. Whoever runs me can let you in by this "
            "number: {id}"
        ).format(id=person_id)
    )


def group_not_allowed(group_id: int, language: Language) -> Message:
    """What a group is told that may not use the bot, before the bot leaves it."""
    return Message(
        language.gettext(
            "Sorry, I may not work in this group, and leave it now. Whoever runs me can let me in "
            "by this number: {id}"
        ).format(id=group_id)
    )


def put_new_id(old: int, new: int, language: Language) -> Message:
    """What a group is told that may use the bot by the id that it had before."""
    return Message(
        language.gettext(
            "This group has a new number: {new}. Whoever runs me, please put it into ALLOWED_IDS "
            "in the place of {old}, so that I still work here after my next start."
        ).format(new=new, old=old)
    )


def went_wrong(language: Language) -> Message:
    """The apology for a fault of the bot's own."""
    return Message(
        language.gettext("Sorry, something went wrong on my side. Please send that again.")
    )


def stale_button(language: Language) -> str:
    """The notice for a button that does nothing any more, as plain text."""
    return language.gettext("This button is out of date. Please send the command again.")


def _try_rows(language: Language) -> Buttons:
    """Buttons that show at once how it goes."""
    return (
        (Button(language.gettext("➕ Put something in"), TryAdd().data),),
        (
            Button(language.gettext("🧊 Show the fridge"), TryFridge().data),
            Button(language.gettext("❓ Help"), TryHelp().data),
        ),
    )
