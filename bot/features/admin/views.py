"""Replies to admins."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Final

from babel.dates import format_datetime

from bot import __version__
from bot.conversation.replies import LinkButton, Message
from bot.features.allowed_chats import TurnedAway
from bot.features.common.names import ingredient_html
from bot.locale.language import Language
from db.operation.job_runs import EXTEND, PURGE, FinishedRun
from db.operation.statistics import Statistics
from db.updates.failed_updates import FailureSummary

FAILURES_OF: Final = timedelta(days=1)
"""The period in which failures are counted."""
LONGEST_ERROR_SHOWN: Final = 200
SIGNIFICANT_DIGITS: Final = 2
"""Of an estimate."""


def statistics(
    figures: Statistics,
    failures: FailureSummary,
    runs: Sequence[FinishedRun],
    uptime: timedelta,
    language: Language,
    *,
    turned_away: TurnedAway,
) -> Message:
    """Return the figures, the last runs of the jobs, and the state of the program.

    Estimated figures are marked as such.
    """

    def number(count: int) -> str:
        return language.number(_rounded(count) if figures.estimated else count)

    def about(count: int) -> str:
        if not figures.estimated:
            return number(count)
        return language.gettext("about {count}").format(count=number(count))

    most_kept = (
        language.gettext("Most kept, about: {names}")
        if figures.estimated
        else language.gettext("Most kept: {names}")
    )
    lines = [
        language.gettext("📊 <b>Statistics</b>, {time}").format(
            time=format_datetime(figures.at, "yyyy-MM-dd HH:mm:ss 'UTC'", locale=language.value)
        ),
        "",
        language.gettext("Active sessions: {count}").format(count=about(figures.active_sessions)),
        language.gettext("New sessions in 24 h: {count}").format(count=about(figures.new_sessions)),
        language.gettext("Ingredients in all: {count}").format(count=about(figures.items)),
        most_kept.format(
            names=", ".join(
                f"{ingredient_html(kept, language)} ×{number(kept.fridges)}"
                for kept in figures.most_kept
            )
            or "–"
        ),
        "",
        *_failures(failures, language),
        *(_run(run, language) for run in runs),
        language.gettext("Database: {size} MB").format(
            size=language.number(round(figures.database_bytes / 1_000_000, 1))
        ),
        language.gettext("Running for: {duration}").format(duration=language.duration(uptime)),
        *_turned_away(turned_away, language),
        language.gettext("Version: {version}").format(version=__version__),
    ]
    return Message("\n".join(lines))


def cleaned_up(count: int, language: Language) -> Message:
    """Say how many sessions were purged."""
    return Message(
        language.ngettext(
            "Purged {count} expired session.", "Purged {count} expired sessions.", count
        ).format(count=language.number(count))
    )


def answered_privately(language: Language) -> Message:
    """Tell a group that the admin was answered in private."""
    return Message(language.gettext("I answered you in our private chat."))


def no_private_chat(bot_username: str, language: Language) -> Message:
    """Tell a group that the bot can't write to the admin who asked, with a link to the bot."""
    return Message(
        language.gettext(
            "I can't write to you privately yet. Open our chat, press Start, and ask me there."
        ),
        [
            [
                LinkButton(
                    language.gettext("💬 Open our private chat"), f"https://t.me/{bot_username}"
                )
            ]
        ],
    )


def _rounded(count: int) -> int:
    """Round an estimate to its significant digits."""
    return round(count, min(0, SIGNIFICANT_DIGITS - len(str(count))))


def _failures(failures: FailureSummary, language: Language) -> Sequence[str]:
    """Return lines about failures; none where there were none."""
    if failures.last_at is None:
        return ()
    return (
        language.gettext("⚠️ Failed updates in 24 h: {count}").format(
            count=language.number(failures.count)
        ),
        language.gettext("The last one: {time}, {error}").format(
            time=_time(failures.last_at, language),
            error=f"<code>{escape((failures.last_error or '')[:LONGEST_ERROR_SHOWN])}</code>",
        ),
        "",
    )


def _turned_away(others: TurnedAway, language: Language) -> Sequence[str]:
    if not others.messages:
        return ()
    return (
        language.gettext("Messages turned away since then: {messages} (chats: {chats})").format(
            messages=language.number(others.messages), chats=language.number(others.chats)
        ),
    )


def _time(time: datetime, language: Language) -> str:
    return format_datetime(time, "MM-dd HH:mm 'UTC'", locale=language.value)


def _run(run: FinishedRun, language: Language) -> str:
    sentences = {
        EXTEND: language.ngettext(
            "Last extension: {time}, {count} session in {seconds} s",
            "Last extension: {time}, {count} sessions in {seconds} s",
            run.affected,
        ),
        PURGE: language.ngettext(
            "Last purge: {time}, {count} session in {seconds} s",
            "Last purge: {time}, {count} sessions in {seconds} s",
            run.affected,
        ),
    }
    return sentences[run.job].format(
        time=_time(run.started_at, language),
        count=language.number(run.affected),
        seconds=language.number(round((run.finished_at - run.started_at).total_seconds(), 3)),
    )
