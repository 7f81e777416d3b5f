"""Keeps each bot, and the playground, to a database of its own."""

from typing import Final

from db.connection.database import Engine, explained
from db.operation.ownership import PLAYGROUND, OwnershipRepository
from startup.errors import StartError
from startup.settings.settings import Settings

ANOTHER_DATABASE: Final = "set DATABASE_URL (or without one, DATA_DIR) to another"


def owner_of(settings: Settings) -> str:
    """Return the owner that the settings mean: the bot's number in its token, or the playground."""
    if settings.bot_token is None:
        return PLAYGROUND
    number, _, _ = settings.bot_token.get_secret_value().partition(":")
    return str(int(number))


async def refuse_others(engine: Engine, settings: Settings) -> None:
    """Refuse a database with another owner, before anything in it is read or changed.

    Raises:
        StartError: the database belongs to another bot, or to the playground.
        DatabaseUnavailable: the database can't be used.
    """
    ownership = OwnershipRepository(engine)
    with explained():
        owner = await ownership.find()
    if owner is not None:
        _compare(owner, owner_of(settings))


async def claim(engine: Engine, settings: Settings) -> None:
    """Make this bot the owner of the database, unless it has an owner.

    Raises:
        StartError: as in `refuse_others`; also where the playground would open on a database that
            has fridges but no owner, since the fridges may be those of real people.
        DatabaseUnavailable: the database can't be used.
    """
    ownership = OwnershipRepository(engine)
    ours = owner_of(settings)
    with explained():
        if ours == PLAYGROUND and await ownership.find() is None and await ownership.holds_chats():
            raise StartError(
                "The database holds fridges, and not the playground's: set DATABASE_URL to an "
                "empty database for the playground, or BOT_TOKEN to go live on this one"
            )
        owner = await ownership.claim(ours)
    _compare(owner, ours)


async def adopt(engine: Engine, settings: Settings) -> str:
    """Make this bot the owner of the database, also where it belongs to another bot.

    Returns:
        A line that names the new owner, and the one before.

    Raises:
        StartError: there is no BOT_TOKEN, or the database is the playground's.
        DatabaseUnavailable: the database can't be used.
    """
    ours = owner_of(settings)
    if ours == PLAYGROUND:
        raise StartError("There is no bot to adopt the database: set BOT_TOKEN to its token")
    ownership = OwnershipRepository(engine)
    with explained():
        before = await ownership.find()
        if not await ownership.adopt(ours):
            _compare(PLAYGROUND, ours)
    if before in {None, ours}:
        return f"The database belongs to bot {ours}"
    return f"The database belongs to bot {ours} now, and no longer to bot {before}"


def _compare(owner: str, ours: str) -> None:
    if owner == ours:
        return
    if owner == PLAYGROUND:
        raise StartError(
            f"The database is the playground's, and its people are made up: {ANOTHER_DATABASE}"
        )
    if ours == PLAYGROUND:
        raise StartError(
            f"The database belongs to bot {owner}: {ANOTHER_DATABASE} for the playground, "
            "or BOT_TOKEN to a token of that bot"
        )
    raise StartError(
        f"The database belongs to bot {owner}, and BOT_TOKEN is of bot {ours}: {ANOTHER_DATABASE}, "
        f"or stop bot {owner} and make the database that of bot {ours} with `run_bot.py adopt`"
    )
