"""Telegram's description of a webhook, validated when it comes."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class WebhookInfo(BaseModel):
    """https://core.telegram.org/bots/api#webhookinfo.

    Other Bot API servers may leave out any field. A field that is null counts as absent.
    """

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)

    url: str | None = None
    has_custom_certificate: bool | None = None
    pending_update_count: int | None = None
    last_error_date: int | None = None
    last_error_message: str | None = None
    last_synchronization_error_date: int | None = None
    max_connections: int | None = None
    allowed_updates: Sequence[str] | None = None
