"""Turns replies into calls of the Bot API."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from telegram import InputFile

from bot.conversation.replies import (
    Button,
    Edit,
    File,
    Files,
    LinkButton,
    Message,
    Notice,
    Privately,
    Question,
    Reply,
    TapReply,
)
from bot.conversation.requests import Request, Tap
from bot.telegram.calls import ApiCall

HTML: Final = "HTML"

# Without this, a name that looks like an address would bring a preview of a page into the chat.
NO_PREVIEW: Final = {"is_disabled": True}


def reply_calls(request: Request, reply: Reply | Privately) -> Sequence[ApiCall]:
    """Return the calls that send a reply to a message."""
    match reply:
        case Files(files):
            return [_document(request, file, answers=request.in_group) for file in files]
        case Question():
            # A selective reply opens the input field only for the person who is asked.
            return (_text(request, reply, answers=True),)
        case Privately():
            return (_private_call(request, reply),)
        case Message():
            # In a group, where several people may write at once, an answer quotes its message.
            return (_text(request, reply, answers=request.in_group),)


def edit_calls(
    request: Request, reply: Reply | Privately, answer_id: int | None
) -> Sequence[ApiCall]:
    """Return the calls that answer an edited message: in place of the first answer, if known."""
    if answer_id is None or not isinstance(reply, Message):
        return reply_calls(request, reply)
    sent = _text(request, reply, answers=request.in_group)
    return (_edit(replace(request, message_id=answer_id), reply, if_wrong=sent),)


def tap_calls(tap: Tap, reply: TapReply) -> Sequence[ApiCall]:
    """Return the calls that answer a tap. The last one ends the wait that the button shows."""
    match reply:
        case Edit(message, notice):
            return (
                _edit(tap.request, message),
                query_call(tap.query_id, tap.request.chat_id, notice),
            )
        case Notice(text):
            return (query_call(tap.query_id, tap.request.chat_id, text),)
        case Files(files):
            sent = [_document(tap.request, file, answers=False) for file in files]
            return (*sent, query_call(tap.query_id, tap.request.chat_id))
        case Message() | Question():
            # A tapped message is the bot's own, and no message to quote.
            sent = [_text(tap.request, reply, answers=False)]
            return (*sent, query_call(tap.query_id, tap.request.chat_id))


def message_call(chat_id: int, message: Message) -> ApiCall:
    """Return the call that sends a message, as an answer to no message."""
    parameters = {**_content(chat_id, message.text), **_keyboard(message)}
    return ApiCall("sendMessage", chat_id, parameters, counts_as_message=True)


def _private_call(request: Request, reply: Privately) -> ApiCall:
    """Return the call that answers a person in private, and then says so in the group."""
    if request.person_id is None:
        raise ValueError("A group has no private chat")
    return replace(
        message_call(request.person_id, reply.message),
        fits_in_response=False,
        then=_text(request, reply.sent, answers=True),
        if_refused=_text(request, reply.refused, answers=True),
    )


def leave_call(chat_id: int) -> ApiCall:
    """Return the call by which the bot leaves a group."""
    return ApiCall("leaveChat", chat_id, {"chat_id": chat_id})


def query_call(query_id: str, chat_id: int, text: str | None = None) -> ApiCall:
    """Return the call that ends the wait of a tapped button, and shows a text over the chat."""
    parameters = {"callback_query_id": query_id}
    if text:
        parameters["text"] = text
    return ApiCall("answerCallbackQuery", chat_id, parameters)


def _text(request: Request, reply: Message | Question, *, answers: bool) -> ApiCall:
    parameters = {**_content(request.chat_id, reply.text), **_topic(request)}
    match reply:
        case Message():
            parameters |= _keyboard(reply)
        case Question(placeholder=placeholder):
            parameters["reply_markup"] = {
                "force_reply": True,
                "selective": answers,
                "input_field_placeholder": placeholder,
            }
    if answers:
        parameters["reply_parameters"] = _answering(request)
    return ApiCall(
        "sendMessage",
        request.chat_id,
        parameters,
        counts_as_message=True,
        answers=request.message_id,
    )


def _content(chat_id: int, text: str) -> Mapping[str, Any]:
    return {
        "chat_id": chat_id,
        "text": text,
        "parse_mode": HTML,
        "link_preview_options": NO_PREVIEW,
    }


def _document(request: Request, file: File, *, answers: bool) -> ApiCall:
    parameters: dict[str, Any] = {
        "chat_id": request.chat_id,
        "document": InputFile(file.content, filename=file.name),
        **_topic(request),
    }
    if file.caption:
        parameters["caption"] = file.caption
    if answers:
        parameters["reply_parameters"] = _answering(request)
    return ApiCall(
        "sendDocument", request.chat_id, parameters, counts_as_message=True, fits_in_response=False
    )


def _topic(request: Request) -> Mapping[str, Any]:
    """Without this, a message to a forum lands in its topic General."""
    return {} if request.topic_id is None else {"message_thread_id": request.topic_id}


def _answering(request: Request) -> Mapping[str, Any]:
    return {"message_id": request.message_id, "allow_sending_without_reply": True}


def _edit(request: Request, message: Message, if_wrong: ApiCall | None = None) -> ApiCall:
    """Edit a message of the bot; if Telegram no longer allows that, send the content anew."""
    return ApiCall(
        "editMessageText",
        request.chat_id,
        {
            "message_id": request.message_id,
            **_content(request.chat_id, message.text),
            **_keyboard(message),
        },
        fits_in_response=False,
        if_wrong=if_wrong or _text(request, message, answers=request.in_group),
    )


def _keyboard(message: Message) -> Mapping[str, Any]:
    if not message.buttons:
        return {}
    return {"reply_markup": {"inline_keyboard": [list(map(_key, row)) for row in message.buttons]}}


def _key(button: Button | LinkButton) -> Mapping[str, str]:
    match button:
        case Button(text, data):
            return {"text": text, "callback_data": data}
        case LinkButton(text, url):
            return {"text": text, "url": url}
