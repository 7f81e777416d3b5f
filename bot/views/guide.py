"""What the bot says about itself, and to what it can't act on."""

from bot.language import Language
from bot.replies import Message


def start(language: Language) -> Message:
    """The first words to somebody new."""
    return Message(
        language.gettext(
            "👋 I remember what is in your fridge.\n\n"
            "Tell me what you put in: <b>/add milk, eggs, tofu</b>\n"
            "See what is there: <b>/fridge</b>\n"
            "Tell me what you used up: <b>/remove milk</b>\n\n"
            "Add me to your family's group, and you all share one fridge. More: /help"
        )
    )


def usage(ttl: str, language: Language) -> Message:
    """What there is to say to the bot, and how long it remembers."""
    return Message(
        language.gettext(
            "<b>What I can do</b>\n"
            "/add milk, eggs: put things in, several at once with commas or on lines\n"
            "/fridge: show what is in\n"
            "/remove milk: take things out\n"
            "/clear: empty the fridge\n"
            "/keep: keep everything for another {ttl}\n"
            "/language: English or Korean\n\n"
            "Korean and English names are the same thing to me: 우유 is milk. Each chat has one "
            "fridge, and a group shares it. I forget a fridge that nobody used for {ttl}."
        ).format(ttl=ttl)
    )


def unknown_command(language: Language) -> Message:
    """The answer to a command that there is not."""
    return Message(language.gettext("I don't know that command. /help shows what I can do."))


def text_is_no_command(language: Language) -> Message:
    """The answer to plain text."""
    return Message(
        language.gettext(
            "Start with a command, please: /add milk, eggs puts things in, /help shows the rest."
        )
    )


def only_text(language: Language) -> Message:
    """The answer to a sticker, a photo, a voice message and the like."""
    return Message(language.gettext("I can only read text. Write to me like this: /add milk, eggs"))


def forwarded(language: Language) -> Message:
    """The answer to a forwarded message."""
    return Message(
        language.gettext(
            "I leave forwarded messages alone. Write it yourself, please: /add milk, eggs"
        )
    )


def went_wrong(language: Language) -> Message:
    """The apology for a fault of the bot's own."""
    return Message(
        language.gettext("Sorry, something went wrong on my side. Please send that again.")
    )


def stale_button(language: Language) -> str:
    """The notice for a button that does nothing any more, as plain text."""
    return language.gettext("This button is out of date. Please send the command again.")
