"""Just saying it: names and commands in plain words, and the offers for what is not known."""

from local_telegram.telegram import LocalTelegram
from tests.bot.conversation import GROUP, Conversation, Document, Said
from tests.db.tables import Tables

MINJI = 1001
EMMA = 1002


async def test_in_private_names_are_enough_and_the_unknown_ones_are_offered(
    bot: Conversation,
) -> None:
    reply = await bot.say("minji", "우유, 계란\nquark, labneh")

    assert reply.text == (
        "넣었어요: 🥛 우유, 🥚 계란\n"
        "지금 냉장고에 재료가 2가지 있어요.\n\n"
        "제가 처음 보는 이름이에요: quark, labneh. 넣을까요?"
    )
    assert list(reply.buttons) == ["↩ 되돌리기", "모두 넣기", "“quark” 넣기", "“labneh” 넣기"]

    [edited] = (await bot.tap("minji", reply, "“quark” 넣기")).messages
    assert edited.message_id == reply.message_id
    assert edited.text == "넣었어요: quark\n지금 냉장고에 재료가 3가지 있어요."
    undo_quark, undo_first = "↩ 되돌리기: quark", "↩ 이전 변경 되돌리기"
    assert list(edited.buttons) == [undo_quark, undo_first, "모두 넣기", "“labneh” 넣기"]

    # The same tap from a screen that shows the message as it was.
    again = await bot.tap("minji", reply, "“quark” 넣기")
    assert (again.notice, again.messages) == ("이미 넣은 재료예요.", [])
    [undone] = (await bot.tap("minji", edited, undo_first)).messages
    assert undone.text.startswith("되돌렸어요. 다시 뺐어요: 🥚 계란, 🥛 우유\n")
    assert list(undone.buttons) == [undo_quark, "모두 넣기", "“labneh” 넣기"]
    [last] = (await bot.tap("minji", undone, "“labneh” 넣기")).messages
    assert last.text == "넣었어요: labneh\n지금 냉장고에 재료가 2가지 있어요."
    assert list(last.buttons) == ["↩ 되돌리기: labneh", undo_quark, "모두 넣기"]
    [undone] = (await bot.tap("minji", last, undo_quark)).messages
    assert undone.text == "되돌렸어요. 다시 뺐어요: quark\n지금 냉장고에 재료가 1가지 있어요."
    assert list(undone.buttons) == ["↩ 되돌리기: labneh", "모두 넣기"]


async def test_names_with_signs_in_them_are_offered_on_any_line(bot: Conversation) -> None:
    reply = await bot.say("emma", "milk\nquark, <labneh>")

    assert reply.text == (
        "Added: 🥛 milk\n1 item in the fridge now.\n\nNew to me: quark, <labneh>. Put them in?"
    )
    assert list(reply.buttons) == ["↩ Undo", "Put all in", "Add “quark”", "Add “<labneh>”"]


async def test_a_line_that_is_not_understood_is_named_beside_what_was_done(
    bot: Conversation,
) -> None:
    reply = await bot.say("emma", "bought milk\n<labneh> ~ {gorp} ~ <skyr>")

    assert reply.text == (
        "Added: 🥛 milk\n1 item in the fridge now.\n\n"
        "I did not get this: <labneh> ~ {gorp} ~ <skyr>"
    )


async def test_hello_fills_no_fridge(bot: Conversation, tables: Tables) -> None:
    pointer = "I am here for your fridge. Write to me like this: /add milk, eggs. More: /help"
    answers = {
        "hello": f"😊 Hello! {pointer}",
        "Thank you!": "😊 You're welcome!",
        "ok": f"😊 {pointer}",
    }
    for text, answer in answers.items():
        reply = await bot.say("emma", text)
        assert (reply.text, reply.buttons) == (answer, {})
    assert (await bot.say("minji", "고마워요")).text == "😊 별말씀을요."
    assert (await bot.say("emma", "undo")).text == (
        "To undo a change, tap “↩ Undo” under my message about it. More: /help"
    )

    unknown = await bot.say("emma", "shoes")
    assert unknown.text == "New to me: shoes. Put it in?"
    assert list(unknown.buttons) == ["Add “shoes”"]
    assert (await bot.say("emma", "?!")).text == (
        "I did not get that, so I changed nothing. "
        "Write to me like this: “10 eggs”, or “finished the milk”."
    )
    assert (await bot.say("emma", "x" * 65)).text.startswith("Too long")
    assert await tables.session(EMMA) is None


