"""The job that warns before fridges empty themselves."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from db.connection.errors import DatabaseAway
from db.fridges.expiry_warnings import DueWarning, ExpiryWarningRepository, Position
from db.fridges.sessions import SessionRepository
from db.operation.job_runs import WARN, JobRunRepository
from jobs.quiet_hours import due_windows
from jobs.schedule import is_broken_off, start_of_interval

logger = logging.getLogger(__name__)

LONGEST_INTERVAL: Final = timedelta(minutes=1)
SHORTEST_INTERVAL: Final = timedelta(seconds=1)

BATCH_SIZE: Final = 50
"""Fridges at a time: so many warnings come late where a replica is killed."""

MOST_AT_ONCE: Final = 10
"""Messages on their way: an answer to a person waits for no more than these."""

MOST_A_SECOND: Final = 25
"""Of Telegram's 30 messages a second, so that there is always room for answers to people."""

SECONDS_TO_SEND: Final = 30.0
SECONDS_BETWEEN_TRIES: Final = 1.0

SECONDS_TO_FINISH: Final = 2.0
"""For what is on its way when a run is broken off: longer than a message and its mark usually take.
"""

Send = Callable[[DueWarning], Awaitable[int | None]]
"""Sends a warning, and returns the chat that has it: another one where the chat has become one.

None if the chat takes no messages.
"""


class ExpiryWarnings:
    """Warns each chat once for a period of quiet; one replica at a time does it.

    Args:
        warnings: where warnings are claimed.
        sessions: the fridges' sessions.
        runs: where the runs are claimed.
        send: sends a warning.
        lead: how long before a fridge empties itself.
        zones: the time zones that chats are in.
        paced: whether to send no faster than Telegram's limits let.
        clock: tells the time.
    """

    def __init__(
        self,
        *,
        warnings: ExpiryWarningRepository,
        sessions: SessionRepository,
        runs: JobRunRepository,
        send: Send,
        lead: timedelta,
        zones: Sequence[str],
        paced: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._warnings = warnings
        self._sessions = sessions
        self._runs = runs
        self._send = send
        self._lead = lead
        self._zones = zones
        self._pace = _Pace(1 / MOST_A_SECOND if paced else 0)
        self._clock = clock
        self._stopping = False

    @property
    def interval(self) -> timedelta:
        """How often it runs: a warning comes late by no more than a quarter of the lead."""
        return max(SHORTEST_INTERVAL, min(LONGEST_INTERVAL, self._lead / 4))

    async def run(self) -> None:
        """Send what is due, until the interval ends: then it is the turn of whoever claims it."""
        now = self._clock()
        scheduled_for = start_of_interval(now, self.interval)
        if await self._runs.claim(WARN, scheduled_for, now):
            end = scheduled_for + self.interval - self._pace.time(BATCH_SIZE)
            sent = await self._send_due(end)
            await self._runs.finish(WARN, scheduled_for, sent, self._clock())

    def stop(self) -> None:
        """Begin with no further warning; what is on its way is finished by the run."""
        self._stopping = True

    async def _send_due(self, end: datetime) -> int:
        """Send side by side, and wait for all that was begun, whatever happens.

        Where the run is broken off, what it has begun gets a little time to end.
        """
        sent = 0
        sending: set[asyncio.Task[bool]] = set()
        try:
            async with aclosing(self._claimed_until(end)) as claimed:
                async for warning in claimed:
                    await self._pace.turn()
                    if self._stopping:
                        break
                    sending.add(asyncio.create_task(self._send_one(warning)))
                    if len(sending) == MOST_AT_ONCE:
                        done, sending = await asyncio.wait(
                            sending, return_when=asyncio.FIRST_COMPLETED
                        )
                        sent += sum(task.result() for task in done)
        finally:
            await _until_ended(sending)
        return sent + sum(task.result() for task in sending)

    async def _claimed_until(self, end: datetime) -> AsyncGenerator[DueWarning]:
        """The warnings that this replica is to send, the soonest first."""
        now = self._clock()
        begin: Position | None = None
        while windows := due_windows(now, self._lead, self._zones):
            if begin is None:
                # So that the order is the one in which the fridges expire. Those of the evening are
                # due hours later: there are very many, and their order matters less.
                await self._sessions.extend_used(now + self._lead, now)
            claimed = await self._warnings.claim(windows, begin or Position(), BATCH_SIZE, now)
            for warning in claimed.warnings:
                yield warning
            begin, now = claimed.end, self._clock()
            if begin is None or now >= end or self._stopping:
                return

    async def _send_one(self, warning: DueWarning) -> bool:
        """Send a warning, and record it; one that can't be sent now is claimed again later."""
        if self._stopping:
            return False
        try:
            async with asyncio.timeout(SECONDS_TO_SEND):
                chat_id = await self._send(warning)
        except TimeoutError:
            logger.warning("A warning could not be sent, it is tried again in some minutes")
            return False
        if chat_id is None:
            return False
        await self._mark_sent(chat_id, warning.last_accessed)
        return True

    async def _mark_sent(self, chat_id: int, last_accessed: datetime) -> None:
        """Record it as soon as that is possible: otherwise the chat would be warned again."""
        while True:
            try:
                await self._warnings.mark_sent(chat_id, last_accessed, self._clock())
            except DatabaseAway:
                await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            else:
                return


async def _until_ended(tasks: Collection[asyncio.Task[bool]]) -> None:
    """Wait for tasks: for some seconds at most if the one that waits is cancelled, or was before.

    Telegram may have a warning already: broken off before it is marked, it would be sent again.
    """
    if not tasks:
        return
    try:
        if not is_broken_off():
            await asyncio.wait(tasks)
    finally:
        if is_broken_off():
            await _finish_or_cancel(tasks)


async def _finish_or_cancel(tasks: Collection[asyncio.Task[bool]]) -> None:
    _, late = await asyncio.wait(tasks, timeout=SECONDS_TO_FINISH)
    for task in late:
        task.cancel()
    # Nobody waits for the results any more, an error among them.
    await asyncio.gather(*tasks, return_exceptions=True)


class _Pace:
    """One after the other, so many seconds apart; a short delay is made up for."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = 0.0

    def time(self, turns: int) -> timedelta:
        """How long so many turns take."""
        return timedelta(seconds=turns * self._seconds)

    async def turn(self) -> None:
        """Wait for the next turn."""
        if not self._seconds:
            return
        now = asyncio.get_running_loop().time()
        self._next = max(self._next, now - MOST_AT_ONCE * self._seconds) + self._seconds
        await asyncio.sleep(self._next - now)
