"""The Bot API's methods for chats."""

from local_telegram.protocol.errors import BadRequestError
from local_telegram.protocol.json_values import Json
from local_telegram.protocol.parameters import Parameters
from local_telegram.telegram import LocalTelegram

FULL_INFO: Json = {
    "accent_color_id": 0,
    "max_reaction_count": 11,
    "accepted_gift_types": {
        "unlimited_gifts": False,
        "limited_gifts": False,
        "unique_gifts": False,
        "premium_subscription": False,
        "gifts_from_channels": False,
    },
}


class ChatMethods:
    """Each method has the name of the Bot API's, in snake case, and returns its result."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram

    def get_chat(self, parameters: Parameters) -> Json:
        """Return a chat as ChatFullInfo."""
        return self._telegram.find_chat(parameters).as_chat() | FULL_INFO

    def leave_chat(self, parameters: Parameters) -> bool:
        """Let the bot leave a group."""
        chat = self._telegram.find_chat(parameters)
        if chat.type == "private":
            raise BadRequestError("chat member status can't be changed in private chats")
        self._telegram.bot_leaves(chat)
        return True
