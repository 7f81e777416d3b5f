"""Answers `/start`, `/help`, and messages that the bot can't act on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from bot.conversation.replies import Message, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.add import views as add_view
from bot.features.common.chats import understand
from bot.features.deeds.handlers import do
from bot.features.guide import views as view
from bot.features.records import Text
from bot.features.services import Services
from bot.locale.language import Language
from bot.understanding.links import linked_names


async def start(request: Request, services: Services) -> Reply | None:
    """Greet a new person; if the person came by a link with names, add those instead."""
    if names := linked_names(request.text):
        found, chat = await understand(replace(request, text=names), services)
        return await do(found, chat, request, services)
    if not request.in_group:
        language = await services.language(request)
        return view.start(request.bot_username, language.duration(services.ttl), language)
    if request.text == view.ADDED_BY_LINK:
        # `greet` has already greeted the group: the same tap added the bot to it.
        return None
    return _start_in_group(await services.language(request), services)


async def greet(chat_id: int, language: Language, services: Services) -> Message:
    """Greet a group to which a person with this language has added the bot."""
    chosen = await services.chats.language(chat_id)
    return _start_in_group(Language(chosen) if chosen else language, services)


async def try_add(request: Request, services: Services) -> TapReply:
    """Ask what to add, as `/add` does."""
    return add_view.question(await services.language(request))


def help_handler(
    help_lines: Sequence[Text],
) -> Callable[[Request, Services], Awaitable[Reply]]:
    """Return the handler of `/help`, which shows these lines."""

    async def usage(request: Request, services: Services) -> Reply:
        language = await services.language(request)
        lines = [line(language) for line in help_lines]
        return view.usage(lines, language.duration(services.ttl), language)

    return usage


async def unknown_command(request: Request, services: Services) -> Reply | None:
    """Point to the help; in a group, only if the command names this bot."""
    if not request.to_this_bot:
        return None
    return view.unknown_command(await services.language(request))


async def forwarded(request: Request, services: Services) -> Reply:
    """Say that the bot does not act on forwarded messages."""
    return view.forwarded(await services.language(request))


async def stale_button(request: Request, services: Services) -> TapReply:
    """Say that the button is out of date."""
    return Notice(view.stale_button_notice(await services.language(request)))


def _start_in_group(language: Language, services: Services) -> Message:
    return view.start_in_group(language.duration(services.ttl), language)
