"""Does what a text means, act by act, and answers taps on the questions about that."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from bot.conversation.replies import Button, Edit, Notice, Reply, TapReply
from bot.conversation.requests import Request
from bot.features.add import views as add_view
from bot.features.add.buttons import Put
from bot.features.clear.handlers import clear
from bot.features.common.chats import Chat, read_chat, understand
from bot.features.common.due import place_of
from bot.features.common.names import name_label
from bot.features.common.offers import with_other_offers
from bot.features.deeds import views as view
from bot.features.deeds.answers import answer as answer_question
from bot.features.deeds.answers import nothing_in
from bot.features.deeds.buttons import TakeOut, TakeOutAllBut
from bot.features.deeds.correcting import correct
from bot.features.deeds.putting_in import already_in_notice, offer, put_in, told
from bot.features.deeds.said import Said, joined
from bot.features.deeds.taking_out import ask_whether_all, take_out
from bot.features.fridge.handlers import fridge
from bot.features.fridge.views import empty_text
from bot.features.guide import views as guide
from bot.features.remove import views as remove_view
from bot.features.services import Services, reply_language
from bot.locale.language import Language
from bot.understanding.lists import looks_like_list
from bot.understanding.meaning import Act, Asked, Because, Deed, Parse, Thing
from bot.understanding.names import MAX_NAMES, Name
from fridge.catalogue.catalogue import Catalogue
from fridge.lots import Lot, Place
from fridge.outcomes import Outcome
from fridge.request_keys import RequestKey

PUTTING: Final = frozenset({Act.PUT, Act.MOVE, Act.DATE})
SHOPPING: Final = frozenset({Act.SHOP, Act.UNSHOP, Act.SHOPPED, Act.SHOW_SHOPPING})


@dataclass(frozen=True, slots=True)
class _Doing:
    """What the acts of a text have in common.

    `chat` is None for a text that means the same in every chat.
    """

    request: Request
    services: Services
    chat: Chat | None
    is_alone: bool

    @property
    def today(self) -> date:
        """Return today in the chat; the day in UTC where no chat was read."""
        return self.chat.today if self.chat else self.request.now.date()

    async def read(self) -> Chat:
        """Return the chat, as the acts before left it."""
        if self.chat and self.is_alone:
            return self.chat
        return await read_chat(self.request, self.services)

    async def language(self) -> Language:
        """Return the language of the reply."""
        if self.chat:
            return self.chat.language
        return await self.services.language(self.request)


async def do(found: Parse, chat: Chat | None, request: Request, services: Services) -> Reply:
    """Do what a text means, and answer."""
    deeds = found.deeds
    if len(deeds) == 1 and not found.unread:
        whole = await _whole_answer(deeds[0], chat, request, services)
        if whole is not None:
            return whole
    doing = _Doing(request, services, chat, is_alone=len(deeds) == 1)
    parts = [await _do(deed, request.key.part(n), doing) for n, deed in enumerate(deeds)]
    if found.unread:
        parts.append(view.unread(found.unread, await doing.language()))
    return joined(parts)


async def _question(guess: Act | None, request: Request, services: Services) -> Reply | None:
    """Ask for the things of an act that names none."""
    if guess is Act.PUT:
        return add_view.question(await services.language(request))
    if guess is Act.TAKE:
        return remove_view.question(await services.language(request))
    return None


def has_too_many(found: Parse, text: str) -> bool:
    """Tell whether a text is a list that is shown before it is put in."""
    things = [thing for deed in found.deeds if deed.act is Act.PUT for thing in deed.things]
    is_list = all(deed.act is Act.PUT for deed in found.deeds)
    is_long = bool(found.unread) and (is_list or looks_like_list(text))
    return found.is_receipt or is_long or len(things) > MAX_NAMES


async def put(request: Request, button: Put, services: Services) -> TapReply:
    """Put in what was offered; the other offers of the message stay.

    If all of it is in the fridge already, the message stays as it is, with its Undo.
    """
    found, chat = await understand(replace(request, text=button.names), services, "add")
    deed = found.deeds[0]
    things = [thing for thing in deed.things if not thing.name.is_too_long]
    if deed.act not in PUTTING or not things:
        return Notice(guide.stale_button_notice(await services.language(request)))
    result = await put_in(things, request.key, request, services)
    language = reply_language(result.language, request)
    if all(outcome is Outcome.ALREADY_THERE for outcome in result.outcomes.values()):
        return Notice(already_in_notice(language))
    today = chat.today if chat else request.now.date()
    label = name_label(things[0].name, language) if len(things) == 1 else ""
    said = told(
        things,
        result,
        key=request.key,
        likely={},
        today=today,
        language=language,
        label=label,
    )
    put_in_too = _in_one_button(request.offers, button)
    others = [row for row in request.offers if row not in put_in_too]
    return Edit(with_other_offers(joined([said]), others, request.text, language))


def _in_one_button(offers: Sequence[Sequence[Button]], tapped: Put) -> Sequence[Sequence[Button]]:
    """Return the rows that offer one of the several things that a tapped button put in."""
    names = re.split(r", |\n", tapped.names)
    done = {Put(name).data for name in names} if len(names) > 1 else set[str]()
    return [row for row in offers if any(button.data in done for button in row)]


async def take(request: Request, button: TakeOut, services: Services) -> TapReply:
    """Take out what a question named."""
    found, chat = await understand(replace(request, text=button.things), services, "remove")
    deed = found.deeds[0]
    if deed.act is not Act.TAKE or not deed.things:
        return Notice(guide.stale_button_notice(await services.language(request)))
    doing = _Doing(request, services, chat, is_alone=True)
    said = await take_out(
        deed.things,
        Act.TAKE,
        key=request.key,
        today=doing.today,
        request=request,
        services=services,
    )
    return Edit(joined([said]))


async def take_all_but(request: Request, button: TakeOutAllBut, services: Services) -> TapReply:
    """Take out everything but what a question named."""
    found, chat = await understand(replace(request, text=button.things), services, "remove")
    kept = found.deeds[0].things
    chat = chat or await read_chat(request, services)
    things = _all_but(kept, chat, services.catalogue)
    if not (kept and things):
        return Notice(guide.stale_button_notice(chat.language))
    said = await take_out(
        things, Act.TAKE, key=request.key, today=chat.today, request=request, services=services
    )
    return Edit(joined([said]))


async def stay(request: Request, services: Services) -> TapReply:
    """Leave everything as it is."""
    return Edit(guide.all_stays(await services.language(request)))


async def _whole_answer(
    deed: Deed, chat: Chat | None, request: Request, services: Services
) -> Reply | None:
    """Return the answer to a text that another feature answers; None for other texts."""
    if deed.act is Act.TALK:
        return guide.small_talk(deed.talk, await services.language(request))
    if deed.act is Act.UNDO:
        return guide.how_to_undo(await services.language(request))
    if deed.act is Act.UNSURE and not (deed.things or deed.left_over):
        return await _question(deed.guess, request, services)
    is_list = deed.act is Act.ASK and deed.asked is Asked.LIST
    if is_list and not (deed.things or deed.category or deed.place):
        is_shown = deed.is_order or chat is None or not chat.fridge.items
        return await fridge(request, services) if is_shown else None
    if deed.act is Act.TAKE and deed.everything and not deed.things and not deed.place:
        return await clear(request, services)
    return None


async def _do(deed: Deed, key: RequestKey, doing: _Doing) -> Said:  # noqa: PLR0911 (a line an act)
    request, services = doing.request, doing.services
    is_whole = deed.act is Act.PUT or not _has_amount(deed.things)
    if deed.act in PUTTING and deed.things and is_whole:
        return await _put(deed, key, doing)
    language = await doing.language()
    if said := _without_fridge(deed, language):
        return said
    if deed.act in (Act.TAKE, Act.LEFT) and not deed.everything and deed.things:
        return await take_out(
            deed.things,
            deed.act,
            key=key,
            today=doing.today,
            request=request,
            services=services,
            named=not doing.is_alone,
        )
    chat = await doing.read()
    if deed.act is Act.TAKE and deed.everything:
        return _ask_everything(deed, chat, services.catalogue)
    if deed.act in PUTTING and deed.things:
        whole = [replace(one, lot=replace(one.lot, amount=None)) for one in deed.things]
        return view.ask(deed.act, whole, chat.today, language)
    if deed.act is Act.USE or deed.act is Act.BAD:
        return _ask_about(deed, chat)
    if deed.act is Act.CORRECT:
        return await correct(deed, key, chat, request, services)
    if deed.act is Act.ASK:
        return answer_question(deed, chat, services.catalogue)
    if deed.act is Act.UNSURE and deed.guess and deed.things:
        return _ask_guess(deed, chat)
    return view.not_understood(language, "" if doing.is_alone else deed.said)


def _without_fridge(deed: Deed, language: Language) -> Said | None:
    """Return the answer to an act that neither reads nor changes the fridge; None for others."""
    if deed.act is Act.TALK:
        return Said([guide.small_talk(deed.talk, language).text])
    if deed.act is Act.UNDO:
        return Said([guide.how_to_undo(language).text])
    if deed.act in SHOPPING or (deed.act is Act.NOTHING and deed.because is Because.WISH):
        return view.no_shopping_list(language)
    if deed.act is Act.NOTHING:
        return view.stays(language)
    if deed.act is Act.LEFT and not all(map(_is_part, deed.things)):
        return view.stays(language)
    return None


async def _put(deed: Deed, key: RequestKey, doing: _Doing) -> Said:
    """Put in known things, and unknown ones that the bot is told to put in; offer the others."""
    services = doing.services
    fits = [thing for thing in deed.things if not thing.name.is_too_long]
    sure = [one for one in fits if (one.is_known or deed.is_order) and not one.several]
    unsure = [one for one in deed.things if one not in sure]
    likely = services.likely_names.of([thing.name for thing in deed.things])
    if not sure:
        return offer(unsure, likely, doing.today, await doing.language())
    result = await put_in(sure, key, doing.request, services)
    language = reply_language(result.language, doing.request)
    done = told(
        sure,
        result,
        key=key,
        likely=likely,
        today=doing.today,
        language=language,
        label="" if doing.is_alone else name_label(sure[0].name, language),
    )
    if not unsure:
        return done
    offered = offer(unsure, likely, doing.today, language)
    questions = [*done.questions, *offered.lines]
    return Said(done.lines, [*done.rows, *offered.rows], done.ending, questions)


def _is_part(thing: Thing) -> bool:
    return thing.lot.amount is not None or thing.share is not None


def _has_amount(things: Sequence[Thing]) -> bool:
    return any(map(_is_part, things))


def _there(things: Sequence[Thing], chat: Chat) -> Sequence[Thing]:
    keys = {item.key for item in chat.fridge.items}
    return [thing for thing in things if not keys.isdisjoint(thing.name.keys)]


def _ask_about(deed: Deed, chat: Chat) -> Said:
    there = _there(deed.things, chat)
    if not there:
        return view.not_there(deed.things, chat.language)
    if deed.act is Act.BAD:
        return view.ask_bad(there, chat.language)
    return ask_whether_all(there, chat.language)


def _ask_guess(deed: Deed, chat: Chat) -> Said:
    guess = deed.guess or Act.PUT
    if guess in PUTTING:
        return view.ask(guess, deed.things, chat.today, chat.language)
    there = _there(deed.things, chat)
    if guess in (Act.TAKE, Act.USE, Act.BAD):
        if not there:
            return view.not_there(deed.things, chat.language)
        return view.ask(guess, there, chat.today, chat.language)
    return view.not_understood(chat.language)


def _all_but(
    kept: Sequence[Thing], chat: Chat, catalogue: Catalogue, place: Place | None = None
) -> Sequence[Thing]:
    """Return a thing for each name in the fridge, or in a place of it, that is not kept."""
    keys = {key for thing in kept for key in thing.name.keys}
    found = {
        item.key: item
        for item in chat.fridge.items
        if item.key not in keys and (place is None or place_of(item, catalogue) is place)
    }
    return [
        Thing(Name(item.name or item.en, catalogue.find(key.ingredient_id), key))
        for key, item in found.items()
    ]


def _ask_everything(deed: Deed, chat: Chat, catalogue: Catalogue) -> Said:
    """Ask before everything goes, or everything but some things, or everything of a place."""
    things = _all_but(deed.things, chat, catalogue, deed.place)
    if not things and deed.place:
        return Said([nothing_in(deed.place, chat.language)])
    if not things:
        return Said([empty_text(chat.language)])
    if deed.place:
        placed = [replace(one, lot=Lot(place=deed.place)) for one in things]
        return view.ask(Act.TAKE, placed, chat.today, chat.language)
    return view.ask_all_but(len(things), deed.things, chat.language)