async def test_whoever_wants_nothing_after_all_says_so(bot: Conversation, tables: Tables) -> None:
    for command in ("/add", "/remove", "/import"):
        question = await bot.say("emma", command, chat=GROUP)
        for text in ("cancel", "No!", "never mind", "취소"):
            answer = await bot.say("emma", text, chat=GROUP, reply_to=question.message_id)
            assert answer.text == "All right, everything stays as it is."
    question = await bot.say("minji", "/삭제")
    answer = await bot.say("minji", "아니요, 취소할게요", reply_to=question.message_id)
    assert answer.text == "네, 그대로 둘게요."
    assert await tables.session(GROUP) is None


async def test_what_people_tell_is_understood_and_what_is_new_is_only_offered(
    bot: Conversation, tables: Tables
) -> None:
    bought = await bot.say("minji", "우유하고 계란 2개랑 두부를 샀어요")
    assert bought.text.startswith("넣었어요: 🥛 우유, 🥚 계란 2개, 🥢 두부\n")
    offered = await bot.say("minji", "쿼크 샀어")
    assert "“쿼크” 넣기" in offered.buttons
    assert len(await tables.items(MINJI)) == 3
    assert "넣었어요: 쿼크" in (await bot.say("minji", "쿼크 추가")).text

    assert (await bot.say("minji", "우유 없어?")).text == "아니요, 🥛 우유 아직 있어요."
    assert "뺐어요: 🥛 우유" in (await bot.say("minji", "우유가 다 떨어졌어요")).text
    question = await bot.say("minji", "다 먹었어")
    assert "무엇을 뺄까요?" in question.text
    answer = await bot.say("minji", "계란과 두부", reply_to=question.message_id)
    assert answer.text.startswith("뺐어요: 🥚 계란, ")

    assert list((await bot.say("emma", "I bought quark")).buttons) == ["Add “quark”"]
    assert await tables.session(EMMA) is None
    assert "Added: 🥛 milk, 🥚 egg ×2" in (await bot.say("emma", "/add milk and 2 eggs")).text
    assert (await bot.say("emma", "do we have milk?")).text == "Yes, you have 🥛 milk."
    assert "Taken out: 🥛 milk" in (await bot.say("emma", "we're out of milk")).text
    assert "no shopping list yet" in (await bot.say("emma", "I bought everything")).text


async def test_more_names_than_there_are_buttons_for_are_put_in_by_a_command(
    bot: Conversation,
) -> None:
    # No button carries twenty-one Korean syllables.
    long_name = "가" * 21
    names = ["quark", "labneh", "gribble", "plonk", "zorgle", "wibble"]
    reply = await bot.say("emma", ", ".join([long_name, *names]))

    assert list(reply.buttons) == [f"Add “{name}”" for name in names[:5]]
    assert reply.text == (
        f"New to me: {long_name}, {', '.join(names)}. "
        f"Put them in?\nTo put in the rest, write: /add {long_name}, wibble"
    )


async def test_a_long_list_is_shown_before_it_is_put_in(bot: Conversation, tables: Tables) -> None:
    things = ", ".join(f"thing {number}" for number in range(51))
    for command in ("", "/add ", "add "):
        reply = await bot.say("emma", f"{command}{things}")

        assert "51 things in the list" in reply.text
        assert await tables.session(EMMA) is None


