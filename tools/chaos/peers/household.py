"""Our bot's commands on the same tables, for the handlers of other libraries."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from bot.conversation.replies import Message
from bot.features.deeds.putting_in import told
from bot.features.deeds.said import joined
from bot.features.deeds.taking_out import of_reduced, of_removed, told_taken
from bot.features.fridge import views as fridge_view
from bot.features.fridge.buttons import ListView
from bot.locale.language import Language
from bot.understanding.meaning import Thing
from bot.understanding.names import names_between_separators
from db.connection.database import create_engine
from db.fridges.repository import FridgeRepository
from fridge.catalogue.catalogue import load_catalogue
from fridge.items import Share
from fridge.lifetime import Lifetime
from fridge.lots import All
from fridge.request_keys import RequestKey
from tools.chaos.peers import said

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
        now = datetime.now(UTC)
        things = self._things(text)
        items = [replace(thing.name.as_new_item(), lot=thing.lot) for thing in things]
        key = RequestKey(chat_id, f"m{message_id}")
        result = await self._fridges.add(key, items, now)
        language = Language.of_person(language_code)
        answer = told(things, result, key=key, likely={}, today=now.date(), language=language)
        return joined([answer])

    async def remove(
        self, chat_id: int, message_id: int, text: str, language_code: str | None
    ) -> Message:
        """`/remove`."""
        now = datetime.now(UTC)
        things = self._things(text)
        key = RequestKey(chat_id, f"m{message_id}")
        language = Language.of_person(language_code)
        if any(thing.lot.amount for thing in things):
            shares = [Share(thing.name.keys, thing.lot.amount or All()) for thing in things]
            done = of_reduced(things, await self._fridges.reduce(key, shares, now), language)
        else:
            keys = [key for thing in things for key in thing.name.keys]
            done = of_removed(things, await self._fridges.remove(key, keys, now), language)
        answer = told_taken(things, done, [], key=key, today=now.date(), catalogue=self._catalogue)
        return joined([answer])

    async def show(
        self, chat_id: int, _message_id: int, _text: str, language_code: str | None
    ) -> Message:
        """`/fridge`."""
        now = datetime.now(UTC)
        fridge = await self._fridges.list(chat_id, now)
        language = Language.of_person(language_code)
        shown = fridge_view.page(fridge, ListView(), self._catalogue, now, language)
        labels = [button.text for row in shown.buttons for button in row]
        return Message("\n".join([shown.text, *map(escape, labels)]))

    def _things(self, text: str) -> Sequence[Thing]:
        found = said.things(text.partition(" ")[2])
        names = names_between_separators(", ".join(name for name, _ in found), self._catalogue)
        return [Thing(name, lot=lot) for name, (_, lot) in zip(names, found, strict=True)]
