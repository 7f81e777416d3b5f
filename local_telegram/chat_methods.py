"""The Bot API's methods for chats and their members."""

from local_telegram.chats import Chat
from local_telegram.errors import BadRequestError
from local_telegram.parameters import Parameters
from local_telegram.shapes import Json
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
ADMINISTRATOR: Json = {
    "status": "administrator",
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": True,
    "can_restrict_members": True,
    "can_promote_members": False,
    "can_change_info": True,
    "can_invite_users": True,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
    "can_pin_messages": True,
}


class ChatMethods:
    """Each method has the name of the Bot API's, in snake case, and returns its result."""

    def __init__(self, telegram: LocalTelegram) -> None:
        self._telegram = telegram

    def get_chat(self, parameters: Parameters) -> Json:
        """Return a chat as ChatFullInfo."""
        chat = self._chat(parameters)
        return chat.as_chat() | FULL_INFO

    def get_chat_member(self, parameters: Parameters) -> Json:
        """Return a member of a chat."""
        chat = self._chat(parameters)
        user_id = parameters.big_integer("user_id")
        if user_id == self._telegram.bot.id:
            return {"user": self._telegram.bot.as_user(), "status": "member"}
        person = self._telegram.people.get(user_id)
        if person is None:
            raise BadRequestError("user not found")
        return {"user": person.as_user()} | _membership(chat, user_id)

    def leave_chat(self, parameters: Parameters) -> bool:
        """Let the bot leave a group."""
        chat = self._chat(parameters)
        if chat.type == "private":
            raise BadRequestError("chat member status can't be changed in private chats")
        self._telegram.bot_leaves(chat)
        return True

    def _chat(self, parameters: Parameters) -> Chat:
        chat = self._telegram.find_chat(parameters)
        chat.require_bot_can_write()
        return chat


def _membership(chat: Chat, user_id: int) -> Json:
    if user_id in chat.administrators:
        return ADMINISTRATOR
    return {"status": "member" if user_id in chat.members else "left"}
