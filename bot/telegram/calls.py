"""A call of the Bot API as a value: to be sent, or to travel in the response to a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Call:
    """A method and its parameters, for something that is said to one chat.

    `counted` is what Telegram's limits on sending count. Where Telegram finds the call wrong,
    `instead` is made. A call that is not `blind` needs its result seen, or can't travel in a
    response. `then` is made after it, or `refused`, where its chat does not take it: that is then
    no news of the chat, which may never have been opened.
    """

    method: str
    chat_id: int
    parameters: Mapping[str, Any]
    counted: bool = False
    blind: bool = True
    instead: "Call | None" = None
    then: "Call | None" = None
    refused: "Call | None" = None

    def to_chat(self, chat_id: int, bound: tuple[str, ...]) -> Self:
        """The same for another chat: the one that this one became.

        Args:
            chat_id: the other chat.
            bound: the prefixes of the buttons that are valid only in the chat of their request.
        """
        parameters = dict(self.parameters)
        if "chat_id" in parameters:
            parameters["chat_id"] = chat_id
            # It replies to a message that the other chat does not have.
            parameters.pop("reply_parameters", None)
            if "reply_markup" in parameters:
                parameters["reply_markup"] = _elsewhere(parameters["reply_markup"], bound)
        return replace(self, chat_id=chat_id, parameters=parameters)


def _elsewhere(markup: Mapping[str, Any], bound: tuple[str, ...]) -> Mapping[str, Any]:
    """Buttons for another chat, without those that name a request: there it is another one."""
    rows = [
        [button for button in row if not button.get("callback_data", "").startswith(bound)]
        for row in markup.get("inline_keyboard", ())
    ]
    if "inline_keyboard" not in markup:
        return markup
    return {**markup, "inline_keyboard": [row for row in rows if row]}
