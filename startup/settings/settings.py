"""The settings as a table. Their order is that of the documentation made from them."""

from datetime import timedelta
from pathlib import Path
from typing import Final, Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from startup.settings.addresses import ListenAddress, RootUrl, WebhookUrl
from startup.settings.database_urls import DatabaseUrl, passwords
from startup.settings.env_file import ENV_FILE, ENV_FILE_ENCODING
from startup.settings.fields import setting
from startup.settings.values import (
    AdminIds,
    AllowedIds,
    BotToken,
    Duration,
    DurationOrOff,
    Folder,
    LogLevel,
    Switch,
    WebhookSecret,
)

TELEGRAM_API_URL: Final = "https://api.telegram.org"


class Settings(BaseSettings):
    """Everything that an operator sets. No repr, log or error shows the secrets."""

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding=ENV_FILE_ENCODING,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    bot_token: BotToken | None = setting(
        None,
        "token from @BotFather; without one, only the playground runs",
        example="123456789:AAExampleExampleExampleExampleExamp",
    )
    telegram_api_url: RootUrl = setting(
        TELEGRAM_API_URL,
        "root of the Bot API server, for a self-hosted or local one; needs `BOT_TOKEN`",
    )
    database_url: DatabaseUrl | None = setting(
        None,
        "PostgreSQL 15 or newer: `postgresql://user:password@host:port/db`, as Neon, Supabase, "
        "Render and others hand it out",
        unset="the embedded PostgreSQL",
        example="postgresql://user:password@localhost:5432/fridge",
    )
    data_dir: Folder = setting("./data", "where the embedded PostgreSQL keeps its files")
    playground: Switch = setting(
        "off",
        "`on`: open the playground although `DATABASE_URL` is set; that database must not be a "
        "bot's, and `BOT_TOKEN` must not be set; `off`: with `DATABASE_URL`, a missing `BOT_TOKEN` "
        "stops the start",
    )
    admin_ids: AdminIds = setting(
        "",
        "Telegram user ids that may send `/stats` and `/cleanup`, separated by commas",
        example="123456789,987654321",
    )
    allowed_ids: AllowedIds = setting(
        "",
        "ids of the people and groups that may use the bot, separated by commas; those of groups "
        "have a minus",
        unset="everybody",
        example="123456789,-1001234567890",
    )
    session_ttl: Duration = setting(
        "24h", "how long a fridge lives after its last use (`45s`, `90m`, `24h`, `7d`)"
    )
    warn_before: DurationOrOff = setting(
        "2h",
        "how long before the bot forgets a list it warns the chat, at most half of "
        "`SESSION_TTL`; `off`: no warnings",
    )
    cleanup_interval: Duration = setting("1h", "how often the jobs extend and purge the sessions")
    webhook_url: WebhookUrl | None = setting(
        None,
        "public https address that Telegram posts to; without one, the bot polls; needs "
        "`BOT_TOKEN`",
        example="https://bot.example.org/webhook",
    )
    webhook_secret: WebhookSecret | None = setting(
        None,
        "required with `WEBHOOK_URL`: 16 to 256 characters of `A-Z a-z 0-9 _ -`, for example what "
        "`openssl rand -hex 32` prints",
    )
    reply_in_response: Switch = setting(
        "on",
        "`on`: the answer to a webhook's post travels in its response, which saves a call, but is "
        "lost if Telegram refuses it; `off`: the bot sends every answer by a call",
    )
    flood_limits: Switch | None = setting(
        None,
        "whether to send no faster than Telegram's limits: 30 messages a second, 1 in a chat, 20 a "
        "minute in a group",
        unset="`on`, but `off` with `TELEGRAM_API_URL`",
        example="on",
    )
    listen: ListenAddress = setting(
        "127.0.0.1:8080",
        "where the webhook or the playground listens; the playground takes loopback addresses only",
    )
    start_patience: Duration = setting(
        "5m", "how long a start waits for a database or a Telegram that is away"
    )
    log_level: LogLevel = setting("INFO", "`DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`")

    @model_validator(mode="before")
    @classmethod
    def _drop_empty(cls, values: dict[str, object]) -> dict[str, object]:
        """Treat an empty variable as unset; it then also hides the one in `.env`."""
        return {
            name: value
            for name, value in values.items()
            if value is not None and not (isinstance(value, str) and not value.strip())
        }

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.bot_token is not None and self.playground:
            raise ValueError(
                "PLAYGROUND=on and BOT_TOKEN exclude each other: remove PLAYGROUND to go live, "
                "or BOT_TOKEN to open the playground"
            )
        if self.bot_token is None:
            for name in ("telegram_api_url", "webhook_url"):
                if name in self.model_fields_set:
                    raise ValueError(
                        f"{name.upper()} needs BOT_TOKEN: set BOT_TOKEN to the token "
                        f"from @BotFather, or remove {name.upper()}"
                    )
        if self.webhook_url is not None and self.webhook_secret is None:
            raise ValueError(
                "WEBHOOK_SECRET is required with WEBHOOK_URL: set it to what "
                "`openssl rand -hex 32` prints"
            )
        return self

    @property
    def listens(self) -> bool:
        """Whether anything listens on `LISTEN`: the playground or the webhook."""
        return self.bot_token is None or self.webhook_url is not None

    @property
    def paces_itself(self) -> bool:
        """Whether to keep to Telegram's limits on sending, by default with its own server only."""
        if self.flood_limits is None:
            return self.bot_token is not None and self.telegram_api_url == TELEGRAM_API_URL
        return self.flood_limits

    @property
    def server_dir(self) -> Path:
        """The folder of the embedded PostgreSQL: the playground has a server of its own."""
        return self.data_dir if self.bot_token else self.data_dir / "playground"

    @property
    def warning_lead(self) -> timedelta | None:
        """How long before its list is forgotten a chat is warned: at most half of its life."""
        return None if self.warn_before is None else min(self.warn_before, self.session_ttl / 2)

    def secrets(self) -> tuple[str, ...]:
        """Return the strings that no log may show: token, webhook secret, database passwords."""
        own = [
            secret.get_secret_value() for secret in (self.bot_token, self.webhook_secret) if secret
        ]
        if self.database_url is not None:
            own += passwords(self.database_url.get_secret_value())
        return tuple(own)
