"""The Bot API's methods for receiving updates: by long poll or by webhook."""

from dataclasses import dataclass

from local_telegram.bot_api.long_polling import REPLACED_BY_WEBHOOK, LongPolling
from local_telegram.bot_api.webhooks import ExecuteCall, WebhookDelivery, read_webhook
from local_telegram.protocol.errors import ConflictError
from local_telegram.protocol.json_values import Json, is_array
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.update_queue import PendingUpdate
from local_telegram.telegram import LocalTelegram

WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
    "first"
)


@dataclass(slots=True, frozen=True)
class DescribedResult:
    """A result that is answered together with a description."""

    result: object
    description: str


class UpdateMethods:
    """The bot receives its updates by long poll or by webhook, never by both.

    `execute` carries out the calls in a webhook's responses.
    """

    def __init__(self, telegram: LocalTelegram, execute: ExecuteCall) -> None:
        self._telegram = telegram
        self._updates = telegram.updates
        self._execute = execute
        self._polling = LongPolling(
            telegram.updates, telegram.clock, telegram.shortest_repeated_poll
        )
        self._delivery: WebhookDelivery | None = None
        self._updates.on_added = self._on_update

    async def get_updates(self, parameters: Parameters) -> list[Json]:
        """Return pending updates; if there are none, wait for one."""
        if self._delivery is not None:
            raise ConflictError(WEBHOOK_ACTIVE)
        self._remember_allowed(parameters)
        return await self._polling.poll(parameters)

    async def set_webhook(self, parameters: Parameters) -> DescribedResult:
        """Set the webhook to which updates are posted; without a URL, delete it."""
        if not parameters.text("url").strip():
            return await self.delete_webhook(parameters)
        webhook = read_webhook(parameters)
        self._remember_allowed(parameters)
        self._drop_pending_if_asked(parameters)
        if self._delivery is not None and self._delivery.webhook == webhook:
            return DescribedResult(result=True, description="Webhook is already set")
        self._polling.end(REPLACED_BY_WEBHOOK)
        await self.close()
        self._delivery = WebhookDelivery(
            webhook,
            updates=self._updates,
            clock=self._telegram.clock,
            sleep=self._telegram.sleep,
            execute=self._execute,
            timeout=self._telegram.webhook_timeout,
        )
        self._delivery.start()
        return DescribedResult(result=True, description="Webhook was set")

    async def delete_webhook(self, parameters: Parameters) -> DescribedResult:
        """Delete the webhook, so that updates wait for a poll."""
        self._drop_pending_if_asked(parameters)
        if self._delivery is None:
            return DescribedResult(result=True, description="Webhook is already deleted")
        await self.close()
        return DescribedResult(result=True, description="Webhook was deleted")

    def get_webhook_info(self, _parameters: Parameters) -> Json:
        """Return the webhook, the number of pending updates and the last error."""
        info: Json = {
            "url": "",
            "has_custom_certificate": False,
            "pending_update_count": self._updates.count_pending(),
        }
        if self._delivery is not None:
            webhook = self._delivery.webhook
            info["url"] = webhook.url
            info["has_custom_certificate"] = webhook.has_custom_certificate
            info["max_connections"] = webhook.max_connections
            if webhook.ip_address:
                info["ip_address"] = webhook.ip_address
            if self._delivery.last_error is not None:
                info["last_error_date"] = self._delivery.last_error.date
                info["last_error_message"] = self._delivery.last_error.message
        if self._telegram.last_synchronization_error is not None:
            info["last_synchronization_error_date"] = self._telegram.last_synchronization_error
        if self._updates.allowed is not None:
            info["allowed_updates"] = sorted(self._updates.allowed)
        return info

    async def close(self) -> None:
        """End the waiting poll and the webhook's requests."""
        self._polling.end_quietly()
        if self._delivery is not None:
            await self._delivery.stop()
            self._delivery = None

    def _on_update(self, update: PendingUpdate) -> None:
        if self._delivery is not None:
            self._delivery.on_update(update)
        else:
            self._polling.end_quietly()

    def _remember_allowed(self, parameters: Parameters) -> None:
        """Queue only the kinds of updates that the call names; `[]` restores the default."""
        if not parameters.has("allowed_updates"):
            return
        kinds = parameters.structure("allowed_updates", "can't parse allowed_updates JSON object")
        if is_array(kinds):
            self._updates.allowed = frozenset(map(str, kinds)) or None

    def _drop_pending_if_asked(self, parameters: Parameters) -> None:
        if parameters.boolean("drop_pending_updates"):
            self._updates.confirm_all()
