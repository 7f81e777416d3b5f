"""Answers text that is no command to Telegram: a reply to a question, a phrase, a sentence."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from bot.conversation.replies import Privately, Reply
from bot.conversation.requests import Request
from bot.features.common.chats import Chat, read_chat, understand
from bot.features.deeds.handlers import do, has_too_many
from bot.features.files.import_handlers import import_, offer_receipt
from bot.features.files.spreadsheet import looks_like_table
from bot.features.guide import views as guide_view
from bot.features.guide.handlers import unknown_command
from bot.features.plain_words.replies import meant_by_reply, names_nothing
from bot.features.services import Handler, Services
from bot.understanding.command_words import command_alone, declines, slash_command
from bot.understanding.meaning import Act, Parse
from bot.understanding.parse import names_only

LIKE_A_COMMAND: Final = re.compile(r"\s*[/／]\w")


class PlainWords:
    """Answers messages that are no command to Telegram.

    In a group most text is between people. So a command in words has to begin with a slash, be a
    reply to the bot or mention it, and a sentence has to be such a reply or mention the bot.

    Args:
        handlers: of the commands, by their names.
        by_word: the command of each normalised word.
        askers: by the text of each question, the handler that asked. A reply quotes the question,
            so nothing has to be stored until then.
    """

    def __init__(
        self,
        handlers: Mapping[str, Handler],
        by_word: Mapping[str, str],
        askers: Mapping[str, Handler],
    ) -> None:
        self._handlers = handlers
        self._by_word = by_word
        self._askers = askers

    async def answer_text(  # noqa: PLR0911 (a line a kind of text)
        self, request: Request, services: Services
    ) -> Reply | Privately | None:
        """Answer a text."""
        if said := slash_command(request.text, request.bot_username, self._by_word):
            return await self._handlers[said.command](replace(request, text=said.text), services)
        if request.in_group and not (request.mentions_bot or request.answered is not None):
            return None
        asker = self._askers.get(request.answered or "")
        if asker is not None and declines(request.text):
            return guide_view.all_stays(await services.language(request))
        if command := command_alone(request.text, self._by_word):
            return await self._handlers[command](replace(request, text=""), services)
        found, chat = await understand(request, services)
        if asker is None and request.quoted and names_nothing(found):
            chat = chat or await read_chat(request, services)
            found = meant_by_reply(request, chat, services) or found
        names_alone = asker is not None and names_only(request.text, services.knowledge)
        if asker is not None and (names_alone or _is_argument(found)):
            return await asker(request, services)
        if request.in_group and asker is None and not request.mentions_bot and not _acts(found):
            return None
        if LIKE_A_COMMAND.match(request.text) and not _acts(found):
            return await unknown_command(request, services)
        return await self._answer(found, chat, request, services)

    async def answer_no_text(self, request: Request, services: Services) -> Reply | None:
        """Say that the bot reads only text; in a group, only in reply to the bot's question."""
        if request.in_group and request.answered not in self._askers:
            return None
        return guide_view.only_text(await services.language(request))

    async def _answer(
        self, found: Parse, chat: Chat | None, request: Request, services: Services
    ) -> Reply:
        if found.is_receipt and chat:
            return await offer_receipt(request.text, chat, request, services)
        is_table = "\t" in request.text and looks_like_table(request.text)
        if is_table or has_too_many(found, request.text):
            return await import_(request, services)
        return await do(found, chat, request, services)


def _is_argument(found: Parse) -> bool:
    """Tell whether an answer to a question is nothing but names, or is not understood at all."""
    return all(deed.is_bare or (deed.act is Act.UNSURE and not deed.things) for deed in found.deeds)


def _acts(found: Parse) -> bool:
    """Tell whether a text is a sentence with a verb, so that it is for the bot also in a group."""
    return any(
        not deed.is_bare and deed.act not in (Act.UNSURE, Act.NOTHING, Act.TALK)
        for deed in found.deeds
    )
