"""Says why some names of a message were not used."""

from collections.abc import Sequence

from bot.features.common.names import comma_list, typed_html
from bot.locale.language import Language
from bot.understanding.names import MAX_NAME_LENGTH


def too_long_line(names: Sequence[str], language: Language) -> str:
    """Say which names are too long."""
    return language.gettext("Too long (a name has at most {most} characters): {names}").format(
        most=MAX_NAME_LENGTH, names=comma_list(names, typed_html, 200, language)
    )
