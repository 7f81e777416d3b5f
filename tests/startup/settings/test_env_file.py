"""The `.env` file: what is in it, how it is named, and who may read it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from startup.settings.env_file import env_file_warning
from startup.settings.loading import load_settings
from tests.startup.settings.operator import DATABASE_URL, PASSWORD, TOKEN, complaint, load


def test_a_file_that_is_no_text_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_bytes(b"BOT_TOKEN=\xff\xfe\n")
    assert complaint(monkeypatch).startswith(".env can't be read (it is not UTF-8 text)")


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, os.mkfifo, link_to_nothing],
    ids=["folder", "pipe", "link to nothing"],
)
def test_a_file_that_is_none_is_one_line(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    make(Path(".env"))
    assert complaint(monkeypatch).startswith(".env is not a regular file")


@pytest.mark.parametrize(
    "line",
    [
        f'BOT_TOKEN="{TOKEN}',
        f"BOT_TOKEN='{TOKEN}",
        f'BOT_TOKEN="{TOKEN}"x',
        f"BOT_TOKEN {TOKEN}",
        f"BOT_TOKEN:{TOKEN}",
        f"={TOKEN}",
        TOKEN,
        "BOT_TOKEN",
    ],
)
def test_a_line_of_the_file_that_would_be_dropped_is_named_but_not_shown(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, line: str
) -> None:
    Path(".env").write_text(f"# of the kitchen\nLOG_LEVEL=info\r\n\n  {line}\nADMIN_IDS=42\n")
    message = complaint(monkeypatch)
    assert message.startswith(".env has no NAME=value in line 4")
    assert TOKEN not in message
    assert caplog.records == []


def test_a_value_may_span_lines_and_the_lines_behind_it_are_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("SOMETHING_ELSE='one\ntwo'\nDATA_DIR='a\\'b'\n")
    assert load_settings().data_dir == Path("a'b")
    Path(".env").write_text("SOMETHING_ELSE='one\ntwo'\nDATA_DIR='\n")
    assert ".env has no NAME=value in line 3" in complaint(monkeypatch)


@pytest.mark.parametrize(
    ("line", "setting"),
    [
        (f"BOT_TOKN={TOKEN}", "BOT_TOKEN"),
        (f"export BOT_TOEKN={TOKEN}", "BOT_TOKEN"),
        (f"bot_tokens={TOKEN}", "BOT_TOKEN"),
        (f"BOT-TOKEN={TOKEN}", "BOT_TOKEN"),
        (f"\u0412OT_TOKEN={TOKEN}", "BOT_TOKEN"),  # the Cyrillic letter
        (f"DATABSE_ULR={DATABASE_URL}", "DATABASE_URL"),
        ("ADMIN_ID=42", "ADMIN_IDS"),
        ("LOGLEVEL=", "LOG_LEVEL"),
    ],
)
def test_a_mistyped_name_in_the_file_is_told_with_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch, line: str, setting: str
) -> None:
    Path(".env").write_text(f"# of the kitchen\n\n{line}\n")
    message = complaint(monkeypatch, DATABASE_URL=DATABASE_URL)
    assert message.startswith(".env sets ")
    assert f"in line 3, which is no setting: did you mean {setting}?" in message
    assert TOKEN not in message
    assert PASSWORD not in message
    assert message.isascii()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("TELEGRAM_TOKEN", "sets TELEGRAM_TOKEN"),
        ("FRIDGE_BOT_TOKEN", "sets FRIDGE_BOT_TOKEN"),
        ("webhook_port", "sets webhook_port"),
        ("LOG_FORMAT", "sets LOG_FORMAT"),
        ("BOT_TOKEN_OLD", "sets BOT_TOKEN_OLD"),
        # A value that stands where the name ends.
        (f"DATABASE_URL:{DATABASE_URL}?sslmode", "has a name"),
        (f"BOT_TOKEN:{TOKEN}=", "has a name"),
    ],
)
def test_a_name_in_the_file_with_the_look_of_a_setting_is_none_that_passes(
    monkeypatch: pytest.MonkeyPatch, name: str, shown: str
) -> None:
    Path(".env").write_text(f"{name}=require\n")
    message = complaint(monkeypatch)
    assert message.startswith(f".env {shown} in line 1 that is no setting: `run_bot.py --help`")
    assert TOKEN not in message
    assert PASSWORD not in message


def test_names_of_other_programs_pass_and_ours_may_be_in_lower_case(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = ("COMPOSE_PROJECT_NAME", "PGPASSWORD", "POSTGRES_PASSWORD", "GIT_TOKEN", "TOKENS")
    own_server = ("TELEGRAM_API_ID", "TELEGRAM_API_HASH")
    lines = (f"{name}=x\n" for name in (*others, *own_server))
    Path(".env").write_text(f"export bot_token={TOKEN}\n{''.join(lines)}")
    settings = load(monkeypatch, LISTEN_FDS="1", SESSION_MANAGER="x", LOG_FORMAT="x")
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN


@pytest.mark.parametrize("name", ["BOT_TOKN", "bot_tokens"])
def test_a_mistyped_name_in_the_environment_is_told(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    assert complaint(monkeypatch, **{name: TOKEN}) == (
        f"The environment sets {name}, which is no setting: did you mean BOT_TOKEN? "
        "Rename the variable, or unset it"
    )


@pytest.mark.parametrize(
    ("mode", "text", "is_told"),
    [
        (0o600, f"BOT_TOKEN={TOKEN}", False),
        (0o640, f"BOT_TOKEN={TOKEN}", False),
        (0o644, f"BOT_TOKEN={TOKEN}", True),
        (0o644, f"DATABASE_URL='{DATABASE_URL}'", True),
        (0o644, "LISTEN=127.0.0.1:8080", False),
        (0o660, "LISTEN=127.0.0.1:8080", True),
        (0o602, "LISTEN=127.0.0.1:8080", True),
    ],
)
def test_a_file_that_others_may_read_or_change_is_told_of(
    mode: int,
    text: str,
    is_told: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    assert env_file_warning(load_settings().secrets()) == ""
    Path(".env").write_text(f"{text}\n")
    Path(".env").chmod(mode)

    line = env_file_warning(load_settings().secrets())

    assert bool(line) is is_told
    if is_told:
        assert f"its mode is {mode:04o}): run `chmod 600 .env`" in line
        assert not any(secret in line for secret in load_settings().secrets())
