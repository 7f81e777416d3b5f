"""The program with a token, on the stand-in for Telegram."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import ClientSession

from local_telegram.protocol.json_values import Json
from local_telegram.server import LocalTelegramServer
from local_telegram.telegram import LocalTelegram
from tests.operation.conftest import PASSWORD, Run

pytestmark = pytest.mark.slow

MINJI = 1001
EMMA = 1002
SECRET = "hush_hush-hush_hush-42"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


async def say(telegram: LocalTelegram, text: str) -> str:
    """Writes as Emma, and gives the bot's reply, without its formatting."""
    message = telegram.send_text(telegram.people[EMMA], EMMA, text)
    reply = await telegram.wait_for_message(EMMA, after=message["message_id"])
    return str(reply["text"])


@pytest.fixture
def webhook(unused_tcp_port: int) -> dict[str, str]:
    """The settings of a webhook that the stand-in can reach."""
    address = f"127.0.0.1:{unused_tcp_port}"
    return {
        "WEBHOOK_URL": f"http://{address}/hook",
        "WEBHOOK_SECRET": SECRET,
        "LISTEN": address,
    }


@pytest.fixture
def talkative(live: dict[str, str], password_server: Callable[[str, str], str]) -> dict[str, str]:
    """The settings of a bot with every secret there is, which logs all it can."""
    return live | {"DATABASE_URL": password_server(PASSWORD, "kitchen"), "LOG_LEVEL": "DEBUG"}


async def webhook_info(http: ClientSession, server: LocalTelegramServer) -> Json:
    url = f"{server.url}/bot{server.telegram.token}/getWebhookInfo"
    async with http.get(url) as response:
        info: Json = (await response.json())["result"]
        return info


async def test_polling_answers_and_confirms(
    run: Run, talkative: dict[str, str], telegram: LocalTelegram
) -> None:
    waiting = telegram.send_text(telegram.people[MINJI], MINJI, "/add 우유")
    program = await run(**talkative)
    await program.live()
    early = await telegram.wait_for_message(MINJI, after=waiting["message_id"])
    assert "우유" in early["text"]
    assert "tofu" in (await say(telegram, "/add tofu")).lower()
    telegram.send_photo(telegram.people[EMMA], EMMA, "", album="13579")
    await telegram.updates.confirmed(telegram.updates.last_id)

    # It is in the middle of a long poll, as nearly always. The answer to the album waits for a
    # caption, and is sent all the same.
    await program.stop()
    assert telegram.messages(EMMA)[-1].get("text", "").startswith("I can only read text")
    assert telegram.updates.pending_count == 0
    assert program.output == []
    assert "getUpdates" in program.printed
    assert program.printed_secrets() == []


async def test_a_webhook_takes_nothing_but_telegrams_updates(
    run: Run, live: dict[str, str], webhook: dict[str, str], http: ClientSession
) -> None:
    program = await run(**live, **webhook)
    await program.live()

    async def post(body: bytes, secret: str | None = SECRET) -> int:
        headers = {} if secret is None else {SECRET_HEADER: secret}
        async with http.post(webhook["WEBHOOK_URL"], data=body, headers=headers) as response:
            return response.status

    assert await post(b'{"update_id": 1}') == 200
    assert await post(b'{"update_id": 1}', secret="wrong") == 403
    assert await post(b'{"update_id": 1}', secret="비밀") == 403
    assert await post(b'{"update_id": 1}', secret=None) == 403
    async with http.get(webhook["WEBHOOK_URL"]) as response:
        assert response.status == 405
    no_updates = [
        b"",
        b"hello",
        b"\xff\xfe",
        b"{}",
        b'{"update_id": "1"}',
        b"[" * 100_000,
        b"[]",
        b"null",
    ]
    statuses = {body: await post(body) for body in no_updates}
    assert statuses == dict.fromkeys(no_updates, 400)
    # Refused, they would come again and again.
    unreadable = [
        b'{"update_id": 1, "message": {}}',
        b'{"update_id": 1, "message": []}',
        b'{"update_id": 1, "message": 5}',
    ]
    statuses = {body: await post(body) for body in unreadable}
    assert statuses == dict.fromkeys(unreadable, 200)
    await program.stop()
    assert "Traceback" not in program.printed


