"""Who is measured: bots, each a process that is given updates, and the floor below them."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chaos.bots import ROOT, Mode

OUR_PROGRAM: Final = (sys.executable, str(ROOT / "run_bot.py"))


@dataclass(frozen=True, slots=True)
class Bot:
    """A bot: a command that takes the program's settings, and settings of its own.

    `changes` are made to the schema of its database.
    """

    name: str
    title: str
    command: Sequence[str]
    mode: Mode
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    changes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Floor:
    """Our statements without a bot: what the driver, or PostgreSQL alone, can do."""

    name: str
    title: str


Contender = Bot | Floor

OURS_WEBHOOK: Final = Bot(
    "ours-webhook", "ours, webhook, replies in the response", OUR_PROGRAM, Mode.WEBHOOK
)
OURS_WEBHOOK_SENT: Final = Bot(
    "ours-webhook-sent",
    "ours, webhook, replies sent",
    OUR_PROGRAM,
    Mode.WEBHOOK,
    {"REPLY_IN_RESPONSE": "off"},
)
OURS_POLLING: Final = Bot("ours-polling", "ours, polling", OUR_PROGRAM, Mode.POLLING)
ASYNCPG: Final = Floor("asyncpg", "our statements on bare asyncpg")
PGBENCH: Final = Floor("pgbench", "our statements in pgbench")

CONTENDERS: Final[Mapping[str, Contender]] = {
    contender.name: contender
    for contender in (
        OURS_WEBHOOK,
        OURS_WEBHOOK_SENT,
        OURS_POLLING,
        ASYNCPG,
        PGBENCH,
    )
}
