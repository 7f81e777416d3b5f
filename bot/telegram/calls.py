"""A call of the Bot API as a value, to be made later or to travel in the response to a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class ApiCall:
    """A method of the Bot API and its parameters, for one chat.

    Attributes:
        counts_as_message: whether Telegram's flood limits count it.
        fits_in_response: whether it may travel in the response to a webhook, which has no files,
            and whose result nobody sees.
        if_wrong: the call to make where Telegram finds a mistake in this one.
        if_refused: the call to make where the chat does not take this one. The chat may never have
            been opened, so the refusal does not make it an unreachable chat.
        then: the call to make after this one has succeeded.
        answers: the message that this call answers, by its id.
    """

    method: str
    chat_id: int
    parameters: Mapping[str, Any]
    counts_as_message: bool = False
    fits_in_response: bool = True
    if_wrong: "ApiCall | None" = None
    if_refused: "ApiCall | None" = None
    then: "ApiCall | None" = None
    answers: int | None = None

    def to_chat(self, chat_id: int, bound_to_chat: tuple[str, ...]) -> Self:
        """Return the same call for the chat that this call's chat became.

        Args:
            chat_id: the other chat.
            bound_to_chat: prefixes of buttons that are valid only in the chat of their request.
        """
        parameters = dict(self.parameters)
        if "chat_id" in parameters:
            parameters["chat_id"] = chat_id
            # The other chat has neither the message that this call replies to, nor its topic.
            parameters.pop("reply_parameters", None)
            parameters.pop("message_thread_id", None)
            if "reply_markup" in parameters:
                parameters["reply_markup"] = _without(bound_to_chat, parameters["reply_markup"])
        return replace(self, chat_id=chat_id, parameters=parameters)


def _without(prefixes: tuple[str, ...], markup: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a keyboard without the buttons whose data begins with one of some prefixes."""
    if "inline_keyboard" not in markup:
        return markup
    rows = [
        [button for button in row if not button.get("callback_data", "").startswith(prefixes)]
        for row in markup["inline_keyboard"]
    ]
    return {**markup, "inline_keyboard": [row for row in rows if row]}
