import traceback
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from startup.errors import SettingsError
from startup.settings.loading import check_playground_is_meant, load_settings
from startup.settings.settings import Settings
from tests.db.database_urls import HANDED_OUT
from tests.startup.settings.operator import DATABASE_URL, PASSWORD, TOKEN, complaint, load

WEBHOOK_SECRET = "hush_hush-hush_hush-42"
WEBHOOK_URL = "https://bot.example.org/webhook"


def test_everything_has_the_default_that_the_documentation_names() -> None:
    settings = load_settings()
    assert settings.bot_token is None
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.database_url is None
    assert settings.data_dir == Path("data")
    assert not settings.playground
    assert settings.admin_ids == frozenset()
    assert settings.allowed_ids == frozenset()
    assert settings.session_ttl == timedelta(hours=24)
    assert settings.cleanup_interval == timedelta(hours=1)
    assert settings.webhook_url is None
    assert settings.webhook_secret is None
    assert settings.listen == ("127.0.0.1", 8080)
    assert settings.start_patience == timedelta(minutes=5)
    assert settings.reply_in_response
    assert settings.flood_limits is None
    assert settings.log_level == "INFO"
    assert settings.secrets() == ()


def test_an_empty_variable_means_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    empty = {name.upper(): " " if name == "listen" else "" for name in Settings.model_fields}
    expected = load_settings()
    assert load(monkeypatch, **empty) == expected


def test_a_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(
        f"\ufeff# of the kitchen\nBOT_TOKEN={TOKEN}\nexport SESSION_TTL='90m'  # one and a half\n"
        "LOG_LEVEL=debug\nLISTEN=\nSOMETHING_ELSE=1\n",
        encoding="utf-8",
    )
    settings = load(monkeypatch, LOG_LEVEL="Warning")
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.session_ttl == timedelta(minutes=90)
    assert settings.log_level == "WARNING"
    assert settings.listen.port == 8080


def test_an_empty_variable_hides_the_one_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text(f"BOT_TOKEN={TOKEN}\n")
    assert load(monkeypatch, BOT_TOKEN="").bot_token is None


def test_the_playground_is_not_opened_on_a_database_unless_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(SettingsError, match=r"set BOT_TOKEN to go live, or PLAYGROUND=on"):
        check_playground_is_meant(load(monkeypatch, DATABASE_URL=DATABASE_URL))
    check_playground_is_meant(load(monkeypatch, PLAYGROUND="on"))
    message = complaint(monkeypatch, BOT_TOKEN=TOKEN)
    assert message.startswith("PLAYGROUND=on and BOT_TOKEN exclude each other")
    check_playground_is_meant(load(monkeypatch, PLAYGROUND=""))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("45s", timedelta(seconds=45)),
        ("90m", timedelta(minutes=90)),
        (" 24H ", timedelta(days=1)),
        ("7d", timedelta(days=7)),
        ("1d12h", timedelta(hours=36)),
        ("3650d", timedelta(days=3650)),
    ],
)
def test_durations_are_whole_numbers_of_a_unit(
    monkeypatch: pytest.MonkeyPatch, text: str, duration: timedelta
) -> None:
    settings = load(monkeypatch, SESSION_TTL=text, CLEANUP_INTERVAL=text)
    assert (settings.session_ttl, settings.cleanup_interval) == (duration, duration)


@pytest.mark.parametrize(
    "text", ["24", "h", "-1h", "1.5h", "0s", "0d0h", "3651d", "999999999d", "9" * 40 + "s", "٣h"]
)
@pytest.mark.parametrize("name", ["SESSION_TTL", "CLEANUP_INTERVAL", "WARN_BEFORE"])
def test_other_durations_are_mistakes(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    message = complaint(monkeypatch, **{name: text})
    assert message.startswith(f"{name} ")
    assert "for example" in message


@pytest.mark.parametrize(
    ("variables", "lead"),
    [
        ({}, timedelta(hours=2)),
        ({"WARN_BEFORE": "30m"}, timedelta(minutes=30)),
        ({"WARN_BEFORE": "20h"}, timedelta(hours=12)),
        ({"SESSION_TTL": "2m"}, timedelta(minutes=1)),
        ({"WARN_BEFORE": " Off "}, None),
    ],
)
def test_a_warning_comes_at_most_half_of_a_life_before(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], lead: timedelta | None
) -> None:
    assert load(monkeypatch, **variables).warning_lead == lead


