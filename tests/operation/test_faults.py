"""The program while PostgreSQL and Telegram fail: what people write is answered all the same."""

import asyncio
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg
import pytest

from db.connection.embedded import EmbeddedPostgres
from local_telegram.server import LocalTelegramServer
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import seen
from tests.made_server import copy_server
from tests.operation.conftest import TOKEN, Run
from tests.operation.program import Program, postgres_processes
from tests.waiting import wait_until
from tools.chaos.faults.postgres import PostgresFaultProxy
from tools.chaos.faults.proxy import HOST, HttpFaultProxy

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("own server")]

SECRET: Final = "hush_hush-hush_hush-42"
PASSWORD: Final = "pa55word"
HANDFUL_OF_LINES: Final = 15
FAULT_SECONDS: Final = 1.0  # longer than a poll waits for answers, and several attempts

# What everyone writes, and what is answered. Each answer tells of all that was done before.
SCRIPT: Final = (
    ("/add milk", "Added: 🥛 milk\n1 item in the fridge now."),
    ("/add tofu", "Added: 🥢 tofu\n2 items in the fridge now."),
    ("/remove milk", "Taken out: 🥛 milk\n1 item in the fridge now."),
    ("/add egg", "Added: 🥚 egg\n2 items in the fridge now."),
    ("/remove tofu", "Taken out: 🥢 tofu\n1 item in the fridge now."),
)
LEFT_OVER: Final = "egg"

ITEMS: Final = """
    SELECT chat_id, array_agg(en) FROM user_fridge_ingredients JOIN ingredients
    USING (ingredient_id) GROUP BY chat_id
"""
HANDLED: Final = "SELECT chat_id, count(*) FROM handled_requests GROUP BY chat_id"
WAITING: Final = "SELECT chat_id, count(*) FROM waiting_updates GROUP BY chat_id"
FAILED: Final = "SELECT chat_id, count(*) FROM failed_updates GROUP BY chat_id"


async def by_chat(database_url: str, statement: str) -> Mapping[int, object]:
    connection = await asyncpg.connect(database_url)
    found = {row[0]: row[1] for row in await connection.fetch(statement)}
    await connection.close()
    return found


class House:
    """A running bot, and people who all write the lines of the script to it, each in their chat.

    `lines` are the ways between the bot and Telegram: the one of its calls, and with a webhook the
    one of the updates.
    """

    def __init__(
        self,
        program: Program,
        telegram: LocalTelegram,
        people: Sequence[Person],
        lines: Sequence[HttpFaultProxy],
    ) -> None:
        self.telegram = telegram
        self.people = people
        self.lines = lines
        self._program = program
        self._written = 0
        self._lines_before = len(program.errors)

    @property
    def log(self) -> Sequence[str]:
        """What it has logged since it is open."""
        return self._program.errors[self._lines_before :]

    def everyone_writes(self, lines: int = 1) -> None:
        """Let everyone write the next lines of the script at once."""
        for text, _ in SCRIPT[self._written : self._written + lines]:
            for person in self.people:
                self.telegram.send_text(person, person.id, text)
        self._written += lines

    async def all_is_answered(self, seconds: float = 15) -> None:
        """Wait until everyone has got as many different answers as they wrote lines."""

        async def is_answered() -> bool:
            return all(len(self.answers(person)) >= self._written for person in self.people)

        try:
            await wait_until(is_answered, seconds)
        except TimeoutError:
            answers = {person.id: self.answers(person) for person in self.people}
            pytest.fail(f"Not all is answered: {answers}\n{self._program.printed}")

    def all_answers(self, person: Person) -> Sequence[str]:
        """What the bot has said to somebody."""
        messages = self.telegram.messages(person.id)
        return [seen(message["text"]) for message in messages if message["from"]["is_bot"]]

    def answers(self, person: Person) -> Sequence[str]:
        """What the bot has said to somebody, where the same is said twice on end once only."""
        answers = self.all_answers(person)
        return [answer for n, answer in enumerate(answers) if not n or answer != answers[n - 1]]

    async def assert_all_went_well(self, database_url: str, *, said_twice: bool = False) -> None:
        """Assert that the script was carried out, each line once, in its order, and answered.

        Args:
            database_url: The tables.
            said_twice: Whether an answer may have been given again; no line is done again.
        """
        assert self._written == len(SCRIPT)
        answers = self.answers if said_twice else self.all_answers
        expected = [answer for _, answer in SCRIPT]
        assert {person.id: answers(person) for person in self.people} == {
            person.id: expected for person in self.people
        }

        async def is_settled() -> bool:
            confirmed = self.telegram.updates.pending_count == 0
            return confirmed and not await by_chat(database_url, WAITING)

        await wait_until(is_settled)
        items = await by_chat(database_url, ITEMS)
        handled = await by_chat(database_url, HANDLED)
        for person in self.people:
            assert items[person.id] == [LEFT_OVER]
            assert handled[person.id] == len(SCRIPT)
        assert await by_chat(database_url, FAILED) == {}
        assert len(self.log) < HANDFUL_OF_LINES, "\n".join(self.log)
        assert "Traceback" not in self._program.printed

    async def assert_goes_on_well(self, database_url: str, *, said_twice: bool = False) -> None:
        """Let everyone write the rest of the script, and assert that all of it went well."""
        self.everyone_writes(len(SCRIPT) - self._written)
        await self.all_is_answered()
        await self.assert_all_went_well(database_url, said_twice=said_twice)


