"""What Telegram's errors mean for a call: whether it was refused, was wrong, or was made."""

from typing import Final

from telegram.error import BadRequest, NetworkError, TelegramError

# What Telegram says (after "Bad Request: ") of a chat that does not take the call, or no more, and
# of a call that has nothing to do. Any other BadRequest is a mistake of ours.
REFUSALS: Final = (
    "channel_private",
    "chat not found",
    "chat_admin_required",
    "chat_restricted",
    "chat_send_docs_forbidden",
    "chat_send_plain_forbidden",
    "chat_write_forbidden",
    "group chat was deactivated",
    "have no rights to send",
    "message is not modified",
    "message thread not found",
    "need administrator rights",
    "not enough rights",
    "peer_id_invalid",
    "query is too old",
    "topic_closed",
    "user_is_blocked",
)

DELETED_AT_ONCE: Final = "sent message was immediately deleted"
"""What Telegram says, with status 500, where another bot keeps a group clean of messages."""


def is_refusal(error: TelegramError) -> bool:
    """Whether the chat does not take the call, or the call has nothing to do."""
    if not isinstance(error, BadRequest):
        return False
    message = error.message.lower()
    return any(refusal in message for refusal in REFUSALS)


def is_mistake(error: TelegramError) -> bool:
    """Whether the call itself is wrong, so that a retry would fail again.

    python-telegram-bot makes a network error of a call that can't be encoded.
    """
    return isinstance(error, BadRequest) or isinstance(error.__cause__, TypeError | ValueError)


def was_made(error: TelegramError) -> bool:
    """Whether Telegram has sent the message all the same, so that a retry would send it twice."""
    return isinstance(error, NetworkError) and DELETED_AT_ONCE in error.message
