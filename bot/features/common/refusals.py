"""Says why some names of a message were not used."""

from collections.abc import Sequence

from bot.conversation.replies import Message
from bot.features.common.names import comma_list, typed_html
from bot.locale.language import Language
from bot.understanding.names import MAX_NAME_LENGTH, MAX_NAMES, Names


def refusals(names: Names, language: Language) -> Sequence[str]:
    """Return a line for each reason why names were not used."""
    lines: list[str] = []
    if names.too_long:
        lines.append(
            language.gettext("Too long (a name has at most {most} characters): {names}").format(
                most=MAX_NAME_LENGTH,
                names=comma_list(names.too_long, typed_html, 200, language),
            )
        )
    if names.one_too_many:
        lines.append(
            language.gettext(
                "I take {most} names at a time. Please send the rest again, from {name} on."
            ).format(most=MAX_NAMES, name=typed_html(names.one_too_many))
        )
    return lines


def nothing_usable(names: Names, language: Language) -> Message:
    """Say why none of the names was used."""
    return Message("\n".join(refusals(names, language)))
