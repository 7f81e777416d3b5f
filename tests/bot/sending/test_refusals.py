"""What Telegram says of calls, as its server writes it."""

import pytest
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.sending.refusals import is_mistake, is_refusal, was_made


@pytest.mark.parametrize(
    "message",
    [
        "Chat not found",
        "Chat_admin_required",
        "Chat_restricted",
        "Chat_send_docs_forbidden",
        "Chat_send_plain_forbidden",
        "Chat_write_forbidden",
        "Channel_private",
        "Group chat was deactivated",
        "Have no rights to send a message",
        "Message is not modified: specified new message content and reply markup are the same",
        "Message thread not found",
        "Need administrator rights in the channel chat",
        "Not enough rights to send text messages to the chat",
        "Peer_id_invalid",
        "Query is too old and response timeout expired or query id is invalid",
        "Topic_closed",
        "User_is_blocked",
    ],
)
def test_a_chat_that_takes_no_call_makes_it_no_mistake(message: str) -> None:
    assert is_refusal(BadRequest(message))
    assert is_refusal(BadRequest(message.upper()))
    assert not is_refusal(NetworkError(message))


def because(error: TelegramError, cause: Exception) -> TelegramError:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "is_wrong"),
    [
        (BadRequest("Can't parse entities"), True),
        (because(NetworkError("TypeError"), TypeError()), True),
        (because(NetworkError("ValueError"), ValueError()), True),
        (because(NetworkError("timed out"), TimeoutError()), False),
        (NetworkError("Bad Gateway"), False),
    ],
    ids=repr,
)
def test_a_mistake_in_a_call_is_told_from_a_passing_fault(
    error: TelegramError, *, is_wrong: bool
) -> None:
    assert is_mistake(error) is is_wrong
    assert not is_refusal(error)


def test_a_message_that_another_bot_deleted_at_once_was_sent() -> None:
    deleted = "Internal Server Error: sent message was immediately deleted"

    assert was_made(NetworkError(deleted))
    assert not was_made(NetworkError("Internal Server Error"))
    assert not was_made(TelegramError(deleted))
