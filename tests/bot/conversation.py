"""People who talk to the bot through the stand-in Telegram, over HTTP."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

GROUP = -4001


@dataclass(frozen=True)
class Said:
    """A message of the bot; of a file, the text is the line under it."""

    chat: int
    message_id: int
    text: str
    buttons: Mapping[str, str]
    markup: Mapping[str, Any]
    file_name: str = ""
    file_id: str = ""


@dataclass(frozen=True)
class Document:
    """A file that a person sends."""

    name: str
    content: bytes
    mime_type: str | None = None

    def as_json(self) -> Mapping[str, str]:
        """As the playground takes it."""
        described = {"name": self.name, "content_base64": b64encode(self.content).decode()}
        return described | ({"mime_type": self.mime_type} if self.mime_type else {})


@dataclass(frozen=True)
class Tapped:
    """What came of a tap: the notice that was shown, if any, and the messages as they then were."""

    notice: str
    messages: list[Said]


class Conversation:
    """Sends what people send, and gives back what the bot answered to it."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def hear(
        self,
        person: str,
        text: str = "",
        *,
        chat: int | None = None,
        document: Document | None = None,
        **more: object,
    ) -> list[Said]:
        """Everything that the bot answered to a message, in its order."""
        file = document and document.as_json()
        answer = await self._post(
            "send", person=person, chat=chat, text=text, document=file, **more
        )
        return [_said(message) for message in answer["replies"]]

    async def say(
        self,
        person: str,
        text: str = "",
        *,
        chat: int | None = None,
        document: Document | None = None,
        **more: object,
    ) -> Said:
        """The one answer to a message."""
        [reply] = await self.hear(person, text, chat=chat, document=document, **more)
        return reply

    async def tap(self, person: str, message: Said, button: str) -> Tapped:
        """Taps the button of that name."""
        return await self.tap_data(person, message, message.buttons[button])

    async def tap_data(self, person: str, message: Said, data: str) -> Tapped:
        """Taps a button with that data, whether it is there or not."""
        answer = await self._post(
            "tap", person=person, chat=message.chat, message_id=message.message_id, data=data
        )
        shown: dict[str, Any] = answer["answer"] or {"text": None}
        return Tapped(shown["text"] or "", [_said(message) for message in answer["replies"]])

    async def _post(self, route: str, **body: object) -> Any:  # noqa: ANN401 (JSON)
        content = {name: value for name, value in body.items() if value is not None}
        async with self._session.post(f"/playground/{route}", json=content) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer


def seen(text: str) -> str:
    """A text as it is seen, where a space that does not break is one like any other."""
    return text.replace("\u00a0", " ")


def _said(message: dict[str, Any]) -> Said:
    markup = message.get("reply_markup", {})
    file = message.get("document", {})
    return Said(
        chat=message["chat"]["id"],
        message_id=message["message_id"],
        text=seen(message.get("text") or message.get("caption", "")),
        buttons={
            button["text"]: button["callback_data"]
            for row in markup.get("inline_keyboard", [])
            for button in row
            if "callback_data" in button
        },
        markup=markup,
        file_name=file.get("file_name", ""),
        file_id=file.get("file_id", ""),
    )
