"""The contenders: bots, each a process that gets updates, and the floor without a bot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.benchmarks.peers.guide import INDEXES
from tools.chaos.bots import OURS, PEERS_PYTHON, Mode

_GUIDE: Final = (str(PEERS_PYTHON), "-m", "tools.benchmarks.peers.python_telegram_bot")
_AIOGRAM: Final = (str(PEERS_PYTHON), "-m", "tools.benchmarks.peers.aiogram_bot")


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot: a command that takes the program's settings, and the settings that only it gets.

    `changes` are statements that change the schema of its database.
    """

    name: str
    title: str
    command: Sequence[str]
    mode: Mode
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    changes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """Our statements without a bot: the rate of the driver, or of PostgreSQL alone."""

    name: str
    title: str


Contender = Bot | Floor

OURS_WEBHOOK: Final = Bot(
    "ours-webhook", "ours, webhook, replies in the response", OURS.command, Mode.WEBHOOK
)
OURS_WEBHOOK_SENT: Final = Bot(
    "ours-webhook-sent",
    "ours, webhook, replies sent",
    OURS.command,
    Mode.WEBHOOK,
    {"REPLY_IN_RESPONSE": "off"},
)
OURS_POLLING: Final = Bot("ours-polling", "ours, polling", OURS.command, Mode.POLLING)
PTB_WEBHOOK: Final = Bot(
    "ptb-webhook", "the guide on python-telegram-bot, webhook", _GUIDE, Mode.WEBHOOK, {}, INDEXES
)
PTB_POLLING: Final = Bot(
    "ptb-polling", "the guide on python-telegram-bot, polling", _GUIDE, Mode.POLLING, {}, INDEXES
)
AIOGRAM_WEBHOOK: Final = Bot(
    "aiogram-webhook", "aiogram with our SQL, webhook", _AIOGRAM, Mode.WEBHOOK
)
AIOGRAM_POLLING: Final = Bot(
    "aiogram-polling", "aiogram with our SQL, polling", _AIOGRAM, Mode.POLLING
)
ASYNCPG: Final = Floor("asyncpg", "our statements on bare asyncpg")
PGBENCH: Final = Floor("pgbench", "our statements in pgbench")

CONTENDERS: Final[Mapping[str, Contender]] = {
    contender.name: contender
    for contender in (
        OURS_WEBHOOK,
        OURS_WEBHOOK_SENT,
        OURS_POLLING,
        PTB_WEBHOOK,
        PTB_POLLING,
        AIOGRAM_WEBHOOK,
        AIOGRAM_POLLING,
        ASYNCPG,
        PGBENCH,
    )
}