async def test_a_webhook_answers_and_then_polling_does_and_nothing_is_lost_in_between(
    run: Run,
    live: dict[str, str],
    webhook: dict[str, str],
    telegram_server: LocalTelegramServer,
    http: ClientSession,
) -> None:
    telegram = telegram_server.telegram
    for_few = {"ALLOWED_IDS": "7", "ADMIN_IDS": f"{EMMA}"}
    program = await run(**live, **webhook, **for_few, SESSION_TTL="3d", FLOOD_LIMITS="on")
    await program.live()
    assert (await webhook_info(http, telegram_server))["url"] == webhook["WEBHOOK_URL"]
    began_at = time.monotonic()
    assert "tofu" in (await say(telegram, "/add tofu")).lower()
    assert (await say(telegram, "/keep")).startswith("Kept for another 3 days")
    assert (await say(telegram, "/stats")).startswith("📊")
    assert "I'll warn you" in await say(telegram, "/settings")
    assert time.monotonic() - began_at >= 0.9  # for the fourth message
    stranger = telegram.send_text(telegram.people[MINJI], MINJI, "/add 우유")
    turned_away = await telegram.wait_for_message(MINJI, after=stranger["message_id"])
    assert str(MINJI) in turned_away["text"]
    await program.stop()
    meanwhile = telegram.send_text(telegram.people[EMMA], EMMA, "/add milk")

    program = await run(**live)
    await program.live()
    reply = await telegram.wait_for_message(EMMA, after=meanwhile["message_id"])
    assert "2 items" in reply["text"]
    assert (await webhook_info(http, telegram_server))["url"] == ""
    await program.stop()


TELL_WHAT_IS_OPENED = """
import sys

def tell(event, arguments):
    if event in {"import", "open"}:
        print("opened", arguments[0], file=sys.stderr)

sys.addaudithook(tell)
"""


async def test_no_file_is_opened_to_handle_an_update(
    run: Run, live: dict[str, str], telegram: LocalTelegram, working_directory: Path
) -> None:
    # A process that has as many files open as it may have handles updates all the same.
    (working_directory / "sitecustomize.py").write_text(TELL_WHAT_IS_OPENED)
    program = await run(**live, PYTHONPATH=str(working_directory), ADMIN_IDS=f"{EMMA},{MINJI}")
    await program.live()
    started = len(program.errors)

    for cook, list_of in ((MINJI, "재료\n우유"), (EMMA, "Name\ncrème")):
        person = telegram.people[cook]
        for text in ("/start", "/add 게란, quark", "/fridge", "/stats", "/settings", "/forget"):
            asked = telegram.send_text(person, cook, text)
            await telegram.wait_for_message(cook, after=asked["message_id"])
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp949" if cook == MINJI else "cp1252"):
            sent = telegram.send_document(person, cook, "list.csv", list_of.encode(encoding))
            offer = await telegram.wait_for_message(cook, after=sent["message_id"])
            [[put_in, _]] = offer["reply_markup"]["inline_keyboard"]
            before = telegram.events.last_id
            telegram.tap(person, cook, offer["message_id"], put_in["callback_data"])
            await telegram.wait_for_message(cook, after_event=before)
        asked = telegram.send_text(person, cook, "/export")
        await telegram.wait_for_message(cook, after=asked["message_id"])
    await program.stop()

    assert any("opened" in line for line in program.errors[:started])
    stopping = next(i for i, line in enumerate(program.errors) if "Stopping" in line)
    assert [line for line in program.errors[started:stopping] if "opened" in line] == []


async def test_no_secret_is_printed_however_much_is_logged(
    run: Run, talkative: dict[str, str], webhook: dict[str, str], telegram: LocalTelegram
) -> None:
    program = await run(**talkative, **webhook, REPLY_IN_RESPONSE="off")
    await program.live()
    refusal = "Bad Request: can't parse entities"
    telegram.faults.add(method="sendMessage", status=400, description=refusal)  # and a traceback
    await say(telegram, "/add tofu")
    await program.stop()
    assert "Traceback" in program.printed
    assert program.printed_secrets() == []