async def test_commands_are_understood_in_plain_words(bot: Conversation) -> None:
    assert "넣었어요: 🥛 우유, quark" in (await bot.say("minji", "추가 우유, quark")).text
    assert "넣었어요: 🥚 계란" in (await bot.say("minji", "/추가 계란")).text
    assert "재료가 3가지" in (await bot.say("minji", "냉장고")).text
    assert "뺐어요: 🥛 우유" in (await bot.say("minji", "우유를 빼줘")).text
    assert "뺐어요: 🥚 계란" in (await bot.say("minji", "/삭제@fridge_bot 계란")).text
    assert "무엇을 넣을까요?" in (await bot.say("minji", "추가")).text
    assert (await bot.say("minji", "/계란")).text == "모르는 명령어예요. 사용법 보기: /help"
    assert "Added: 🥛 milk" in (await bot.say("emma", "add milk")).text
    assert "In the fridge: 1 item" in (await bot.say("emma", "fridge")).text
    assert "Taken out: 🥛 milk" in (await bot.say("emma", "Remove milk")).text


async def test_a_group_is_talked_into_only_by_replies_to_the_bot(
    bot: Conversation, tables: Tables
) -> None:
    assert await bot.hear("minji", "우유", chat=GROUP) == []
    assert await bot.hear("minji", "우유 추가", chat=GROUP) == []
    question = await bot.say("minji", "/add", chat=GROUP)
    answer = await bot.say("minji", "quark", chat=GROUP, reply_to=question.message_id)
    assert answer.text == "넣었어요: quark\n지금 냉장고에 재료가 1가지 있어요."

    for text in ("/추가 우유", "/추가@fridge_bot 계란", "두부 추가", "add bread"):
        reply = await bot.say("minji", text, chat=GROUP, reply_to=answer.message_id)
        assert reply.text.startswith("넣었어요:")
    for text in ("김", "/추가@other_bot 김", "/김", "고마워"):
        assert await bot.hear("minji", text, chat=GROUP, reply_to=answer.message_id) == []
    assert len(await tables.items(GROUP)) == 5


async def test_a_likely_name_is_offered_beside_the_one_that_was_written(bot: Conversation) -> None:
    reply = await bot.say("minji", "게란")

    assert reply.text == "제가 처음 보는 이름이에요: 게란. 넣을까요?"
    assert list(reply.buttons) == ["🥚 계란 넣기", "“게란” 넣기"]
    [edited] = (await bot.tap("minji", reply, "🥚 계란 넣기")).messages
    assert edited.text == "넣었어요: 🥚 계란\n지금 냉장고에 재료가 1가지 있어요."
    assert list(edited.buttons) == ["↩ 되돌리기: 🥚 계란"]


async def test_names_with_only_spaces_between_them_are_offered_each_and_as_one(
    bot: Conversation, tables: Tables
) -> None:
    reply = await bot.say("minji", "우유 계란 두부")
    assert reply.text == "제가 처음 보는 이름이에요: 우유 계란 두부. 넣을까요?"
    each, one = "🥛 우유, 🥚 계란, 🥢 두부 넣기", "“우유 계란 두부” 넣기"
    assert [[key["text"] for key in row] for row in reply.markup["inline_keyboard"]] == [
        [each],
        [one],
    ]

    [edited] = (await bot.tap("minji", reply, each)).messages
    assert edited.text == "넣었어요: 🥛 우유, 🥚 계란, 🥢 두부\n지금 냉장고에 재료가 3가지 있어요."
    assert list(edited.buttons) == ["↩ 되돌리기", one]
    again = await bot.tap("minji", reply, each)
    assert (again.notice, again.messages) == ("이미 넣은 재료예요.", [])
    [undone] = (await bot.tap("minji", edited, "↩ 되돌리기")).messages
    assert list(undone.buttons) == [one]
    assert await tables.items(MINJI) == []

    # So it is where they are ordered to be put in: as one they would be a nuisance in the fridge.
    ordered = await bot.say("emma", "add milk eggs, quark, tomatto to the fridge")
    assert ordered.text == (
        "Added: quark, tomatto\n2 items in the fridge now.\n\nNew to me: milk eggs. Put it in?"
    )
    assert list(ordered.buttons) == [
        *("↩ Undo", "Did you mean 🍅 tomato?", "Add 🥛 milk, 🥚 egg", "Add “milk eggs”")
    ]
    in_group = await bot.say("emma", f"/add milk eggs, {'x' * 65}", chat=GROUP)
    assert in_group.text == (
        f"Too long (a name has at most 64 characters): {'x' * 32}…\n"
        "New to me: milk eggs. Put it in?"
    )
    [done] = (await bot.tap("minji", in_group, "Add “milk eggs”")).messages
    assert done.text == "넣었어요: milk eggs\n지금 냉장고에 재료가 1가지 있어요."

    many = await bot.say("minji", "대파 무 배 김 쌀 팥 콩 귤 감")
    assert list(many.buttons) == [
        "🌱 대파, 🥬 무, 🍐 배 외 6가지 넣기",
        "“대파 무 배 김 쌀 팥 콩 귤 감” 넣기",
    ]
    # Below a message are buttons for five; the sixth is put in by a command.
    six = "milk eggs, eggs milk, milk tofu, tofu milk, eggs tofu, tofu eggs"
    assert (await bot.say("minji", f"/add {six}")).text.endswith(": /add tofu eggs")
    # The Korean names have fewer letters, and more bytes than a button carries.
    in_english = await bot.say("emma", "milk egg ham tofu kale beef pork corn rice")
    assert next(iter(in_english.buttons)).startswith("Add 🥛 milk, 🥚 egg")
    # No button carries so much.
    too_much = " ".join(["대파"] * 11 + ["우유"])
    assert (await bot.say("minji", f"/add {too_much}")).text.startswith(
        "넣었어요: 🌱 대파, 🥛 우유\n"
    )


