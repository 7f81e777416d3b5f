"""What Telegram tells of a webhook: checked when it comes, so that nothing after it has to."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict


class WebhookInfo(BaseModel):
    """https://core.telegram.org/bots/api#webhookinfo: a server of others may leave out any of it.

    What is null is absent.
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
