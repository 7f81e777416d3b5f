"""python-telegram-bot's own client against the stand-in."""

from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter

from local_telegram.state.chats import Chat
from local_telegram.state.people import Person
from local_telegram.telegram import LocalTelegram


async def test_every_kind_of_update_is_understood(
    telegram: LocalTelegram, minji: Person, group: Chat, bot: Bot
) -> None:
    sent = await bot.send_message(minji.id, "hello")
    prompt = await bot.send_message(minji.id, "What?", reply_markup=ForceReply())
    message = telegram.send_text(minji, minji.id, "/add 우유", reply_to=prompt.message_id)
    telegram.edit_text(minji, minji.id, message["message_id"], "/add 계란")
    telegram.tap(minji, minji.id, sent.message_id, "yes")
    telegram.send_sticker(minji, minji.id)
    telegram.send_photo(minji, minji.id, "caption")
    telegram.send_document(minji, minji.id, "list.csv", b"milk", caption="caption")
    telegram.send_text(minji, group.id, "/add x", as_anonymous_admin=True, forwarded=True)
    telegram.add_channel(-1001234567890, "News")
    telegram.send_channel_post(-1001234567890, "news")
    telegram.leave(group.id, minji)
    telegram.join(group.id, minji)
    telegram.block(minji)
    telegram.migrate(group.id)
    updates = await bot.get_updates()
    assert len(updates) == telegram.updates.pending_count == 15
    command = updates[0].message
    assert command is not None
    assert command.reply_to_message is not None
    assert command.reply_to_message.text == "What?"
    assert list(command.parse_entities().values()) == ["/add"]


async def test_messages_are_sent_edited_and_deleted(minji: Person, bot: Bot) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
    sent = await bot.send_message(
        minji.id, "<b>우유</b>", parse_mode=ParseMode.HTML, reply_markup=keyboard
    )
    assert sent.text_html == "<b>우유</b>"
    assert sent.reply_markup == keyboard
    edited = await bot.edit_message_text("Done", minji.id, sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.text == "Done"
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text("Done", minji.id, sent.message_id)
    assert await bot.delete_message(minji.id, sent.message_id)


async def test_a_document_is_uploaded(telegram: LocalTelegram, minji: Person, bot: Bot) -> None:
    content = "이름,수량\n".encode()
    sent = await bot.send_document(minji.id, content, caption="list", filename="fridge.csv")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("fridge.csv", len(content))
    (upload,) = telegram.calls[-1].files.values()
    assert upload.content == content
    again = await bot.send_document(minji.id, sent.document)
    assert again.document == sent.document
    with pytest.raises(BadRequest, match="Wrong file identifier/http url specified"):
        await bot.send_document(minji.id, "no-such-file")
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await bot.send_document(minji.id, b"", filename="empty.csv")


async def test_refusals_become_the_right_exceptions(
    telegram: LocalTelegram,
    minji: Person,
    group: Chat,
    bot: Bot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    telegram.faults.add(status=429, retry_after=7)
    with pytest.raises(RetryAfter) as limited:
        await bot.send_message(minji.id, "hello")
    assert limited.value.retry_after == timedelta(seconds=7)
    new_id = telegram.migrate(group.id)
    with pytest.raises(ChatMigrated) as migrated:
        await bot.send_message(group.id, "hello")
    assert migrated.value.new_chat_id == new_id
    telegram.block(minji)
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(minji.id, "hello")


async def test_menus_and_chats_are_understood(minji: Person, group: Chat, bot: Bot) -> None:
    scope = BotCommandScopeChat(minji.id)
    commands = (BotCommand("add", "넣기"), BotCommand("fridge", "보기"))
    assert await bot.set_my_commands(commands, scope=scope, language_code="ko")
    assert await bot.get_my_commands(scope=scope, language_code="ko") == commands
    assert await bot.delete_my_commands(scope=scope, language_code="ko")
    assert await bot.get_my_commands(scope=scope, language_code="ko") == ()
    assert (await bot.get_chat(group.id)).title == "우리 집 · Home"
    assert await bot.leave_chat(group.id)