async def test_add_takes_a_name_as_written_and_a_button_corrects_it(
    bot: Conversation, tables: Tables
) -> None:
    reply = await bot.say("emma", "/add tomatto, mlik, quark", chat=GROUP)
    assert reply.text == "Added: tomatto, mlik, quark\n3 items in the fridge now."
    assert list(reply.buttons) == ["↩ Undo", "Did you mean 🍅 tomato?", "Did you mean 🥛 milk?"]
    before = {item["added_at"] for item in await tables.items(GROUP)}

    [edited] = (await bot.tap("emma", reply, "Did you mean 🍅 tomato?")).messages
    assert edited.text == "Changed: tomatto → 🍅 tomato\n3 items in the fridge now."
    undo_tomato, undo_first = "↩ Undo: 🍅 tomato", "↩ Undo the earlier change"
    assert list(edited.buttons) == [undo_tomato, undo_first, "Did you mean 🥛 milk?"]
    assert {item["added_at"] for item in await tables.items(GROUP)} == before

    # Minji still sees the message as it was.
    late = await bot.tap("minji", reply, "Did you mean 🍅 tomato?")
    assert (late.notice, late.messages) == ("이미 뺀 재료예요.", [])
    [undone] = (await bot.tap("emma", edited, undo_tomato)).messages
    assert "tomatto" in undone.text
    assert list(undone.buttons) == [undo_first, "Did you mean 🥛 milk?"]
    assert "tomatto" in {item["name"] for item in await tables.items(GROUP)}
    assert (await bot.say("emma", "/add tomatto", chat=GROUP)).buttons == {}


async def test_remove_suggests_what_is_there(bot: Conversation) -> None:
    await bot.say("emma", "/add eggs, cherry tomatoes, soy milk, quark")

    reply = await bot.say("emma", "/remove quakr, milk, tomatoes")
    assert reply.text == (
        "Not in the fridge: quakr, 🥛 milk, 🍅 tomato\n4 items in the fridge now."
    )
    assert set(reply.buttons) == {
        "Take out quark",
        "Take out 🥛 soy milk",
        "Take out 🍅 cherry tomato",
    }
    [edited] = (await bot.tap("emma", reply, "Take out quark")).messages
    assert edited.text == "Taken out: quark\n3 items in the fridge now."
    others = ["Take out 🥛 soy milk", "Take out 🍅 cherry tomato"]
    assert sorted(edited.buttons) == sorted([*others, "↩ Undo: quark"])

    late = await bot.tap("emma", reply, "Take out quark")
    assert (late.notice, late.messages) == ("That is out already.", [])
    [undone] = (await bot.tap("emma", edited, "↩ Undo: quark")).messages
    assert undone.text == "Undone. Back in: quark\n4 items in the fridge now."
    assert sorted(undone.buttons) == sorted(others)
    nothing_like_it = await bot.say("emma", "/remove shoes")
    assert nothing_like_it.buttons == {}


