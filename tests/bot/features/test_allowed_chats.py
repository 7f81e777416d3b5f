from typing import Final

import pytest

from bot.features.allowed_chats import AllowedChats, TurnedAway

EMMA: Final = 1002
ADMIN: Final = 1003
STRANGER: Final = 1004
GROUP: Final = -4001
SUPERGROUP: Final = -1_000_000_004_001


def test_those_on_the_list_and_the_admins_may_use_it() -> None:
    allowed = AllowedChats([EMMA, GROUP], [ADMIN])

    assert not allowed.allows_everybody
    assert [chat in allowed for chat in (EMMA, GROUP, ADMIN, STRANGER)] == [True] * 3 + [False]


def test_admins_alone_are_no_list() -> None:
    assert STRANGER in AllowedChats([], [ADMIN])


def test_the_supergroup_of_a_group_on_the_list_may_use_it_and_is_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    allowed = AllowedChats([GROUP])

    for is_first in (True, False):
        allowed.follow(GROUP, SUPERGROUP)
        assert SUPERGROUP in allowed
        assert allowed.pop_untold(SUPERGROUP) is is_first

    assert caplog.messages == [
        "Group -4001 has become -1000000004001: put that into ALLOWED_IDS in its place"
    ]


def test_the_supergroup_of_another_group_may_not_use_it() -> None:
    allowed = AllowedChats([EMMA])

    allowed.follow(GROUP, SUPERGROUP)

    assert SUPERGROUP not in allowed
    assert not allowed.pop_untold(SUPERGROUP)


def test_a_supergroup_that_is_on_the_list_itself_is_told_nothing() -> None:
    allowed = AllowedChats([GROUP, SUPERGROUP])

    allowed.follow(GROUP, SUPERGROUP)

    assert not allowed.pop_untold(SUPERGROUP)


def test_the_messages_of_those_who_may_not_use_it_are_counted_and_their_chats_once() -> None:
    allowed = AllowedChats([EMMA])

    for chat in (STRANGER, STRANGER, GROUP):
        allowed.count_turned_away(chat)

    assert allowed.turned_away == TurnedAway(messages=3, chats=2)
