"""The job that warns chats before their fridges empty themselves."""

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
from jobs.errors import CollectedErrors
from jobs.interval_runs import IntervalRuns, is_broken_off, start_of_interval
from jobs.quiet_hours import due_windows

logger = logging.getLogger(__name__)

LONGEST_INTERVAL: Final = timedelta(minutes=1)
SHORTEST_INTERVAL: Final = timedelta(seconds=1)

BATCH_SIZE: Final = 50
"""Fridges claimed at a time. If a replica is killed, so many warnings come late."""

MOST_AT_ONCE: Final = 10
"""Warnings on their way at a time. An answer to a person waits for no more than these."""

MOST_A_SECOND: Final = 25
"""Of the 30 messages a second that Telegram allows; the rest is for answers to people."""

SECONDS_TO_SEND: Final = 30.0
SECONDS_BETWEEN_MARKS: Final = 1.0
SECONDS_TO_FINISH: Final = 2.0

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
        lead: how long before a fridge empties itself its chat is warned.
        zones: the time zones that chats are in.
        paced: whether to send no faster than Telegram's limits allow.
        clock: tells the time.
        seconds_to_send: after so long, a warning is given up, to be claimed again later.
        seconds_between_marks: how long to wait before the next try to mark a warning as sent.
        seconds_to_finish: how long the warnings on their way may take when a run is broken off:
            longer than a message and its mark usually take.

    Attributes:
        interval: how often the job runs. A warning comes late by a quarter of its lead at most.
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
        seconds_to_send: float = SECONDS_TO_SEND,
        seconds_between_marks: float = SECONDS_BETWEEN_MARKS,
        seconds_to_finish: float = SECONDS_TO_FINISH,
    ) -> None:
        self._warnings = warnings
        self._sessions = sessions
        self.interval: Final = max(SHORTEST_INTERVAL, min(LONGEST_INTERVAL, lead / 4))
        self._runs = IntervalRuns(runs, self.interval, clock)
        self._send = send
        self._lead = lead
        self._zones = zones
        self._pace = _Pace(1 / MOST_A_SECOND if paced else 0)
        self._clock = clock
        self._seconds_to_send = seconds_to_send
        self._seconds_between_marks = seconds_between_marks
        self._seconds_to_finish = seconds_to_finish
        self._stopping = False

    async def run(self) -> None:
        """Send the warnings that are due until the interval ends, if no other replica does."""
        await self._runs.run_once(WARN, self._send_due)

    def stop(self) -> None:
        """Begin to send no further warning; the run finishes the warnings that are on their way."""
        self._stopping = True

    async def _send_due(self, now: datetime) -> int:
        """Send warnings side by side, and wait for all that were begun, whatever happens.

        After an error none is begun. All errors are raised at the end.
        """
        interval_ends = start_of_interval(now, self.interval) + self.interval
        # One batch earlier: then the next run is that of the replica that claims it.
        last_claim = interval_ends - self._pace.time(BATCH_SIZE)
        sent = 0
        sending: set[asyncio.Task[bool]] = set()
        errors = CollectedErrors()
        try:
            with errors.collected():
                async with aclosing(self._claimed_until(last_claim)) as claimed:
                    async for warning in claimed:
                        await self._pace.turn()
                        if self._stopping:
                            break
                        sending.add(asyncio.create_task(self._send_one(warning)))
                        if len(sending) == MOST_AT_ONCE:
                            done, sending = await asyncio.wait(
                                sending, return_when=asyncio.FIRST_COMPLETED
                            )
                            sent += _number_sent(done, errors)
                        if errors:
                            break
        finally:
            await _until_ended(sending, self._seconds_to_finish)
        sent += _number_sent(sending, errors)
        errors.raise_all()
        return sent

    async def _claimed_until(self, end: datetime) -> AsyncGenerator[DueWarning]:
        """Claim batch after batch, and yield their warnings, those that are due soonest first."""
        now = self._clock()
        begin: Position | None = None
        while windows := due_windows(now, self._lead, self._zones):
            if begin is None:
                # Expiry dates are brought up to date first, so that the claims come in their order.
                # Warnings sent in the evening for the night are not: those fridges expire hours
                # later, there are very many of them, and their order matters less.
                await self._sessions.extend_used(now + self._lead, now)
            claimed = await self._warnings.claim(windows, begin or Position(), BATCH_SIZE, now)
            for warning in claimed.warnings:
                yield warning
            begin, now = claimed.end, self._clock()
            if begin is None or now >= end or self._stopping:
                return

    async def _send_one(self, warning: DueWarning) -> bool:
        """Send a warning and mark it; a warning that can't be sent now is claimed again later."""
        if self._stopping:
            return False
        try:
            async with asyncio.timeout(self._seconds_to_send):
                chat_id = await self._send(warning)
        except TimeoutError:
            logger.warning("A warning could not be sent, it is tried again in some minutes")
            return False
        if chat_id is None:
            return False
        await self._mark_sent(chat_id, warning.last_accessed)
        return True

    async def _mark_sent(self, chat_id: int, last_accessed: datetime) -> None:
        """Mark a warning as sent, however often that takes: else the chat would be warned again."""
        while True:
            try:
                await self._warnings.mark_sent(chat_id, last_accessed, self._clock())
            except DatabaseAway:
                await asyncio.sleep(self._seconds_between_marks)
            else:
                return


def _number_sent(ended: Collection[asyncio.Task[bool]], errors: CollectedErrors) -> int:
    """Count the warnings that were sent by tasks that have ended, and collect the errors."""
    sent = 0
    for task in ended:
        with errors.collected():
            sent += task.result()
    return sent


async def _until_ended(tasks: Collection[asyncio.Task[bool]], seconds_to_finish: float) -> None:
    """Wait for tasks: for some seconds at most if this run is broken off, now or before.

    Telegram may have a warning already: broken off before it is marked, it would be sent again.
    """
    if not tasks:
        return
    try:
        if not is_broken_off():
            await asyncio.wait(tasks)
    finally:
        if is_broken_off():
            await _finish_or_cancel(tasks, seconds_to_finish)


async def _finish_or_cancel(tasks: Collection[asyncio.Task[bool]], seconds: float) -> None:
    _, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    # Nobody waits for the results any more, an error among them.
    await asyncio.gather(*tasks, return_exceptions=True)


class _Pace:
    """Keeps turns so many seconds apart; a turn that came late lets the next ones come sooner."""

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
