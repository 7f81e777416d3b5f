"""What people tap: the inline buttons below the bot's messages."""

from collections.abc import Iterator

from local_telegram.actions.telegram_state import TelegramState
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json
from local_telegram.state.people import Person


class Taps(TelegramState):
    """People tap buttons, and the bot answers the taps."""

    def tap(self, person: Person, chat_id: int, message_id: int, data: str) -> str:
        """Let a person tap an inline button of the bot's message; return the query's id."""
        chat = self._chat_to_write_in(person, chat_id)
        stored = self.history.find(chat_id, message_id)
        if stored is None or not stored.by_bot:
            raise CannotDoError("There is no such message of the bot.")
        query_id = self.callback_queries.ask(person, chat_id)
        query: Json = {
            "id": query_id,
            "from": person.as_user(),
            "message": stored.body,
            "chat_instance": str(chat_id),
            "data": data,
        }
        self._deliver("callback_query", query, chat)
        return query_id

    def find_button(
        self, chat_id: int, text: str, message_id: int | None = None
    ) -> tuple[int, str]:
        """Return the message id and the data of the button that a person names by its text.

        The newest button with exactly this text is found; if no button has it, the newest whose
        text contains it. With `message_id`, only the buttons of that message count.

        Raises:
            CannotDoError: No button has this text.
        """
        buttons = list(self._buttons(chat_id, message_id))
        exact = [button for button in buttons if button[1] == text]
        meant = exact or [button for button in buttons if text in button[1]]
        if not meant:
            raise CannotDoError(f"There is no button {text!r}.")
        number, _, data = meant[0]
        return number, data

    def answer_callback_query(self, query_id: str, answer: Json) -> bool:
        """Answer a tap; return whether the tap could still be answered."""
        query = self.callback_queries.answer(query_id, answer)
        if query is None:
            return False
        body: Json = {
            "type": "callback_answer",
            "chat": query.chat_id,
            "person": query.person_id,
            "callback_query_id": query_id,
            "text": answer["text"],
            "show_alert": answer["show_alert"],
        }
        self.events.add("callback_answer", query.chat_id, body, by_bot=True)
        return True

    def _buttons(self, chat_id: int, message_id: int | None) -> Iterator[tuple[int, str, str]]:
        """Yield message id, text and data of the bot's buttons, newest message first."""
        for message in reversed(self.history.all(chat_id)):
            if message_id not in {None, message["message_id"]}:
                continue
            for row in message.get("reply_markup", {}).get("inline_keyboard", ()):
                for button in row:
                    if "callback_data" in button:
                        yield message["message_id"], button["text"], button["callback_data"]
