"""Answers text that is no command to Telegram: a reply to a question, a command in words, names."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from bot.conversation.replies import Message, Privately, Reply
from bot.conversation.requests import Request
from bot.features.add.handlers import add_known
from bot.features.guide import views as guide_view
from bot.features.guide.handlers import unknown_command
from bot.features.services import Handler, Services
from bot.locale.language import Language
from bot.understanding.command_words import (
    SpokenCommand,
    asks_to_undo,
    declines,
    is_small_talk,
    plain_words_command,
    slash_command,
)

LIKE_A_COMMAND: Final = re.compile(r"\s*[/／]\w")


class PlainWords:
    """Answers messages that are no command to Telegram.

    In a group most text is between people. So a command in words has to begin with a slash, be a
    reply to the bot or mention it, and names have to be a reply to the bot's question or mention
    the bot.

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

    async def answer_text(self, request: Request, services: Services) -> Reply | Privately | None:
        """Answer a text."""
        answer = self._view_for_no_names(request)
        if answer is not None:
            return answer(await services.language(request))
        said = self._spoken_command(request)
        if said is not None:
            # A report is no order, so unknown names in it are offered, not added.
            is_offered = said.command == "add" and said.is_report and said.text
            handler = add_known if is_offered else self._handlers[said.command]
            return await handler(replace(request, text=said.text), services)
        asker = self._askers.get(request.answered or "")
        if asker is not None:
            return await asker(request, services)
        if request.in_group and not request.mentions_bot:
            return None
        if LIKE_A_COMMAND.match(request.text):
            return await unknown_command(request, services)
        return await add_known(request, services)

    async def answer_no_text(self, request: Request, services: Services) -> Reply | None:
        """Say that the bot reads only text; in a group, only in reply to the bot's question."""
        if request.in_group and request.answered not in self._askers:
            return None
        return guide_view.only_text(await services.language(request))

    def _view_for_no_names(self, request: Request) -> Callable[[Language], Message] | None:
        """Return the view for a text that names nothing, such as thanks; None for other texts."""
        if request.answered in self._askers and declines(request.text):
            return guide_view.all_stays
        if _is_for_the_bot(request) and asks_to_undo(request.text):
            return guide_view.how_to_undo
        may_be_small_talk = (
            not request.in_group or request.mentions_bot or request.answered in self._askers
        )
        return guide_view.small_talk if may_be_small_talk and is_small_talk(request.text) else None

    def _spoken_command(self, request: Request) -> SpokenCommand | None:
        said = slash_command(request.text, request.bot_username, self._by_word)
        if said is None and _is_for_the_bot(request):
            return plain_words_command(request.text, self._by_word)
        return said


def _is_for_the_bot(request: Request) -> bool:
    """Tell whether plain words are meant for the bot."""
    return not request.in_group or request.mentions_bot or request.answered is not None
