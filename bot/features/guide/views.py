"""Replies about the bot itself, and to messages that it can't act on."""

from collections.abc import Sequence
from typing import Final

from bot.conversation.replies import Button, Buttons, LinkButton, Message
from bot.features.guide.buttons import TryAdd, TryFridge, TryHelp
from bot.locale.language import Language
from bot.understanding.meaning import Talk

ADDED_BY_LINK: Final = "true"
"""The parameter of /start in a group to which the button of the greeting added the bot."""


def start(bot_username: str, ttl: str, language: Language) -> Message:
    """Greet a person in a private chat; `ttl` is the life of a fridge, in words."""
    return Message(
        language.gettext(
            "👋 I remember what is in your fridge. Just tell me, in your own words:\n"
            "<b>2 bottles of milk, 10 eggs until Friday</b>\n"
            "<b>ate 2 eggs</b>\n"
            "<b>do we have butter?</b>\n"
            "/fridge shows what is there, and a tap takes it out.\n"
            "⏳ If you don't use the list for {ttl}, I forget everything on it."
        ).format(ttl=ttl),
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


def start_in_group(ttl: str, language: Language) -> Message:
    """Greet a group, whose members share a fridge; `ttl` is the life of the fridge, in words."""
    return Message(
        language.gettext(
            "👋 I remember what is in the fridge that you share here.\n"
            "Tell me what you put in: <b>/add 2 bottles of milk, 10 eggs</b>\n"
            "/fridge shows what is there, and a tap takes it out.\n"
            "⏳ If nobody uses the list for {ttl}, I forget everything on it."
        ).format(ttl=ttl),
        _try_rows(language),
    )


def usage(help_lines: Sequence[str], ttl: str, language: Language) -> Message:
    """Return the help.

    Args:
        help_lines: a line of HTML for each command; `{ttl}` stands for the life of a fridge.
        ttl: the life of a fridge, in words.
        language: of the reply.
    """
    lines = "\n".join((language.gettext("<b>What I can do</b>"), *help_lines))
    words = language.gettext(
        "<b>In your own words</b>\n"
        "• put in: 2 bottles of milk until 24 Dec, dumplings in the freezer\n"
        "• take out: ate 2 eggs · used half the butter · finished the milk\n"
        "• correct: no, soy milk · 8 eggs left · milk until Friday · froze the chicken\n"
        "• ask: how many eggs? · what's in the freezer? · what should I eat first?\n"
        "I read receipts, lists and captions too. When I am not sure, I ask."
    )
    more = language.gettext(
        "In a private chat you need no command. In a group, reply to one of my messages: "
        "finished the milk.\n\n"
        "Korean and English names mean the same to me: 우유 is milk. Each chat has one fridge, "
        "and a group shares it. If nobody uses the list for {ttl}, I forget everything on it."
    )
    return Message(f"{lines}\n\n{words}\n\n{more}".format(ttl=ttl))


def unknown_command(language: Language) -> Message:
    """Answer a command that does not exist."""
    return Message(language.gettext("I don't know that command. /help shows what I can do."))


def small_talk(talk: Talk | None, language: Language) -> Message:
    """Answer a greeting, thanks, or a yes or no without a question."""
    if talk is Talk.THANKS:
        return Message(language.gettext("😊 You're welcome!"))
    if talk is Talk.GREETING:
        return Message(
            language.gettext(
                "😊 Hello! I am here for your fridge. Write to me like this: /add milk, eggs. "
                "More: /help"
            )
        )
    return Message(
        language.gettext(
            "😊 I am here for your fridge. Write to me like this: /add milk, eggs. More: /help"
        )
    )


def how_to_undo(language: Language) -> Message:
    """Answer a request to undo that does not say which change."""
    return Message(
        language.gettext("To undo a change, tap “↩ Undo” under my message about it. More: /help")
    )


def all_stays(language: Language) -> Message:
    """Answer a person who declines the bot's question."""
    return Message(language.gettext("All right, everything stays as it is."))


def only_text(language: Language) -> Message:
    """Answer a sticker, a photo, a voice message and the like."""
    return Message(
        language.gettext(
            "I can only read text, and lists in .csv or .txt files. "
            "Write to me like this: /add milk, eggs"
        )
    )


def forwarded(language: Language) -> Message:
    """Answer a forwarded message."""
    return Message(
        language.gettext(
            "I don't read forwarded messages. Please write it yourself: /add milk, eggs"
        )
    )


def not_allowed(person_id: int, language: Language) -> Message:
    """Tell a person who may not use the bot the number for ALLOWED_IDS."""
    return Message(
        language.gettext(
            "Sorry, I only work for people on my list. To join it, send this number to the person "
            "who runs me: {id}"
        ).format(id=person_id)
    )


def group_not_allowed(group_id: int, language: Language) -> Message:
    """Tell a group that may not use the bot its number, before the bot leaves."""
    return Message(
        language.gettext(
            "Sorry, I can't work in this group, so I'm leaving now. To let me in, send this number "
            "to the person who runs me: {id}"
        ).format(id=group_id)
    )


def put_new_id(old: int, new: int, language: Language) -> Message:
    """Tell a group that is allowed by its old id to have the new one put into ALLOWED_IDS."""
    return Message(
        language.gettext(
            "This group has a new number: {new}. If you run me, please put it into ALLOWED_IDS "
            "in place of {old}, so that I still work here after my next start."
        ).format(new=new, old=old)
    )


def went_wrong(language: Language) -> Message:
    """Apologise for a failure of the bot."""
    return Message(
        language.gettext("Sorry, something went wrong on my side. Please send that again.")
    )


def stale_button_notice(language: Language) -> str:
    """Return the notice that a button is out of date."""
    return language.gettext("This button is out of date. Please send the command again.")


def _try_rows(language: Language) -> Buttons:
    """Return the buttons to try the bot."""
    return (
        (Button(language.gettext("➕ Put something in"), TryAdd().data),),
        (
            Button(language.gettext("🧊 Show the fridge"), TryFridge().data),
            Button(language.gettext("❓ Help"), TryHelp().data),
        ),
    )
