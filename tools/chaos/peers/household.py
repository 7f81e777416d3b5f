"""Our bot's commands on the same tables, for the handlers of other libraries."""

import os
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.conversation.replies import Message
from bot.features.add import views as add_view
from bot.features.fridge import views as fridge_view
from bot.features.remove import views as remove_view
from bot.locale.language import Language
from bot.understanding.names import find_names
from db.connection.database import create_engine
from db.fridges.repository import FridgeRepository
from fridge.catalogue.catalogue import load_catalogue
from fridge.lifetime import Lifetime
from fridge.request_keys import RequestKey

TTL: Final = timedelta(hours=24)


class Household:
    """Answers commands as our bot does; `text` is a whole message."""

    def __init__(self) -> None:
        self._catalogue = load_catalogue()
        self._fridges = FridgeRepository(create_engine(os.environ["DATABASE_URL"]), Lifetime(TTL))

    async def add(
        self, chat_id: int, message_id: int, text: str, language_code: str | None
    ) -> Message:
        """`/add`."""
        names = find_names(_behind_command(text), self._catalogue)
        items = [name.as_new_item() for name in names.usable]
        key = RequestKey(chat_id, f"m{message_id}")
        result = await self._fridges.add(key, items, datetime.now(UTC))
        return add_view.added(names, result, key, {}, Language.of_person(language_code))

    async def remove(
        self, chat_id: int, message_id: int, text: str, language_code: str | None
    ) -> Message:
        """`/remove`."""
        names = find_names(_behind_command(text), self._catalogue)
        keys = [key for name in names.usable for key in name.keys]
        request = RequestKey(chat_id, f"m{message_id}")
        result = await self._fridges.remove(request, keys, datetime.now(UTC))
        return remove_view.removed(names, result, request, [], Language.of_person(language_code))

    async def show(
        self, chat_id: int, _message_id: int, _text: str, language_code: str | None
    ) -> Message:
        """`/fridge`."""
        now = datetime.now(UTC)
        fridge = await self._fridges.list(chat_id, now)
        return fridge_view.page(fridge, 1, now, Language.of_person(language_code))


def _behind_command(text: str) -> str:
    return text.partition(" ")[2]
