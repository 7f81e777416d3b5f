"""How a setting is declared, and how the parser of its value is attached."""

from collections.abc import Callable
from typing import Any

from pydantic import BeforeValidator, Field


def setting(default: str | None, meaning: str, *, unset: str = "", example: str = "") -> Any:  # noqa: ANN401 (the type of a default that pydantic parses)
    """Declare a setting; `startup.settings.documentation` makes the operator's texts from it.

    Args:
        default: as an operator would write it; None or empty where there is no value.
        meaning: one line of Markdown, without a full stop.
        unset: for a setting without a default, the words in the place of one, as Markdown.
        example: for a setting without a default, the value that `.env.example` shows.
    """
    return Field(
        default,
        validate_default=True,
        description=meaning,
        examples=[example],
        json_schema_extra={"unset": unset},
    )


def parsed_by(parse: Callable[[str], object]) -> BeforeValidator:
    """Parse text; a value that is no text was parsed before, for instance by a test.

    Args:
        parse: gets the text without white space around it. It raises a ValueError whose message
            follows the name of the setting, says how to mend the value, and does not quote it.
    """

    def validate(value: object) -> object:
        return parse(value.strip()) if isinstance(value, str) else value

    return BeforeValidator(validate)