OpenHouse = Callable[..., Awaitable[House]]


@pytest.fixture(params=["polling", "webhook"])
def mode(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def open_house(
    mode: str, run: Run, telegram_server: LocalTelegramServer, unused_tcp_port: int
) -> AsyncIterator[OpenHouse]:
    """Starts the bot on a database, with so many people and with proxies to Telegram.

    Replies go as calls of their own, also with a webhook, unless the settings say otherwise: of a
    call that travels in a response nobody learns whether it failed.
    """
    telegram = telegram_server.telegram
    async with AsyncExitStack() as stack:
        calls = await stack.enter_async_context(HttpFaultProxy(telegram_server.url))
        lines = [calls]
        given = {"BOT_TOKEN": TOKEN, "TELEGRAM_API_URL": calls.url, "REPLY_IN_RESPONSE": "off"}
        if mode == "webhook":
            address = f"{HOST}:{unused_tcp_port}"
            hook = await stack.enter_async_context(HttpFaultProxy(f"http://{address}/hook"))
            lines.append(hook)
            given |= {"WEBHOOK_URL": hook.url, "WEBHOOK_SECRET": SECRET, "LISTEN": address}

        async def open_house(database_url: str | None, people: int = 5, **settings: str) -> House:
            if database_url:
                settings["DATABASE_URL"] = database_url.replace(
                    "postgres@", f"postgres:{PASSWORD}@"
                )
            program = await run(**(given | settings))
            await program.live()
            return House(
                program,
                telegram,
                [telegram.add_person(2000 + n, f"Cook {n}", "en") for n in range(people)],
                lines,
            )

        yield open_house


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[PostgresFaultProxy]:
    """The way to the database."""
    async with PostgresFaultProxy(database_url) as proxy:
        yield proxy


class OwnServer:
    """A PostgreSQL that no other test uses."""

    def __init__(self, directory: Path, made_once: Path) -> None:
        copy_server(made_once, directory)
        self._directory = directory
        self._server = EmbeddedPostgres(directory)
        self._url = self._server.start()

    async def new_database(self) -> str:
        """Make a database, also where a failed test has left the server stopped."""
        self.signal(signal.SIGCONT)
        await asyncio.to_thread(self._server.start)
        name = f"fridge_{uuid4().hex}"
        connection = await asyncpg.connect(self._url)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        return self._url.replace("/postgres?", f"/{name}?")

    async def restart(self) -> None:
        """Restart it in immediate mode: without a farewell to anybody, and with a recovery."""
        kill_postmaster(self._directory, signal.SIGQUIT)

        async def has_ended() -> bool:
            return not postgres_processes(self._directory)

        await wait_until(has_ended)
        await asyncio.to_thread(self._server.start)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to all of its processes."""
        for process in postgres_processes(self._directory):
            os.kill(process, number)

    def stop(self) -> None:
        self._server.stop()


def kill_postmaster(directory: Path, number: signal.Signals) -> None:
    os.kill(int((directory / "postgresql" / "postmaster.pid").read_text().split()[0]), number)


@pytest.fixture(scope="module")
def own_server(made_once: Path) -> Iterator[OwnServer]:
    directory = Path(tempfile.mkdtemp(prefix="fridge-", dir="/tmp"))
    directory.chmod(0o755)
    server = OwnServer(directory, made_once)
    try:
        yield server
    finally:
        server.signal(signal.SIGCONT)
        server.stop()
        shutil.rmtree(directory)


# PostgreSQL


async def test_postgresql_restarts_while_people_write(
    open_house: OpenHouse, own_server: OwnServer
) -> None:
    database_url = await own_server.new_database()
    house = await open_house(database_url)
    house.everyone_writes()
    restarting = asyncio.create_task(own_server.restart())
    for _ in SCRIPT[1:-1]:
        house.everyone_writes()
        await asyncio.sleep(0.1)
    await restarting
    await house.assert_goes_on_well(database_url)


async def test_postgresql_refuses_connections_for_a_while(
    open_house: OpenHouse, database: PostgresFaultProxy, database_url: str
) -> None:
    house = await open_house(database.url)
    house.everyone_writes()
    await house.all_is_answered()

    database.refuse()
    database.reset()
    house.everyone_writes(2)
    await asyncio.sleep(FAULT_SECONDS)
    await database.heal()

    await house.assert_goes_on_well(database_url)
    assert any(re.search("database", line, re.IGNORECASE) for line in house.log)


async def test_postgresql_stands_still_for_a_while(
    open_house: OpenHouse, own_server: OwnServer
) -> None:
    database_url = await own_server.new_database()
    house = await open_house(database_url)
    house.everyone_writes()
    await house.all_is_answered()

    own_server.signal(signal.SIGSTOP)
    house.everyone_writes(2)
    await asyncio.sleep(FAULT_SECONDS)
    own_server.signal(signal.SIGCONT)

    await house.assert_goes_on_well(database_url)


async def test_postgresql_falls_into_a_black_hole_that_ends_with_a_reset(
    open_house: OpenHouse, database: PostgresFaultProxy, database_url: str
) -> None:
    house = await open_house(database.url)
    database.black_hole()
    house.everyone_writes(2)
    await asyncio.sleep(FAULT_SECONDS / 2)
    database.reset()
    await database.heal()
    await house.assert_goes_on_well(database_url)


async def test_changes_are_cut_off_between_their_commit_and_the_acknowledgement(
    open_house: OpenHouse, database: PostgresFaultProxy, database_url: str
) -> None:
    house = await open_house(database.url)
    people = len(house.people)
    added = database.cut_answers(containing=b"INSERT INTO user_fridge_ingredients", times=people)
    removed = database.cut_answers(containing=b"removed AS (", times=people)
    await house.assert_goes_on_well(database_url)
    assert added.happened == people
    assert removed.happened == people


@pytest.mark.parametrize("mode", ["polling"])
async def test_the_embedded_postgresql_is_killed(
    open_house: OpenHouse, made_once: Path, data_dir: Path
) -> None:
    copy_server(made_once, data_dir)
    house = await open_house(None, people=1)
    house.everyone_writes()
    await house.all_is_answered()

    kill_postmaster(data_dir, signal.SIGKILL)

    house.everyone_writes(len(SCRIPT) - 1)
    await house.all_is_answered()
    server = EmbeddedPostgres(data_dir)
    url = await asyncio.to_thread(server.start)
    try:
        await house.assert_all_went_well(url)
    finally:
        await asyncio.to_thread(server.stop)


# Telegram


async def test_telegram_falls_into_a_black_hole_for_a_while(
    open_house: OpenHouse, database_url: str
) -> None:
    house = await open_house(database_url)
    house.everyone_writes()
    await house.all_is_answered()

    for line in house.lines:
        line.black_hole()
    house.everyone_writes(2)
    await asyncio.sleep(FAULT_SECONDS)
    for line in house.lines:
        await line.heal()

    await house.assert_goes_on_well(database_url, said_twice=True)


async def test_telegram_resets_connections_and_then_refuses_them_for_a_while(
    open_house: OpenHouse, database_url: str
) -> None:
    house = await open_house(database_url)
    house.everyone_writes()
    await house.all_is_answered()

    house.everyone_writes()
    for line in house.lines:
        line.reset()
        line.reset(next_connections=2)
    house.everyone_writes()
    await house.all_is_answered()

    for line in house.lines:
        line.refuse()
        line.reset()
    house.everyone_writes()
    await asyncio.sleep(FAULT_SECONDS / 2)
    for line in house.lines:
        await line.heal()

    await house.assert_goes_on_well(database_url, said_twice=True)
    assert house.log


async def test_a_reply_is_cut_off_after_it_was_sent(
    open_house: OpenHouse, database_url: str
) -> None:
    house = await open_house(database_url)
    cut = house.lines[0].cut_answers(containing=b"/sendMessage", times=3)
    await house.assert_goes_on_well(database_url, said_twice=True)
    assert cut.happened == 3


@pytest.mark.parametrize("mode", ["polling"])
async def test_a_batch_of_updates_is_cut_off_in_the_middle(
    open_house: OpenHouse, database_url: str
) -> None:
    house = await open_house(database_url)
    cut = house.lines[0].cut_answers(containing=b"/getUpdates", after=400)
    await house.assert_goes_on_well(database_url)
    assert cut.happened == 1


@pytest.mark.parametrize("mode", ["webhook"])
@pytest.mark.parametrize("reply_in_response", ["on", "off"])
async def test_the_acknowledgement_of_an_update_is_cut_off(
    open_house: OpenHouse, database_url: str, reply_in_response: str
) -> None:
    house = await open_house(database_url, REPLY_IN_RESPONSE=reply_in_response)
    cut = house.lines[1].cut_answers(times=3)
    await house.assert_goes_on_well(database_url, said_twice=True)
    assert cut.happened == 3


async def test_telegram_asks_everyone_to_wait(open_house: OpenHouse, database_url: str) -> None:
    house = await open_house(database_url, people=20)
    house.telegram.faults.add(method="sendMessage", times=20, status=429, retry_after=1)
    begun = asyncio.get_running_loop().time()
    house.everyone_writes()
    await house.all_is_answered()
    assert asyncio.get_running_loop().time() - begun >= 1
    await house.assert_goes_on_well(database_url)


async def test_telegram_is_a_bad_gateway_for_a_while(
    open_house: OpenHouse, database_url: str
) -> None:
    house = await open_house(database_url)
    house.telegram.faults.add(method="sendMessage", times=10, status=502)
    house.telegram.faults.add(method="getUpdates", times=2, status=502)
    await house.assert_goes_on_well(database_url)
    assert house.log


async def test_a_second_of_latency_holds_up_no_chat_for_another(
    open_house: OpenHouse, database_url: str
) -> None:
    house = await open_house(database_url, people=20)
    for line in house.lines:
        line.slow(0.5)
    begun = asyncio.get_running_loop().time()
    house.everyone_writes()
    await house.all_is_answered()
    # A second or so to fetch the updates, and a second to send the answers: of all, not of each.
    assert asyncio.get_running_loop().time() - begun < len(house.people) / 2
    for line in house.lines:
        await line.heal()
    await house.assert_goes_on_well(database_url)


async def test_a_chat_that_blocks_the_bot_holds_up_nobody_and_gets_nothing_more(
    open_house: OpenHouse, database_url: str, telegram: LocalTelegram
) -> None:
    house = await open_house(database_url)
    emma = telegram.people[1002]
    for text in ("/add milk", "/add egg", "/add tofu"):
        telegram.send_text(emma, emma.id, text)
    telegram.block(emma)
    await house.assert_goes_on_well(database_url)

    tried = [call for call in telegram.calls if call.parameters.get("chat_id") == emma.id]
    assert [call.error for call in tried] == ["Forbidden: bot was blocked by the user"]

    telegram.unblock(emma)
    asked = telegram.send_text(emma, emma.id, "/fridge")
    fridge = await telegram.wait_for_message(emma.id, after=asked["message_id"])
    assert "3 items" in fridge["text"]
