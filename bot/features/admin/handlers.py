"""Answers `/stats` and `/cleanup`, for admins only."""

from collections.abc import Callable

from bot.conversation.replies import Message, Privately, Reply
from bot.conversation.requests import Request
from bot.features.admin import views as view
from bot.features.guide.handlers import unknown_command
from bot.features.services import Handler, Services, reply_language
from bot.locale.language import Language
from db.operation.job_runs import EXTEND, PURGE
from db.updates.recorded_outcomes import RecordedOutcome
from fridge.request_keys import RequestKind


class RecordedCleanup(RecordedOutcome):
    """What `/cleanup` did: how many sessions it purged."""

    purged: int


def is_admin(request: Request, services: Services) -> bool:
    """Tell whether the person is an admin of the bot. An anonymous group admin is not."""
    return request.person_id in services.admin_ids


def only_for_admins(handler: Handler) -> Handler:
    """Return a handler that treats the command of anybody else as an unknown command."""

    async def handle(request: Request, services: Services) -> Reply | Privately | None:
        if not is_admin(request, services):
            return await unknown_command(request, services)
        return await handler(request, services)

    return handle


async def stats(request: Request, services: Services) -> Reply | Privately:
    """Show the present figures."""
    figures = await services.statistics.read(request.now)
    failures = await services.failed_updates.summary(request.now - view.FAILURES_OF)
    runs = await services.job_runs.last_finished([EXTEND, PURGE])
    uptime = request.now - services.started_at
    return await _for_the_admin(
        lambda language: view.statistics(
            figures, failures, runs, uptime, language, turned_away=services.allowed.turned_away
        ),
        request,
        services,
    )


async def cleanup(request: Request, services: Services) -> Reply | Privately:
    """Purge the expired sessions at once, as a recorded run."""
    key = request.key.to(RequestKind.CLEANUP)
    done = await services.handled_requests.find(key, RecordedCleanup)
    if done is None:
        await services.job_runs.claim(PURGE, request.now, request.now)
        done = RecordedCleanup(purged=await services.sessions.purge_expired(request.now))
        await services.job_runs.finish(PURGE, request.now, done.purged, services.clock())
        await services.handled_requests.record(key, done, request.now)
    purged = done.purged
    return await _for_the_admin(
        lambda language: view.cleaned_up(purged, language), request, services
    )


async def _for_the_admin(
    answer: Callable[[Language], Message], request: Request, services: Services
) -> Message | Privately:
    """Return the answer; to a request from a group, in private, since it is not for the group."""
    if not request.in_group or request.person_id is None:
        return answer(await services.language(request))
    private = reply_language(await services.chats.language(request.person_id), request)
    group = await services.language(request)
    return Privately(
        answer(private),
        sent=view.answered_privately(group),
        refused=view.no_private_chat(request.bot_username, group),
    )
