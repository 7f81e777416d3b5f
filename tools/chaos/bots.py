"""The bots of a run, and how each is started."""

import os
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import SystemRandom
from typing import Final

from startup.settings.settings import Settings

OWN_PORTS: Final = range(20_000, 32_000)
"""Ports below the ephemeral ranges of Linux and macOS."""

ROOT: Final = Path(__file__).parents[2]
PEERS_PYTHON: Final = ROOT / ".venv-peers" / "bin" / "python"


class Mode(Enum):
    """How updates are received."""

    POLLING = "polling"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot: a command that takes the program's settings, and the settings that only it gets."""

    name: str
    command: Sequence[str]
    modes: Sequence[Mode]
    settings: Mapping[str, str]


OURS: Final = Bot(
    "ours",
    (sys.executable, str(ROOT / "run_bot.py")),
    (Mode.POLLING, Mode.WEBHOOK),
    # The jobs run all the time, and must not purge a chat in use. No warnings: the checker takes
    # every message of the bot for a reply to a command.
    {"SESSION_TTL": "60s", "CLEANUP_INTERVAL": "2s", "WARN_BEFORE": "off"},
)
PYTHON_TELEGRAM_BOT: Final = Bot(
    "python-telegram-bot",
    # Its webhook needs Tornado, which is installed only in the peers' environment.
    (str(PEERS_PYTHON), "-m", "tools.chaos.peers.python_telegram_bot"),
    (Mode.POLLING, Mode.WEBHOOK),
    {},
)
AIOGRAM: Final = Bot(
    "aiogram",
    (str(PEERS_PYTHON), "-m", "tools.chaos.peers.aiogram_bot"),
    (Mode.POLLING, Mode.WEBHOOK),
    {},
)
BOTS: Final = {bot.name: bot for bot in (OURS, PYTHON_TELEGRAM_BOT, AIOGRAM)}


def base_environment() -> dict[str, str]:
    """The environment without the program's settings, in which any command finds our packages."""
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return kept | {"PYTHONPATH": str(ROOT)}


def free_addresses(count: int) -> Sequence[str]:
    """Free loopback addresses, with ports that the system gives to no other program.

    So an address stays free while the bot that listens on it is started again.
    """
    free: list[str] = []
    for port in SystemRandom().sample(OWN_PORTS, len(OWN_PORTS)):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            free.append(f"127.0.0.1:{port}")
        if len(free) == count:
            break
    return free


def webhook_settings(address: str) -> dict[str, str]:
    """Settings for a webhook at an address of this machine."""
    return {
        "WEBHOOK_URL": f"http://{address}/webhook",
        "WEBHOOK_SECRET": "hush_hush-hush_hush-42",
        "LISTEN": address,
    }
