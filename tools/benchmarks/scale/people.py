"""People who use their fridges: their messages are posted to the webhook, as Telegram does."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Final

import aiohttp

from bot.receiving.webhook import SECRET_HEADER
from fridge.catalogue.catalogue import Ingredient, load_catalogue
from tools.benchmarks.scale.filling import TYPED, chat_of, is_expired

ADMIN: Final = 42
LONGEST_ANSWER_SECONDS: Final = 100.0


class Command(Enum):
    """The commands, all sent equally often, so that each has enough answers."""

    ADD = "/add"
    FRIDGE = "/fridge"
    REMOVE = "/remove"


@dataclass(frozen=True, slots=True)
class Answer:
    """A command, when it was due (a Unix time), and how long its answer took."""

    command: Command
    at: float
    seconds: float


class People:
    """Each message comes from a random chat whose fridge is live, at a random time.

    A message does not wait for the answer to the one before, so that delays show in full.

    Args:
        url: Where the program listens.
        secret: The webhook's secret.
        fridges: The number of fridges.
        rate: Messages a second.
    """

    def __init__(self, url: str, secret: str, fridges: int, rate: float) -> None:
        self._url = url
        self._headers = {SECRET_HEADER: secret}
        self._fridges = fridges
        self._rate = rate
        self._chance = random.Random(2)  # noqa: S311 (reproducible, nothing secret)
        self._ingredients = load_catalogue().ingredients
        self._sent = int(time.time())  # so that no two runs send the same message

    async def send_for(self, seconds: float) -> Sequence[Answer]:
        """Send for some seconds; return the answers in the order in which the commands were due."""
        return await self.send_until(asyncio.create_task(asyncio.sleep(seconds)))

    async def send_until(self, end: "asyncio.Task[None]") -> Sequence[Answer]:
        """Send until a task is done; if sending fails, the task is cancelled."""
        loop = asyncio.get_running_loop()
        since_1970 = time.time() - loop.time()
        sending: list[asyncio.Task[Answer]] = []
        try:
            async with self._client() as client, asyncio.TaskGroup() as senders:
                due = loop.time()
                while not end.done():
                    due += self._chance.expovariate(self._rate)
                    await asyncio.sleep(due - loop.time())
                    command = self._chance.choice(list(Command))
                    sending.append(
                        senders.create_task(self._send(client, command, due, since_1970))
                    )
        finally:
            end.cancel()
        await end
        return [sent.result() for sent in sending]

    async def ask_as_admin(self, text: str) -> tuple[str, float]:
        """Send a command as the admin; return the answer and its delay in seconds."""
        began_at = time.monotonic()
        async with self._client() as client:
            answer = await self._post(client, ADMIN, text)
        return answer, time.monotonic() - began_at

    def _client(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            timeout=aiohttp.ClientTimeout(total=LONGEST_ANSWER_SECONDS),
        )

    async def _send(
        self, client: aiohttp.ClientSession, command: Command, due: float, since_1970: float
    ) -> Answer:
        await self._post(client, self._live_chat(), self._text(command))
        took = asyncio.get_running_loop().time() - due
        return Answer(command, since_1970 + due, took)

    async def _post(self, client: aiohttp.ClientSession, chat: int, text: str) -> str:
        async with client.post(
            self._url, json=self._update(chat, text), headers=self._headers
        ) as response:
            if response.status != HTTPStatus.OK:
                raise RuntimeError(f"{text!r} was answered with status {response.status}")
            answer: str = (await response.json())["text"]
        return answer

    def _update(self, chat: int, text: str) -> dict[str, object]:
        self._sent += 1
        person = {"id": chat, "is_bot": False, "first_name": "Cook", "language_code": "ko"}
        return {
            "update_id": self._sent,
            "message": {
                "message_id": self._sent,
                "date": int(time.time()),
                "chat": {"id": chat, "type": "private", "first_name": "Cook"},
                "from": person,
                "text": text,
                "entities": [
                    {"type": "bot_command", "offset": 0, "length": len(text.partition(" ")[0])}
                ],
            },
        }

    def _live_chat(self) -> int:
        while True:
            number = self._chance.randrange(self._fridges)
            if not is_expired(number):
                return chat_of(number, self._fridges)

    def _text(self, command: Command) -> str:
        names = () if command is Command.FRIDGE else (self._name() for _ in range(2))
        return f"{command.value} {', '.join(names)}".rstrip()

    def _name(self) -> str:
        known: Ingredient = self._chance.choice(self._ingredients)
        return self._chance.choice((known.ko, known.ko, known.en, self._chance.choice(TYPED)))
