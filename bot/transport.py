"""Turns replies into calls of the Bot API."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.calls import Call
from bot.replies import Edit, Message, Notice, Question, Reply, TapReply
from bot.requests import Request, Tap

HTML: Final = "HTML"

# A name that looks like an address must not bring a picture of some page into the chat.
NO_PREVIEW: Final = {"is_disabled": True}


def reply_call(request: Request, reply: Reply) -> Call:
    """The call that sends a reply into the chat of the request."""
    parameters: dict[str, Any] = {
        "chat_id": request.chat_id,
        "text": reply.text,
        "parse_mode": HTML,
        "link_preview_options": NO_PREVIEW,
    }
    match reply:
        case Message():
            parameters |= _keyboard(reply)
            # In a group, where several may speak at once, an answer shows what it answers.
            answers = request.in_group
        case Question():
            # Selective, and as a reply: so it opens for the one who is asked, and nobody else.
            parameters["reply_markup"] = {
                "force_reply": True,
                "selective": True,
                "input_field_placeholder": reply.placeholder,
            }
            answers = True
    if answers:
        parameters["reply_parameters"] = {
            "message_id": request.message_id,
            "allow_sending_without_reply": True,
        }
    return Call("sendMessage", request.chat_id, parameters, counted=True)


def tap_calls(tap: Tap, reply: TapReply) -> Sequence[Call]:
    """The calls that answer a tap; the last one ends the wait that the button shows."""
    match reply:
        case Edit(message):
            return (_edit(tap.request, message), query_call(tap.query_id, tap.request.chat_id))
        case Notice(text):
            return (query_call(tap.query_id, tap.request.chat_id, text),)


def query_call(query_id: str, chat_id: int, text: str | None = None) -> Call:
    """The call that ends the wait of a tapped button, and shows a text over the chat."""
    parameters = {"callback_query_id": query_id}
    if text:
        parameters["text"] = text
    return Call("answerCallbackQuery", chat_id, parameters)


def _edit(request: Request, message: Message) -> Call:
    """Edit the tapped message; where Telegram no longer lets it, the content comes anew."""
    return Call(
        "editMessageText",
        request.chat_id,
        {
            "chat_id": request.chat_id,
            "message_id": request.message_id,
            "text": message.text,
            "parse_mode": HTML,
            "link_preview_options": NO_PREVIEW,
            **_keyboard(message),
        },
        instead=reply_call(request, message),
    )


def _keyboard(message: Message) -> Mapping[str, Any]:
    if not message.buttons:
        return {}
    rows = [
        [{"text": button.text, "callback_data": button.data} for button in row]
        for row in message.buttons
    ]
    return {"reply_markup": {"inline_keyboard": rows}}
