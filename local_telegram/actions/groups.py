"""Groups, and the bot's membership in them."""

import re
from collections.abc import Iterable

from local_telegram.actions.writing import Writing
from local_telegram.protocol.errors import CannotDoError
from local_telegram.protocol.json_values import Json
from local_telegram.state.chats import SUPERGROUP_BASE, Chat, Standing
from local_telegram.state.message_history import in_topic
from local_telegram.state.people import ANONYMOUS_ADMIN, Person

MIGRATED_GROUPS_BASE = SUPERGROUP_BASE - 2_000_000_000
START_PARAMETER = re.compile("[A-Za-z0-9_-]{1,64}")


class Groups(Writing):
    """People make groups, add and remove the bot, and block it.

    What a person can't do in Telegram's apps raises CannotDoError.
    """

    def create_group(self, person: Person, title: str, members: Iterable[Person] = ()) -> Chat:
        """Let a person make a group with others; the bot is not a member yet."""
        title = title.strip()
        if not title:
            raise CannotDoError("A group has a title.")
        self._lowest_group_id -= 1
        group = self.add_group(self._lowest_group_id, title, [person, *members])
        group.standing = Standing.LEFT
        self._publish(
            group, self._new_message(group, person.as_user(), {"group_chat_created": True})
        )
        return group

    def join(self, chat_id: int, by: Person, start: str | None = None) -> None:
        """Let a person add the bot to a group.

        With the `start` of a link (`?startgroup=…`), Telegram's apps also send `/start`, even if
        the bot is a member already.
        """
        chat = self._chat_to_write_in(by, chat_id)
        if not chat.is_group:
            raise CannotDoError("Only a group can have the bot join or leave.")
        _check_start(start)
        if chat.standing is not Standing.MEMBER:
            self._change_standing(chat, Standing.MEMBER, by)
            added: Json = {"new_chat_members": [self.bot.as_user()]}
            message = self._new_message(chat, by.as_user(), added)
            self._publish(chat, message)
            self._deliver("message", message, chat)
        if start:
            self.send_text(by, chat_id, f"/start@{self.bot.username} {start}")

    def leave(self, chat_id: int, by: Person) -> None:
        """Let a person remove the bot from a group."""
        chat = self._chat_to_write_in(by, chat_id)
        if not chat.is_group or chat.standing is not Standing.MEMBER:
            raise CannotDoError("The bot is not in that group.")
        message = self._new_message(chat, by.as_user(), {"left_chat_member": self.bot.as_user()})
        self._publish(chat, message)
        self._deliver("message", message, chat)
        self._change_standing(chat, Standing.KICKED, by)

    def create_topic(self, person: Person, chat_id: int, name: str) -> int:
        """Let a person make a topic, by which a supergroup becomes a forum; return its id."""
        chat = self._chat_to_write_in(person, chat_id)
        if chat.type != "supergroup":
            raise CannotDoError("Only a supergroup can have topics.")
        topic = self.history.next_id(chat)
        chat.topics.add(topic)
        message: Json = {
            "message_id": topic,
            "from": person.as_user(),
            "chat": chat.as_chat(),
            "date": self.now(),
            "forum_topic_created": {"name": name, "icon_color": 7322096},
            **in_topic(topic),
        }
        self._publish(chat, message)
        self._deliver("message", message, chat)
        return topic

    def block(self, person: Person) -> None:
        """Let a person block the bot."""
        self._change_standing(self.chat(person.id), Standing.KICKED, person)

    def unblock(self, person: Person) -> None:
        """Let a person unblock the bot."""
        self._change_standing(self.chat(person.id), Standing.MEMBER, person)

    def bot_leaves(self, chat: Chat) -> None:
        """Let the bot leave a group by itself."""
        self._change_standing(chat, Standing.LEFT, None)

    def migrate(self, group_id: int) -> int:
        """Turn a basic group into a supergroup; return the supergroup's id."""
        group = self.chat(group_id)
        if group.type != "group" or group.migrated_to is not None:
            raise CannotDoError("Only a basic group can become a supergroup.")
        new = Chat(
            MIGRATED_GROUPS_BASE + group_id,
            "supergroup",
            group.title,
            members=group.members,
            administrators=group.administrators,
            standing=group.standing,
        )
        self.chats.add(new)
        by = next((person.as_user() for person in group.members.values()), ANONYMOUS_ADMIN)
        old_message = self._new_message(group, by, {"migrate_to_chat_id": new.id})
        self._publish(group, old_message)
        self._deliver("message", old_message, group)
        group.migrated_to = new.id
        new_message = self._new_message(new, ANONYMOUS_ADMIN, {"migrate_from_chat_id": group_id})
        new_message["sender_chat"] = new.as_chat()
        self._publish(new, new_message)
        self._deliver("message", new_message, new)
        self._chats_changed(new.id)
        return new.id

    def _change_standing(self, chat: Chat, standing: Standing, by: Person | None) -> None:
        if chat.standing is standing:
            return
        old, chat.standing = chat.standing, standing
        change: Json = {
            "chat": chat.as_chat(),
            "from": by.as_user() if by else self.bot.as_user(),
            "date": self.now(),
            "old_chat_member": self._bot_as_member(old),
            "new_chat_member": self._bot_as_member(standing),
        }
        self.updates.push("my_chat_member", change)
        self._chats_changed(chat.id)

    def _bot_as_member(self, standing: Standing) -> Json:
        member: Json = {"user": self.bot.as_user(), "status": standing.value}
        return member | {"until_date": 0} if standing is Standing.KICKED else member


def _check_start(start: str | None) -> None:
    if start and not START_PARAMETER.fullmatch(start):
        raise CannotDoError("The start of a link has 1 to 64 of A-Z, a-z, 0-9, _ and -.")
