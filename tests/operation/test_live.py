"""The program with a token, on the stand-in for Telegram."""

from collections.abc import Callable

import pytest
from aiohttp import ClientSession

from local_telegram.server import LocalTelegramServer
from local_telegram.shapes import Json
from local_telegram.telegram import LocalTelegram
from tests.operation.conftest import PASSWORD, Run

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

    # It is in the middle of a long poll, as nearly always.
    await program.stop()
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
    program = await run(**live, **webhook)
    await program.live()
    assert (await webhook_info(http, telegram_server))["url"] == webhook["WEBHOOK_URL"]
    assert "tofu" in (await say(telegram, "/add tofu")).lower()
    await program.stop()
    meanwhile = telegram.send_text(telegram.people[EMMA], EMMA, "/add milk")

    program = await run(**live)
    await program.live()
    reply = await telegram.wait_for_message(EMMA, after=meanwhile["message_id"])
    assert "2 items" in reply["text"]
    assert (await webhook_info(http, telegram_server))["url"] == ""
    await program.stop()


async def test_what_handling_needs_is_imported_at_the_start(
    run: Run, live: dict[str, str], telegram: LocalTelegram
) -> None:
    # A process that has no file left to open can't import anything.
    program = await run(**live, PYTHONPROFILEIMPORTTIME="1")
    await program.live()
    started = len(program.errors)
    emma = telegram.people[EMMA]

    for text in ("/start", "/add 게란, quark", "milk", "/fridge", "/stats", "/clear"):
        await say(telegram, text)
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp949", "cp1252"):
        file = ("list.csv", "Name\ncrème" if encoding == "cp1252" else "재료\n우유")
        sent = telegram.send_document(emma, EMMA, file[0], file[1].encode(encoding))
        offer = await telegram.wait_for_message(EMMA, after=sent["message_id"])
        [[put_in, _]] = offer["reply_markup"]["inline_keyboard"]
        before = telegram.events.last_id
        telegram.tap(emma, EMMA, offer["message_id"], put_in["callback_data"])
        await telegram.wait_for_message(EMMA, after_event=before)
    refusal = "Bad Request: can't parse entities"
    telegram.faults.add(method="sendMessage", status=400, description=refusal)
    await say(telegram, "/fridge")  # and the failure is recorded
    asked = telegram.send_text(emma, EMMA, "/export")
    await telegram.wait_for_message(EMMA, after=asked["message_id"])
    await program.stop()

    stopping = next(i for i, line in enumerate(program.errors) if "Stopping" in line)
    assert [e for e in program.errors[started:stopping] if e.startswith("import time")] == []


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
