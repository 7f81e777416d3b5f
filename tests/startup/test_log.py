import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from urllib.parse import quote

import pytest

from startup.log import Redactor

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
PASSWORD = "it's p@ss/wörd"
PREAMBLE = f"""
import asyncio, logging, sys, threading, warnings
from startup.log import configure_logging
TOKEN = {TOKEN!r}
PASSWORD = {PASSWORD!r}
configure_logging(sys.argv[1], [TOKEN, PASSWORD, ""])
log = logging.getLogger("kitchen")
"""
LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (DEBUG|INFO|WARNING|ERROR|CRITICAL) \S+: "
)


def log_of(program: str, level: str = "INFO") -> str:
    """Run a program of its own; return what it writes to stderr, which never holds a secret."""
    result = subprocess.run(
        [sys.executable, "-c", PREAMBLE + dedent(program), level],
        cwd=ROOT,
        env=os.environ | {"TZ": "Asia/Seoul", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert result.stdout == ""
    for secret in (TOKEN, TOKEN.partition(":")[2], PASSWORD, quote(PASSWORD, safe="")):
        assert secret not in result.stderr
    return result.stderr


def test_a_record_is_one_line_with_its_time_in_utc() -> None:
    said = r"added %s\r\nforged \x1b[31m\x9b31m\u2028"
    [line] = log_of(f"log.info('{said}', '우유')").splitlines()
    assert LINE.match(line)
    assert line.endswith(r"Z INFO kitchen: added 우유\x0d\x0aforged \x1b[31m\x9b31m\u2028")


def test_a_record_below_the_level_is_not_written() -> None:
    assert "unheard" not in log_of("log.info('unheard')", "WARNING")


def test_a_secret_is_masked_however_it_is_written() -> None:
    written = [
        "TOKEN",
        "PASSWORD",
        "quote(TOKEN, safe='')",
        "quote(TOKEN).replace('%3A', '%3a')",
        "quote(PASSWORD)",
        "quote_plus(PASSWORD)",
        "repr(PASSWORD)",
        "f'https://api.telegram.org/bot{TOKEN}/getMe'",
        "f'postgresql://u:{quote(PASSWORD, safe=str())}@h/db'",
        "b'/bot' + TOKEN.encode()",
    ]
    records = [f"log.warning('see %s here', {what})" for what in written]
    lines = log_of("\n".join(("from urllib.parse import *", *records))).splitlines()
    for what, line in zip(written, lines, strict=True):
        assert "***" in line, what
        assert line.endswith(" here"), what


@pytest.mark.parametrize(
    "password", ["f", "fridge", "postgres", "pa?s", "abcdefghijklmno", "p4ssw0r"]
)
def test_a_password_that_is_part_of_words_is_masked_where_a_password_stands_and_nowhere_else(
    password: str,
) -> None:
    redact = Redactor([password, TOKEN])
    encoded = quote(password, safe="")
    said = "fridge: Stopping. PostgreSQL (postgres) takes no pa?sword of f; offset: 5"
    assert redact(said) == said
    assert redact(f"at postgresql://f:{encoded}@host/fridge") == "at postgresql://f:***@host/fridge"
    assert redact(f"host/db?password={encoded}&x=f") == "host/db?password=***&x=f"
    for written in (f"password={password!r}", f"{{'password': {password!r}}}"):
        assert redact(written) == written.replace(repr(password), "'***'")
    assert redact(f"/bot{TOKEN}/getMe") == "/bot***/getMe"


@pytest.mark.parametrize("password", ["p4ssw0rd", "abcdefghijklmnop"])
def test_a_password_that_is_no_word_is_masked_wherever_it_stands(password: str) -> None:
    assert Redactor([password])(f"offset {password} of 5") == "offset *** of 5"


def test_the_shortest_secret_of_a_webhook_is_masked_wherever_it_stands() -> None:
    redact = Redactor(["abcdefghijklmnop"])
    assert redact("{'secret_token': 'abcdefghijklmnop'}") == "{'secret_token': '***'}"


def test_a_secret_in_a_traceback_and_its_causes_is_masked() -> None:
    log = log_of("""
        try:
            try:
                raise ValueError(TOKEN)
            except ValueError as error:
                raise RuntimeError("with " + PASSWORD) from error
        except RuntimeError:
            log.exception("failed")
        """)
    assert "ValueError: ***\n" in log
    assert "RuntimeError: with ***\n" in log


def test_a_record_that_can_not_be_formatted_is_reported_without_its_arguments() -> None:
    log = log_of("log.info('%d pieces', TOKEN)\nlog.info('and on')")
    assert "A log record of kitchen" in log
    assert log.endswith("kitchen: and on\n")


def test_an_argument_that_can_not_be_shown_is_reported_without_the_secret_in_its_error() -> None:
    log = log_of("""
        class Refusing:
            def __str__(self):
                raise ValueError("no text for " + TOKEN)
        log.info("see %s", Refusing())
        logging.getLogger(PASSWORD).info("see %s", Refusing())
        """)
    assert log.count("can't be written: no text for ***\n") == 2
    assert log.count("A log record of ***") == 1


def test_an_unhandled_exception_is_logged() -> None:
    log = log_of("raise RuntimeError(TOKEN)")
    assert LINE.match(log)
    assert "CRITICAL startup.log: Stopped by an unexpected error\n" in log
    assert log.endswith("RuntimeError: ***\n")


def test_an_unhandled_exception_in_a_thread_is_logged() -> None:
    log = log_of("""
        def fail():
            raise RuntimeError(TOKEN)
        threading.Thread(target=fail, name="cook").start()
        """)
    assert "CRITICAL startup.log: Thread cook stopped by an unexpected error\n" in log
    assert log.endswith("RuntimeError: ***\n")


def test_a_thread_that_exits_is_not_logged() -> None:
    assert log_of("threading.Thread(target=sys.exit).start()") == ""


def test_an_unhandled_exception_in_a_task_is_logged() -> None:
    log = log_of("""
        async def fail():
            raise RuntimeError(TOKEN)
        async def main():
            asyncio.get_running_loop().call_soon(lambda: 1 / 0)
            task = asyncio.create_task(fail())
            await asyncio.wait([task])
        asyncio.run(main())
        """)
    assert "ERROR asyncio: Exception in callback" in log
    assert "ZeroDivisionError" in log
    assert "ERROR asyncio: Task exception was never retrieved" in log
    assert log.endswith("RuntimeError: ***\n")


def test_an_exception_in_a_destructor_is_logged() -> None:
    log = log_of("""
        class Egg:
            def __del__(self):
                raise RuntimeError(TOKEN)
        egg = Egg()
        del egg
        """)
    assert "ERROR startup.log: Exception ignored in" in log
    assert "RuntimeError: ***\n" in log


def test_a_warning_is_logged() -> None:
    assert "WARNING py.warnings: " in log_of("warnings.warn(TOKEN)")


def test_configuring_twice_writes_each_record_once() -> None:
    log = log_of("configure_logging('INFO', [TOKEN])\nlog.info('once %s', TOKEN)")
    assert log.count("once ***") == 1


LIBRARIES = """
    import aiohttp, aiohttp.web, asyncpg, httpx, telegram
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine
    from telegram.error import TelegramError
    from urllib.parse import quote
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    async def refuse(request):
        return aiohttp.web.json_response({"ok": False, "description": request.path}, status=404)

    async def attempt(call):
        try:
            await call
        except (TelegramError, OSError, httpx.HTTPError, asyncpg.PostgresError) as error:
            log.error("it failed: %s", call, exc_info=error)

    async def main():
        asyncio.get_running_loop().set_debug(True)
        application = aiohttp.web.Application()
        application.router.add_route("*", "/{path:.*}", refuse)
        runner = aiohttp.web.AppRunner(application)
        await runner.setup()
        site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        root = f"http://127.0.0.1:{port}/bot"
        bot = telegram.Bot(TOKEN, base_url=root)
        log.info("%r", bot)
        await attempt(bot.get_me())
        async with httpx.AsyncClient() as client:
            await attempt(client.get(root + TOKEN))
            await attempt(client.get("http://127.0.0.1:1/bot" + TOKEN))
        async with aiohttp.ClientSession() as session:
            await attempt(session.get(root + TOKEN))
            await attempt(session.get("http://127.0.0.1:1/bot" + TOKEN))
        url = f"://fridge:{quote(PASSWORD, safe='')}@127.0.0.1:{port}/fridge"
        await attempt(asyncpg.connect("postgresql" + url, timeout=5))
        engine = create_async_engine("postgresql+asyncpg" + url, echo="debug")
        async with asyncio.timeout(60):
            try:
                async with engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
            except (OSError, asyncpg.PostgresError) as error:
                log.error("%s %r", engine.url.render_as_string(hide_password=False), error)
        await engine.dispose()
        scheduler = AsyncIOScheduler()
        has_run = asyncio.Event()
        async def job():
            log.info("job of %s", TOKEN)
            has_run.set()
        scheduler.add_job(job)
        scheduler.start()
        await asyncio.wait_for(has_run.wait(), 60)
        scheduler.shutdown()
        await runner.cleanup()
    asyncio.run(main())
    """


def test_no_library_tells_a_secret_at_the_level_debug() -> None:
    log = log_of(LIBRARIES, "DEBUG")
    assert "/bot***" in log
    for name in ("httpx", "httpcore.connection", "telegram.Bot", "aiohttp.access", "apscheduler"):
        assert name in log


def test_no_library_tells_of_its_every_step_at_the_level_info() -> None:
    log = log_of(LIBRARIES)
    assert "kitchen: job of ***" in log
    assert not re.search(r"INFO (httpx|httpcore|apscheduler)", log)


@pytest.mark.parametrize(("level", "is_told"), [("WARNING", True), ("ERROR", False)])
def test_a_library_tells_of_no_more_than_the_level(level: str, *, is_told: bool) -> None:
    log = log_of("logging.getLogger('httpx').warning('the pool is full')", level)
    assert ("the pool is full" in log) is is_told


NO_JSON = """
    import aiohttp.web, telegram
    from telegram.error import TelegramError

    async def answer(request):
        return aiohttp.web.Response(text="<html>" + request.path)

    async def main():
        application = aiohttp.web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        runner = aiohttp.web.AppRunner(application, access_log=None)
        await runner.setup()
        await aiohttp.web.TCPSite(runner, "127.0.0.1", 0).start()
        bot = telegram.Bot(TOKEN, base_url=f"http://127.0.0.1:{runner.addresses[0][1]}/bot")
        try:
            await bot.get_me()
        except TelegramError as error:
            log.error("it failed: %s", error)
        await runner.cleanup()
    asyncio.run(main())
    """


def test_an_answer_that_is_no_json_is_left_to_the_program_to_tell() -> None:
    [line] = log_of(NO_JSON).splitlines()
    assert LINE.match(line)
    assert "kitchen: it failed: " in line


def test_an_answer_that_is_no_json_is_told_whole_at_the_level_debug() -> None:
    assert 'Can not load invalid JSON data: "<html>/bot***/getMe"' in log_of(NO_JSON, "DEBUG")


def test_without_secrets_a_text_stays_as_it_is() -> None:
    assert Redactor([""])("nothing to hide") == "nothing to hide"
