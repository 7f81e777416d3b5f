"""What the bot does in the chats, once the Bot API's methods have checked a call."""

from local_telegram.actions.telegram_state import TelegramState
from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import Parameters
from local_telegram.state.chats import Chat
from local_telegram.state.message_history import StoredMessage


class BotMessages(TelegramState):
    """The bot sends, edits and deletes messages."""

    def find_chat(self, parameters: Parameters) -> Chat:
        """Return the chat that a call names, if the bot may write to it.

        Raises:
            BadRequestError: The call names no chat, or one that does not exist.
            ForbiddenError: The bot is not a member, is blocked, or was never written to.
        """
        if not parameters.has("chat_id"):
            raise BadRequestError("chat_id is empty")
        chat = self.chats.find_for_bot(parameters.big_integer("chat_id"))
        chat.require_bot_can_write()
        return chat

    def send_by_bot(self, chat: Chat, content: Json, markup: Json | None) -> Json:
        """Let the bot write; return the message as the bot sees it."""
        message = self._new_message(chat, self.bot.as_user(), content)
        prompt = markup
        if markup and "inline_keyboard" in markup:
            message["reply_markup"] = markup
            prompt = None
        self._store(chat, StoredMessage(message, by_bot=True, prompt=prompt))
        return message

    def show_action(self, chat: Chat, action: str) -> None:
        """Show in a chat what the bot is doing, such as `typing`."""
        body: Json = {"type": "typing", "chat": chat.id, "action": action}
        self.events.add("typing", chat.id, body, by_bot=False)

    def delete_message(self, chat: Chat, message_id: int) -> None:
        """Delete a message for everybody."""
        self.history.remove(chat.id, message_id)
        body: Json = {"type": "deleted", "chat": chat.id, "message_id": message_id}
        self.events.add("deleted", chat.id, body, by_bot=True)
