"""The guide's bot on python-telegram-bot with its defaults: polling or webhook."""

import os
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from telegram import Update
from telegram.ext import CommandHandler, ContextTypes

from bot.understanding.names import names_between_separators
from fridge.catalogue.catalogue import Ingredient, load_catalogue
from tools.benchmarks.peers.guide import FridgeSessionManager
from tools.chaos.peers.python_telegram_bot import run
from tools.chaos.peers.said import things

Context = ContextTypes.DEFAULT_TYPE
Callback = Callable[[Update, Context], Coroutine[Any, Any, None]]
Answer = Callable[[FridgeSessionManager, int, Sequence[Ingredient]], Awaitable[str]]


def main() -> None:
    """Run until a signal comes."""
    catalogue = load_catalogue()
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(os.environ["DATABASE_URL"])
    )
    sessions = async_sessionmaker(engine, expire_on_commit=False)

    def handler(answer: Answer) -> Callback:
        async def callback(update: Update, context: Context) -> None:
            if update.message is None:
                return
            # The guide knows neither amounts nor dates: they are passed over.
            said = ", ".join(name for name, _ in things(" ".join(context.args or ())))
            names = names_between_separators(said, catalogue)
            ingredients = [name.ingredient for name in names if name.ingredient]
            async with sessions() as session:
                manager = FridgeSessionManager(session)
                text = await answer(manager, update.message.chat.id, ingredients)
            await update.message.reply_text(text)

        return callback

    run(
        [
            CommandHandler("add", handler(_add)),
            CommandHandler("fridge", handler(_fridge)),
            CommandHandler("remove", handler(_remove)),
        ]
    )


async def _add(
    manager: FridgeSessionManager, chat_id: int, ingredients: Sequence[Ingredient]
) -> str:
    session = await manager.get_or_create_session(chat_id)
    count = await manager.add_ingredients(session.session_id, [each.id for each in ingredients])
    return f"{count} added of: {_names(ingredients)}"


async def _fridge(
    manager: FridgeSessionManager, chat_id: int, _ingredients: Sequence[Ingredient]
) -> str:
    session = await manager.get_session(chat_id)
    if session is None:
        return "The fridge is empty."
    found = await manager.get_ingredients(session.session_id)
    return f"In the fridge: {', '.join(each.en for each in found)}"


async def _remove(
    manager: FridgeSessionManager, chat_id: int, ingredients: Sequence[Ingredient]
) -> str:
    session = await manager.get_session(chat_id)
    if session is None:
        return "The fridge is empty."
    count = await manager.remove_ingredients(session.session_id, [each.id for each in ingredients])
    return f"{count} removed of: {_names(ingredients)}"


def _names(ingredients: Sequence[Ingredient]) -> str:
    return ", ".join(each.en for each in ingredients)


if __name__ == "__main__":
    main()