async def test_a_button_that_no_version_made_changes_nothing(
    bot: Conversation, tables: Tables
) -> None:
    reply = await bot.say("emma", "/add tomatto")

    for data in ("put:?!", "swap:n0123456789ab:99999999"):
        tapped = await bot.tap_data("emma", reply, data)
        assert tapped.notice == "This button is out of date. Please send the command again."
    assert (await bot.tap_data("emma", reply, "out:n0123456789ab")).notice == "That is out already."
    assert len(await tables.items(EMMA)) == 1


async def test_the_language_of_whoever_adds_first_is_that_of_the_fridge(
    bot: Conversation, tables: Tables
) -> None:
    await bot.say("minji", "우유")

    session = await tables.session(MINJI)

    assert session is not None
    assert session["language"] == "ko"


async def test_a_caption_is_a_text(bot: Conversation, tables: Tables) -> None:
    bought = await bot.say("minji", photo=True, caption="우유랑 두부 샀어")
    assert bought.text == "넣었어요: 🥛 우유, 🥢 두부\n지금 냉장고에 재료가 2가지 있어요."
    assert "넣었어요: 🥚 계란" in (await bot.say("minji", photo=True, caption="/add 계란")).text
    picture = Document("fridge.jpg", b"\xff\xd8", "image/jpeg")
    out = await bot.say("minji", document=picture, caption="두부 다 먹었어")
    assert out.text.startswith("뺐어요: 🥢 두부")

    assert len(await tables.items(MINJI)) == 2


async def test_in_a_group_a_caption_is_read_like_a_text(
    bot: Conversation, local: LocalTelegram
) -> None:
    local.chat(GROUP).bot_is_admin = True

    async def hear(caption: str, reply_to: int | None = None) -> list[str]:
        said = await bot.hear("emma", chat=GROUP, photo=True, caption=caption, reply_to=reply_to)
        return [answer.text for answer in said]

    assert await hear("bought milk") == []
    [added] = await hear("/add milk")
    assert added.startswith("Added: 🥛 milk")
    [added] = await hear("@fridge_bot bought eggs")
    assert added.startswith("Added: 🥚 egg")
    question = await bot.say("emma", "/add", chat=GROUP)
    [added] = await hear("tofu", question.message_id)
    assert added.startswith("Added: 🥢 tofu")


async def test_in_a_group_a_mention_is_for_the_bot(
    bot: Conversation, local: LocalTelegram, tables: Tables
) -> None:
    local.chat(GROUP).bot_is_admin = True

    async def say(text: str) -> Said:
        return await bot.say("minji", text, chat=GROUP)

    assert await bot.hear("minji", "우유 샀어", chat=GROUP) == []
    assert await bot.hear("minji", "@emma 우유 샀어", chat=GROUP) == []
    assert (await say("@fridge_bot 우유 샀어")).text.startswith("넣었어요: 🥛 우유")
    assert (await say("@Fridge_Bot 계란, 두부")).text.startswith("넣었어요: 🥚 계란, 🥢 두부")
    assert "재료가 3가지" in (await say("냉장고 @fridge_bot")).text
    assert (await say("@fridge_bot /삭제 우유")).text.startswith("뺐어요: 🥛 우유")
    assert list((await say("@fridge_bot 할머니 소스")).buttons) == ["“할머니 소스” 넣기"]
    assert (await say("@fridge_bot 고마워")).text.startswith("😊")
    assert (await say("@fridge_bot /foo")).text == "모르는 명령어예요. 사용법 보기: /help"
    assert (await say("@fridge_bot")).text.startswith("무슨 뜻인지 몰라서 그대로 두었어요.")
    assert len(await tables.items(GROUP)) == 2
