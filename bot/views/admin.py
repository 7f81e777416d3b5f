"""What admins see."""

from collections.abc import Sequence
from datetime import timedelta

from babel.dates import format_datetime

from bot import __version__
from bot.language import Language
from bot.replies import Message
from bot.views.names import in_language, with_emoji
from db.job_runs import EXTEND, PURGE, FinishedRun
from db.statistics import Statistics


def statistics(
    figures: Statistics, runs: Sequence[FinishedRun], uptime: timedelta, language: Language
) -> Message:
    """The figures, and how the jobs and the program are doing."""
    number = language.number
    lines = [
        language.gettext("📊 <b>Statistics</b>, {time}").format(
            time=format_datetime(figures.at, "yyyy-MM-dd HH:mm:ss 'UTC'", locale=language.value)
        ),
        "",
        language.gettext("Active sessions: {count}").format(count=number(figures.active_sessions)),
        language.gettext("New sessions in 24 h: {count}").format(
            count=number(figures.new_sessions)
        ),
        language.gettext("Ingredients in all: {count}").format(count=number(figures.items)),
        language.gettext("Most kept: {names}").format(
            names=", ".join(
                f"{with_emoji(kept.emoji, in_language(kept, language))} ×{number(kept.fridges)}"
                for kept in figures.most_kept
            )
            or "–"
        ),
        "",
        *(_run(run, language) for run in runs),
        language.gettext("Database: {size} MB").format(
            size=number(round(figures.database_bytes / 1_000_000, 1))
        ),
        language.gettext("Running for: {duration}").format(duration=language.duration(uptime)),
        language.gettext("Version: {version}").format(version=__version__),
    ]
    return Message("\n".join(lines))


def cleaned_up(count: int, language: Language) -> Message:
    """How many sessions were purged."""
    return Message(
        language.ngettext(
            "Purged {count} expired session.", "Purged {count} expired sessions.", count
        ).format(count=language.number(count))
    )


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
        time=format_datetime(run.started_at, "MM-dd HH:mm 'UTC'", locale=language.value),
        count=language.number(run.affected),
        seconds=language.number(round((run.finished_at - run.started_at).total_seconds(), 3)),
    )