def test_admin_ids_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, ADMIN_IDS=" 42, 7 ,42,").admin_ids == {42, 7}


def test_an_id_has_at_most_52_bits(monkeypatch: pytest.MonkeyPatch) -> None:
    last = (1 << 52) - 1
    assert load(monkeypatch, ADMIN_IDS=f"{last}").admin_ids == {last}
    assert load(monkeypatch, ALLOWED_IDS=f"{last},-{last}").allowed_ids == {last, -last}
    assert complaint(monkeypatch, ADMIN_IDS=f"{last + 1}").startswith("ADMIN_IDS must be")
    monkeypatch.delenv("ADMIN_IDS")
    assert complaint(monkeypatch, ALLOWED_IDS=f"-{last + 1}").startswith("ALLOWED_IDS must be")


@pytest.mark.parametrize("text", ["@cook", "1;2", "-5", "0", "1.0", "9" * 16, "[1]", "1 2"])
def test_other_admin_ids_are_mistakes(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert complaint(monkeypatch, ADMIN_IDS=text).startswith("ADMIN_IDS must be Telegram user ids")


def test_people_and_groups_may_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = load(monkeypatch, ALLOWED_IDS="42, -1001234567890,-4001,").allowed_ids
    assert allowed == {42, -1001234567890, -4001}


@pytest.mark.parametrize("text", ["@cook", "1;2", "--5", "0", "-0", "+1", "9" * 16, "1 2"])
def test_other_allowed_ids_are_mistakes(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    message = complaint(monkeypatch, ALLOWED_IDS=text)
    assert message.startswith("ALLOWED_IDS must be Telegram ids of people and groups")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:65535", ("::1", 65535)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_it_listens_on_a_host_and_a_port(
    monkeypatch: pytest.MonkeyPatch, text: str, address: tuple[str, int]
) -> None:
    assert load(monkeypatch, LISTEN=text).listen == address


@pytest.mark.parametrize(
    "text",
    ["8080", ":8080", "::1:8080", "host:", "host:65536", "[host]:1", "http://h:1", "a" * 64 + ":1"],
)
def test_other_addresses_are_mistakes(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    message = complaint(monkeypatch, LISTEN=text)
    assert message.startswith("LISTEN ")
    assert "[::1]:8080" in message


@pytest.mark.parametrize("token", ["987654321", "abc:" + "A" * 35, TOKEN + "!", f"bot{TOKEN}"])
def test_a_malformed_token_is_named_but_not_shown(
    monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    message = complaint(monkeypatch, BOT_TOKEN=token)
    assert message.startswith("BOT_TOKEN is not a bot token: copy it whole from @BotFather")
    assert token not in message


def test_the_root_of_the_bot_api_has_no_slash_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, BOT_TOKEN=TOKEN, TELEGRAM_API_URL="http://127.0.0.1:8081/api/")
    assert settings.telegram_api_url == "http://127.0.0.1:8081/api"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://host",
        "host:8081",
        "http://",
        "http://h:99999",
        "http://u@h",
        "http://h/?q",
        "//h",
        "http://" + "a" * 64,
    ],
)
def test_other_roots_of_the_bot_api_are_mistakes(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    message = complaint(monkeypatch, BOT_TOKEN=TOKEN, TELEGRAM_API_URL=url)
    assert message.startswith("TELEGRAM_API_URL ")
    assert "http://127.0.0.1:8081" in message


@pytest.mark.parametrize("name", ["TELEGRAM_API_URL", "WEBHOOK_URL"])
def test_what_only_a_live_bot_uses_needs_a_token(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    message = complaint(monkeypatch, **{name: "https://bot.example.org"})
    assert message.startswith(f"{name} needs BOT_TOKEN: set BOT_TOKEN")


@pytest.mark.parametrize("url", [WEBHOOK_URL, "http://127.0.0.1:1/w", "http://localhost/w"])
def test_a_webhook_is_https_or_on_this_machine(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    settings = load(monkeypatch, BOT_TOKEN=TOKEN, WEBHOOK_URL=url, WEBHOOK_SECRET=WEBHOOK_SECRET)
    assert settings.webhook_url == url


def test_a_webhook_elsewhere_without_https_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    message = complaint(monkeypatch, BOT_TOKEN=TOKEN, WEBHOOK_URL="http://bot.example.org/w")
    assert message.startswith("WEBHOOK_URL must start with https://")


def test_a_webhook_needs_its_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    message = complaint(monkeypatch, BOT_TOKEN=TOKEN, WEBHOOK_URL=WEBHOOK_URL)
    assert message.startswith("WEBHOOK_SECRET is required with WEBHOOK_URL")


@pytest.mark.parametrize("secret", ["x" * 16, "x" * 256])
def test_a_webhook_secret_has_16_to_256_characters(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    settings = load(monkeypatch, BOT_TOKEN=TOKEN, WEBHOOK_URL=WEBHOOK_URL, WEBHOOK_SECRET=secret)
    assert settings.webhook_secret is not None
    assert settings.webhook_secret.get_secret_value() == secret


@pytest.mark.parametrize("secret", ["with space-------", "ünder-ünder-ünder", "x" * 15, "x" * 257])
def test_a_webhook_secret_is_what_telegram_takes(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    message = complaint(
        monkeypatch, BOT_TOKEN=TOKEN, WEBHOOK_URL=WEBHOOK_URL, WEBHOOK_SECRET=secret
    )
    assert message.startswith("WEBHOOK_SECRET must be 16 to 256 of the characters")
    assert secret not in message


@pytest.mark.parametrize(
    "url",
    [
        DATABASE_URL,
        "postgres://localhost/fridge",
        "postgresql://u:p@one:5432,two,[::1]:5433/fridge?target_session_attrs=primary",
        "postgresql:///fridge?host=/run/postgresql",
        "postgresql://u@/fridge?host=/tmp/a%20b&port=5432",
        f"postgresql://u@%2Ftmp%2F{'a' * 64}/fridge",
        f"postgresql://u@{'a' * 63}.{'b' * 63}:5432/fridge",
        "postgresql:///fridge?host=one,[::1]:5433,/tmp",
        "postgresql://u@냉장고.example.org/fridge",
        "postgresql://u@one:1,two:65535/fridge",
        *HANDED_OUT.values(),
    ],
)
def test_a_database_url_is_one_that_libpq_takes(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    settings = load(monkeypatch, DATABASE_URL=url)
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == url


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://u:{PASSWORD}@h/db",
        f"postgresql+asyncpg://u:{PASSWORD}@h/db",
        f"postgresql://u:{PASSWORD}/x@h/db",
        f"postgresql://u:1/{PASSWORD}@h/db",
        f"postgresql://u:{PASSWORD}#x@h/db",
        f"postgresql://u:{PASSWORD}?x@h/db",
        f"postgresql://u:{PASSWORD}@h:0/db",
        f"postgresql://u:{PASSWORD}@h:65536/db",
        f"postgresql://u:{PASSWORD}@[h/db",
        f"postgresql://u:{PASSWORD}@h /db",
        f"postgresql://u:x@{PASSWORD}@h/db",
        f"postgresql://u:{PASSWORD}@{'a' * 64}/db",
        f"postgresql://u:{PASSWORD}@{'우' * 60}/db",
        f"postgresql://u:{PASSWORD}@one,a..b/db",
        f"postgresql://u:{PASSWORD}@a%2E%2Eb/db",
        f"postgresql://u:{PASSWORD}@h%00/db",
        f"postgresql:///db?password={PASSWORD}&host=one,{'a' * 64}",
        f"postgresql:///db?password={PASSWORD}&host=::1",
        f"postgresql://h/db?{PASSWORD}",
        PASSWORD,
    ],
)
def test_other_database_urls_are_mistakes_that_do_not_tell_the_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    message = complaint(monkeypatch, DATABASE_URL=url)
    assert message.startswith("DATABASE_URL ")
    assert "postgresql://user:password@localhost:5432/fridge" in message
    assert PASSWORD not in message


def test_a_parameter_of_a_database_url_that_cannot_be_fulfilled_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    message = complaint(monkeypatch, DATABASE_URL=f"{DATABASE_URL}?require_auth=scram-sha-256")

    assert message == (
        "DATABASE_URL has a require_auth that the database driver can't fulfil: remove it"
    )


@pytest.mark.parametrize(("text", "meant"), [("on", True), ("off", False), (" Off ", False)])
def test_switches_are_on_or_off(monkeypatch: pytest.MonkeyPatch, text: str, meant: bool) -> None:  # noqa: FBT001 (a parameter of the test)
    settings = load(monkeypatch, REPLY_IN_RESPONSE=text, FLOOD_LIMITS=text, PLAYGROUND=text)
    assert settings.playground is meant
    assert settings.reply_in_response is meant
    assert settings.flood_limits is meant


@pytest.mark.parametrize("text", ["yes", "1", "true", "0", "none"])
@pytest.mark.parametrize("name", ["REPLY_IN_RESPONSE", "FLOOD_LIMITS", "PLAYGROUND"])
def test_other_switches_are_mistakes(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    assert complaint(monkeypatch, **{name: text}) == f"{name} must be on or off"


@pytest.mark.parametrize(
    ("variables", "paces_itself"),
    [
        ({}, True),
        ({"TELEGRAM_API_URL": "https://api.telegram.org/"}, True),
        ({"TELEGRAM_API_URL": "http://127.0.0.1:8081"}, False),
        ({"FLOOD_LIMITS": "off"}, False),
        ({"FLOOD_LIMITS": "on", "TELEGRAM_API_URL": "http://127.0.0.1:8081"}, True),
    ],
)
def test_it_keeps_to_the_limits_of_telegrams_own_server_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    paces_itself: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    assert load(monkeypatch, BOT_TOKEN=TOKEN, **variables).paces_itself is paces_itself


def test_a_bot_that_polls_needs_no_address_to_listen_on(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().listens  # the playground
    assert not load(monkeypatch, BOT_TOKEN=TOKEN).listens
    assert load(monkeypatch, WEBHOOK_URL=WEBHOOK_URL, WEBHOOK_SECRET=WEBHOOK_SECRET).listens


def test_the_people_of_the_playground_have_a_server_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load(monkeypatch, DATA_DIR="kept").server_dir == Path("kept/playground")
    assert load(monkeypatch, BOT_TOKEN=TOKEN).server_dir == Path("kept")


def test_an_unknown_log_level_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    assert complaint(monkeypatch, LOG_LEVEL="loud").startswith("LOG_LEVEL must be one of DEBUG,")


def test_a_home_directory_may_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load(monkeypatch, DATA_DIR="~/fridge").data_dir == Path.home() / "fridge"
    assert complaint(monkeypatch, DATA_DIR="~nobody-at-all/x").startswith("DATA_DIR begins with")


def test_secrets_show_in_no_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        BOT_TOKEN=TOKEN,
        DATABASE_URL=DATABASE_URL,
        WEBHOOK_URL=WEBHOOK_URL,
        WEBHOOK_SECRET=WEBHOOK_SECRET,
    )
    texts = f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"
    assert all(secret not in texts for secret in (TOKEN, PASSWORD, WEBHOOK_SECRET))


def test_secrets_show_in_no_traceback_of_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as caught:
        load(
            monkeypatch,
            BOT_TOKEN=TOKEN,
            DATABASE_URL=DATABASE_URL,
            WEBHOOK_SECRET=WEBHOOK_SECRET,
            LOG_LEVEL="loud",
        )
    shown = "".join(traceback.format_exception(caught.value))
    shown += repr(caught.value.__context__)
    assert all(secret not in shown for secret in (TOKEN, PASSWORD, WEBHOOK_SECRET))


def test_the_secrets_are_listed_for_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(
        monkeypatch,
        BOT_TOKEN=TOKEN,
        DATABASE_URL="postgresql://u:p%40ss@h/db?password=other&sslpassword=key%2F1",
        WEBHOOK_SECRET=WEBHOOK_SECRET,
    )
    assert set(settings.secrets()) == {TOKEN, WEBHOOK_SECRET, "p%40ss", "p@ss", "other", "key/1"}


def test_settings_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load(monkeypatch, LOG_LEVEL="info")
    with pytest.raises(ValidationError, match="frozen"):
        settings.__setattr__("log_level", "DEBUG")
