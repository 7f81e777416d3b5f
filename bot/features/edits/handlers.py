"""Corrects what a message did by what it says after an edit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from bot.conversation.replies import Message, Privately, Reply
from bot.conversation.requests import EDITS_IN_A_SECOND, Request
from bot.features.common.chats import understand
from bot.features.deeds.handlers import has_too_many
from bot.features.edits import views as view
from bot.features.services import Handler, Services, reply_language
from bot.locale.language import Language
from bot.understanding.meaning import Act, Deed
from db.updates.handled_requests import RETENTION
from fridge.outcomes import Undone
from fridge.request_keys import RecordKey, RequestKey, RequestKind

UNDOABLE: Final = frozenset(
    {
        *(RequestKind.ADD, RequestKind.REMOVE, RequestKind.REDUCE, RequestKind.ADJUST),
        *(RequestKind.REPLACE, RequestKind.CLEAR, RequestKind.TAKE),
    }
)
"""The kinds of changes that an edit takes back."""

OLDEST: Final = RETENTION - timedelta(hours=1)
"""Of an older message it is not known any more what it did."""


READ_BEFORE: Final = 98
"""The part of an edit that is the reading before the undo, beside the one after it."""


@dataclass(frozen=True, slots=True)
class _TakenBack:
    """What became of taking back the effects of a message."""

    undone: Sequence[Undone]
    is_changed_since: bool
    language: Language


async def correct_message(
    request: Request, of: RequestKey, handler: Handler, services: Services, *, is_command: bool
) -> Sequence[Reply | Privately]:
    """Undo what a message did, and do what it says now.

    A message that did nothing is handled like a new one. If what it says now is not understood,
    its effect stays. If its effect can't be taken back any more, the bot asks first.

    Args:
        request: of the edit.
        of: the request of the message before any edit.
        handler: answers what the message says now.
        services: of the handlers.
        is_command: whether the message is a command to Telegram.
    """
    if of.message_date is not None and request.now - of.message_date > OLDEST:
        return ()
    effects = _before(request.key, await services.handled_requests.effects(of))
    if not effects:
        return _all(await handler(request, services))
    request = replace(request, mentions_bot=True)  # in a group too, it is about what the bot did
    deeds = () if is_command else await _deeds(request, services)
    if deeds and all(deed.act is Act.UNSURE for deed in deeds):
        language = await services.language(request)
        said = await handler(request, services)
        return [view.stays(said if isinstance(said, Message) else None, effects, language)]
    back = await _take_back(effects, request, services)
    if back.is_changed_since:
        return [
            view.changed_since(back.undone, deeds, services.catalogue, request.now, back.language)
        ]
    reply = await handler(request, services)
    if not back.undone:
        return _all(reply)
    only_undoes = bool(deeds) and all(deed.act is Act.NOTHING for deed in deeds)
    shown = reply if isinstance(reply, Message) and not only_undoes else None
    corrected = view.corrected(back.undone, shown, services.catalogue, request.now, back.language)
    return [corrected] if shown or only_undoes else [corrected, *_all(reply)]


def _before(edit: RequestKey, records: Sequence[RecordKey]) -> Sequence[RecordKey]:
    """Return the records of changes before an edit, of which the latest is first.

    The edit may be delivered again after a later one, which it must not take back.
    """
    own = [n for n, one in enumerate(records) if one.of.number_of_edit == edit.number_of_edit]
    earlier = records[own[-1] + 1 :] if own else records
    second = edit.number_of_edit // EDITS_IN_A_SECOND
    return [
        one
        for one in earlier
        if one.kind in UNDOABLE and one.of.number_of_edit // EDITS_IN_A_SECOND <= second
    ]


def _all(reply: Reply | Privately | None) -> Sequence[Reply | Privately]:
    return () if reply is None else (reply,)


async def _deeds(request: Request, services: Services) -> Sequence[Deed]:
    """Return what a text means; nothing for a list, which is shown before it goes in."""
    before = replace(request, key=request.key.part(READ_BEFORE))
    found, _ = await understand(before, services)
    return () if has_too_many(found, request.text) else found.deeds


async def _take_back(
    effects: Sequence[RecordKey], request: Request, services: Services
) -> _TakenBack:
    """Undo all effects that are not undone yet, the latest first."""
    results = [
        await services.fridges.undo(request.key.part(n), effect, request.now)
        for n, effect in enumerate(effects)
    ]
    return _TakenBack(
        [one for one in results if not one.is_declined],
        any(one.is_declined and not one.already for one in results),
        reply_language(results[0].fridge.language, request),
    )
