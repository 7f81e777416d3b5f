"""Reads the settings, once, at the start; a mistake is one line for the operator."""

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from startup.errors import SettingsError
from startup.settings.env_file import check_env_file, check_environment
from startup.settings.settings import Settings


def load_settings() -> Settings:
    """Read the environment and `.env` in the working directory; the environment wins.

    Raises:
        SettingsError: a setting is wrong; the message is one line and holds no secret.
    """
    names = [name.upper() for name in Settings.model_fields]
    try:
        check_env_file(names)
        check_environment(names)
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=True, include_input=False)[0]
        raise SettingsError(_explain(first)) from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(
            f".env can't be read ({reason}): make it a text file of NAME=value lines, or remove it"
        ) from None


def check_playground_is_meant(settings: Settings) -> None:
    """Keep the playground off a database that may hold the fridges of real people.

    Raises:
        SettingsError: `DATABASE_URL` is set without a token, and `PLAYGROUND` is off.
    """
    if settings.database_url and not settings.bot_token and not settings.playground:
        raise SettingsError(
            "DATABASE_URL is set, and BOT_TOKEN is not: set BOT_TOKEN to go live, or PLAYGROUND=on "
            "to open the playground on a database of its own"
        )


def _explain(error: ErrorDetails) -> str:
    """Put a validation error into one line; the message of each parser holds no value."""
    message = error["msg"].removeprefix("Value error, ")
    return " ".join([*(str(part).upper() for part in error["loc"][:1]), message])
