"""Which messages of a group a bot in privacy mode receives.

Source: Telegram's documentation, "Bot features", "Privacy mode".
"""

from local_telegram.content.command_entities import leading_command
from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import Chat

ORDINARY_CONTENT = frozenset({"text", "caption", "photo", "sticker", "document"})


def bot_sees(message: Json, chat: Chat, bot_id: int, bot_username: str) -> bool:
    """Tell whether the bot gets an update for a person's message."""
    if not chat.is_group or chat.bot_is_admin or ORDINARY_CONTENT.isdisjoint(message):
        return True
    replied_to = message.get("reply_to_message")
    if replied_to and replied_to.get("from", {}).get("id") == bot_id:
        return True
    command = leading_command(message)
    if command is None:
        return False
    _, at, addressee = command.partition("@")
    return not at or addressee.lower() == bot_username.lower()
