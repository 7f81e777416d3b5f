"""`/stats` and `/cleanup`, for admins."""

from bot.handlers.guide import unknown_command
from bot.replies import Reply
from bot.requests import Request
from bot.services import Services
from bot.views import admin as view
from db.job_runs import EXTEND, PURGE


def is_admin(request: Request, services: Services) -> bool:
    """Whether the person is an admin. A group that speaks for an anonymous admin is no person."""
    return request.person_id in services.admin_ids


async def stats(request: Request, services: Services) -> Reply | None:
    """The figures as they are now. To everybody else there is no such command."""
    if not is_admin(request, services):
        return await unknown_command(request, services)
    language = await services.language(request)
    figures = await services.statistics.read(request.now)
    failures = await services.failed_updates.summary(request.now - view.FAILURES_OF)
    runs = await services.job_runs.last_finished([EXTEND, PURGE])
    uptime = request.now - services.started_at
    return view.statistics(figures, failures, runs, uptime, language)


async def cleanup(request: Request, services: Services) -> Reply | None:
    """Purge the expired sessions at once, as a recorded run. To everybody else it is not there."""
    if not is_admin(request, services):
        return await unknown_command(request, services)
    language = await services.language(request)
    key = request.key.to("cleanup")
    outcome = await services.handled_requests.find(key)
    if outcome is None:
        await services.job_runs.claim(PURGE, request.now, request.now)
        outcome = {"purged": await services.sessions.purge_expired(request.now)}
        await services.job_runs.finish(PURGE, request.now, outcome["purged"], services.clock())
        await services.handled_requests.record(key, outcome, request.now)
    return view.cleaned_up(outcome["purged"], language)
