"""The command line: the commands, their texts, and the exit status of the program."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, Final

import uvloop

from bot import __version__
from db.connection.errors import BackupError, DatabaseUnavailable, DatabaseUnreachable
from fridge.catalogue.catalogue import load_catalogue
from startup.database.backups import back_up, restore
from startup.database.opening import open_database
from startup.database.ownership import adopt
from startup.errors import AWAY, DONE, INTERRUPTED, WRONG, SettingsError, StartError
from startup.log import Redactor, configure_logging
from startup.process.signals import run_unless_stopped
from startup.process.streams import discard_broken_output, open_closed_streams, say
from startup.settings.documentation import help_lines
from startup.settings.env_file import env_file_warning
from startup.settings.loading import check_playground_is_meant, load_settings
from startup.settings.settings import Settings
from startup.wiring import run

logger = logging.getLogger("fridge")

USAGE: Final = """\
Runs the fridge bot until Ctrl-C, SIGTERM or SIGHUP.

With BOT_TOKEN it is live on Telegram. Without, it runs in the playground: a chat
page on this machine, whose address it prints. Settings are environment variables,
or lines in a file named .env in the working directory:

{settings}

Exit status: 0 after a stop that was asked for; 1 where something was away for longer
than START_PATIENCE, another program has the address of LISTEN, or the bot has failed, so
that another start may help; 2 where something is wrong for good, as a setting is, the
token, or the database's password; 130 after a second Ctrl-C, or a stop before a command
was done.
"""


ADOPT: Final = """\
Makes the database of DATABASE_URL, or the embedded one in DATA_DIR, that of the bot
whose BOT_TOKEN is set, with all that is in it. A database belongs to the bot that first
ran on it (a new token of that bot needs nothing). Stop the other bot before.
"""

BACKUP: Final = """\
Saves the database of DATABASE_URL, or the embedded one in DATA_DIR, in a file that
only its owner can read. The bot may run meanwhile.
"""

RESTORE: Final = """\
Puts a backup into the database of DATABASE_URL, or the embedded one in DATA_DIR, as a
whole or not at all. Stop the bot before. Its next start migrates what an older version
saved.
"""

Work = Callable[[Settings, argparse.Namespace], Coroutine[Any, Any, str | None]]
"""Carries a command out, and returns a line to print, or None."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name, or the bot without one.

    The caller has blocked the signals that stop the program (`block_stops`). The command unblocks
    them when it handles them.

    Returns:
        The exit status, as USAGE explains it.
    """
    open_closed_streams()
    try:
        return _carry_out(arguments)
    finally:
        discard_broken_output()


def _carry_out(arguments: Sequence[str] | None) -> int:
    chosen = _parser().parse_args(arguments)
    work: Work = chosen.work
    try:
        settings = load_settings()
        if work is _run:
            check_playground_is_meant(settings)
    except SettingsError as error:
        return _fail(str(error), WRONG)
    # Otherwise python-telegram-bot gives durations as numbers, and warns of it each time.
    os.environ["PTB_TIMEDELTA"] = "true"
    configure_logging(settings.log_level, settings.secrets())
    redact = Redactor(settings.secrets())
    if warning := env_file_warning(settings.secrets()):
        logger.warning(warning)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            outcome = runner.run(work(settings, chosen))
    except (StartError, DatabaseUnavailable, BackupError) as error:
        return _fail(redact(str(error)), _exit_status(error))
    except KeyboardInterrupt:
        return _fail("Stopped at once, as a second Ctrl-C asks for", INTERRUPTED)
    if outcome is not None:
        say(outcome, sys.stdout)
    return DONE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run_bot.py",
        description=USAGE.format(settings=help_lines()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"fridge bot {__version__}")
    parser.set_defaults(work=_run)
    commands = parser.add_subparsers(title="commands (none: run the bot)", metavar="COMMAND")

    adopting = commands.add_parser(
        "adopt", help="make the database that of the bot of BOT_TOKEN", description=ADOPT
    )
    adopting.set_defaults(work=_adopt)

    saving = commands.add_parser(
        "backup", help="save the database in a file, also while the bot runs", description=BACKUP
    )
    saving.add_argument(
        "file", type=Path, metavar="FILE", help="made, or replaced when all is well"
    )
    saving.set_defaults(work=_back_up)

    restoring = commands.add_parser(
        "restore", help="put such a file into the database, while no bot runs", description=RESTORE
    )
    restoring.add_argument(
        "--replace",
        action="store_true",
        help="replace what chats have stored; it is saved first, in DATA_DIR/backups (without "
        "BOT_TOKEN: DATA_DIR/playground/backups)",
    )
    restoring.add_argument("file", type=Path, metavar="FILE", help="what `backup` has saved")
    restoring.set_defaults(work=_restore)
    return parser


async def _run(settings: Settings, _chosen: argparse.Namespace) -> None:
    await run(settings)


async def _adopt(settings: Settings, _chosen: argparse.Namespace) -> str:
    async def adopt_it() -> str:
        async with open_database(settings, load_catalogue(), of_any_owner=True) as engine:
            return await adopt(engine, settings)

    return await run_unless_stopped(adopt_it())


async def _back_up(settings: Settings, chosen: argparse.Namespace) -> str:
    return await run_unless_stopped(back_up(settings, chosen.file))


async def _restore(settings: Settings, chosen: argparse.Namespace) -> str:
    return await run_unless_stopped(restore(settings, chosen.file, replace=chosen.replace))


def _exit_status(error: StartError | DatabaseUnavailable | BackupError) -> int:
    if isinstance(error, StartError):
        return error.exit_status
    return AWAY if isinstance(error, DatabaseUnreachable) else WRONG


def _fail(line: str, status: int) -> int:
    say(f"fridge bot: {line}", sys.stderr)
    return status
