"""What admins see."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.dates import format_datetime

from bot import __version__
from bot.language import Language
from bot.replies import Message
from bot.views.names import in_language
from db.job_runs import FinishedRun
from db.statistics import Statistics


def statistics(
    figures: Statistics, runs: Sequence[FinishedRun], uptime: timedelta, language: Language
) -> Message:
    """The figures, and how the jobs and the program are doing."""
    number = language.number
    lines = [
        language.gettext("📊 <b>Statistics</b>, {time}").format(time=_time(figures.at, language)),
        "",
        language.gettext("Active sessions: {count}").format(count=number(figures.active_sessions)),
        language.gettext("New sessions in 24 h: {count}").format(
            count=number(figures.new_sessions)
        ),
        language.gettext("Ingredients in all: {count}").format(count=number(figures.items)),
        language.gettext("Most kept: {names}").format(
            names=", ".join(
                f"{kept.emoji} {in_language(kept, language)} {number(kept.fridges)}"
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
        "extend": language.gettext("Extended last: {time}, {count} in {seconds} s"),
        "purge": language.gettext("Purged last: {time}, {count} in {seconds} s"),
    }
    return sentences[run.job].format(
        time=_time(run.started_at, language),
        count=language.number(run.affected),
        seconds=language.number(round((run.finished_at - run.started_at).total_seconds(), 2)),
    )


def _time(time: datetime, language: Language) -> str:
    return format_datetime(time, "yyyy-MM-dd HH:mm:ss 'UTC'", locale=language.value)
