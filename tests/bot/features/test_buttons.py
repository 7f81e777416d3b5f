"""The strings on buttons: those in people's chats have to work for as long as their messages do."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

import pytest

from bot.conversation.buttons import ButtonData
from bot.features.add.buttons import Put, Swap
from bot.features.clear.buttons import CancelClear, ConfirmClear
from bot.features.deeds.buttons import Stay, TakeOut, TakeOutAllBut
from bot.features.files.buttons import DeclineList, LeaveOut, PutInList, ShowPart, TakeIn
from bot.features.forget.buttons import CancelForget, ConfirmForget
from bot.features.fridge.buttons import (
    ChangeLot,
    ChooseDay,
    ChooseFilter,
    ListView,
    OpenLot,
    ShowList,
    Take,
)
from bot.features.guide.buttons import TryAdd, TryFridge, TryHelp
from bot.features.registry import REGISTRY
from bot.features.remove.buttons import TakeLikely
from bot.features.settings.buttons import (
    ChooseLanguage,
    SetLanguage,
    SetWarnings,
    SetZone,
    ShowSettings,
    ShowZones,
)
from bot.features.settings.time_zones import TIME_ZONES
from bot.features.undo.buttons import Undo, UndoInList
from bot.features.warnings.buttons import KeepWarned
from bot.locale.language import Language
from fridge.items import UNCATALOGUED, ItemReference
from fridge.lots import All, Amount, First, Half, Into, More, Unit, Until
from fridge.lots import Place as KeptIn
from fridge.request_keys import RequestKind

TIME: Final = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
MILK: Final = ItemReference(17)
QUARK: Final = ItemReference(UNCATALOGUED, "0123456789ab")
LONGEST: Final = 2**63 - 1
CHANGING: Final = ListView(9999, 93, by_date=True, changing=True)
MICROS: Final = 1772366400123456

FROZEN: Final[tuple[tuple[ButtonData, str], ...]] = (
    (ShowList(ListView(2)), "fridge:2.0"),
    (ShowList(ListView(9999, 19)), "fridge:9999.19"),
    (ShowList(ListView(2, 92, by_date=True, changing=True)), "fridge:2.92de"),
    (ShowList(ListView(by_date=True)), "fridge:1.0d"),
    (ShowList(ListView(changing=True)), "fridge:1.0e"),
    (ChooseFilter(ListView()), "filter:1.0"),
    (ChooseFilter(ListView(3, 4)), "filter:3.4"),
    (ChooseFilter(ListView(3, 4, by_date=True, changing=True)), "filter:3.4de"),
    (OpenLot(MILK, ListView(changing=True)), "open:17:1.0e"),
    (OpenLot(QUARK._replace(number=12), CHANGING), "open:n0123456789ab_12:9999.93de"),
    (ChooseDay(MILK, ListView(changing=True)), "days:17:1.0e:0"),
    (ChooseDay(QUARK._replace(number=12), CHANGING, 25), "days:n0123456789ab_12:9999.93de:25"),
    *(
        (ChangeLot(MILK, ListView(changing=True), TIME, change), f"lot:17:1.0e:{MICROS}:{written}")
        for change, written in (
            (More(Decimal(-1), Unit.PIECE), "-1piece"),
            (More(Decimal(100), Unit.GRAM), "+100g"),
            (First(Amount(Decimal(3))), "=3"),
            (Half(Decimal("2.5")), "h2.5"),
            (Until(date(2026, 12, 24)), "d739974"),
            (Until(None), "d-"),
            (Into(KeptIn.FREEZER), "pfreezer"),
            (All(), "x"),
        )
    ),
    (
        ChangeLot(QUARK._replace(number=123456), CHANGING, TIME, Half(Decimal("99999.999"))),
        f"lot:n0123456789ab_123456:9999.93de:{MICROS}:h99999.999",
    ),
    (Take(MILK, ListView(1)), "take:17:1.0"),
    (Take(QUARK, ListView(2, 19)), "take:n0123456789ab:2.19"),
    (Take(MILK._replace(number=2), ListView(1)), "take:17_2:1.0"),
    (Take(QUARK._replace(number=12), ListView(1)), "take:n0123456789ab_12:1.0"),
    (Undo("m5", RequestKind.ADD), "undo:m5 add"),
    (Undo("m5.12", RequestKind.ADD), "undo:m5.12 add"),
    (Undo("m5", RequestKind.REDUCE), "undo:m5 reduce"),
    (Undo("m5", RequestKind.ADJUST), "undo:m5 adjust"),
    (Undo("m5", RequestKind.REMOVE), "undo:m5 remove"),
    (Undo("q77", RequestKind.CLEAR), "undo:q77 clear"),
    (Undo("q77", RequestKind.REPLACE), "undo:q77 replace"),
    (Undo(f"q{LONGEST}", RequestKind.TAKE), "undo:q9223372036854775807 take"),
    (UndoInList("q77", ListView(1)), "back:q77 take|1.0"),
    (UndoInList("q77", ListView(2, 19)), "back:q77 take|2.19"),
    (UndoInList("q77", CHANGING, RequestKind.ADJUST), "back:q77 adjust|9999.93de"),
    (
        UndoInList(f"q{LONGEST}", CHANGING, RequestKind.ADJUST, QUARK),
        "back:q9223372036854775807 adjust|9999.93de:n0123456789ab",
    ),
    (TakeLikely(MILK), "out:17"),
    (TakeLikely(QUARK), "out:n0123456789ab"),
    (Swap(MILK, 999999999), "swap:17:999999999"),
    (Swap(QUARK, 17), "swap:n0123456789ab:17"),
    (Put("dragon: scales\n🐉"), "put:dragon: scales\n🐉"),
    (Put("우유,계란"), "put:우유,계란"),
    (Put("milk 2 bottle exp 2026-12-24 freezer"), "put:milk 2 bottle exp 2026-12-24 freezer"),
    (TakeOut("milk, egg"), "gone:milk, egg"),
    (TakeOutAllBut("milk"), "allbut:milk"),
    (Stay(), "stay"),
    (TryAdd(), "try:add"),
    (TryFridge(), "try:fridge"),
    (TryHelp(), "try:help"),
    (ConfirmClear(TIME), "clear:1772366400123456"),
    (CancelClear(), "clear:no"),
    (PutInList("m12"), "import:m12"),
    (DeclineList("m12"), "import:no:m12"),
    (LeaveOut("m12", 0), "import:out:m12:0"),
    (TakeIn("m12", 499), "import:in:m12:499"),
    (ShowPart("m12e1772366400123", 2), "import:part:m12e1772366400123:2"),
    (KeepWarned(TIME), "keep:1772366400123456"),
    (ChooseLanguage(Language.KOREAN), "language:ko"),
    (ChooseLanguage(Language.ENGLISH), "language:en"),
    (ShowSettings(), "set:show"),
    (ShowZones(), "set:zones"),
    (SetLanguage(Language.KOREAN), "set:language:ko"),
    (SetLanguage(Language.ENGLISH), "set:language:en"),
    (SetWarnings(on=True), "set:warnings:on"),
    (SetWarnings(on=False), "set:warnings:off"),
    (SetZone("Asia/Seoul"), "zone:Asia/Seoul"),
    (ConfirmForget(TIME, Language.KOREAN), "forget:yes:1772366400123456.ko"),
    (ConfirmForget(TIME, Language.ENGLISH), "forget:yes:1772366400123456.en"),
    (CancelForget(), "forget:no"),
)

NOT_FREE: Final = tuple(
    data for _, data in FROZEN if not data.startswith(("put:", "gone:", "allbut:"))
)

HOSTILE: Final = (
    *(f"{data}\n" for data in NOT_FREE),
    *(f" {data}" for data in NOT_FREE),
    *(data.upper() for data in NOT_FREE),
    *(f"{data}0" for data in NOT_FREE if data.endswith((":show", ":zones", ":add", ":no", "n"))),
    *(tap.button.PREFIX for tap in REGISTRY.taps if tap.button.PREFIX.endswith(":")),
    *("", ":", "::", "v1:remove:17", "냉장고", "x" * 64, "fridge" * 1000, "\0", "put"),
    *("fridge:0", "fridge:-1", "fridge:10000", "fridge:1.", "fridge:1.100", "fridge:1.0.0"),
    *("fridge:1.0ed", "fridge:1d", "open:17", "open:17:1", "days:17:1.0", "days:17:1.0:100"),
    *(
        f"lot:17:1.0:{MICROS}:{change}"
        for change in ("", "1piece", "+0g", "+1", "-1kg", "=0", "h", "d20261224", "pattic", "xx")
    ),
    *("filter:1", "filter:0.1", "take:17", "take:17:1", "take:0:1.0", "take:n:1.0"),
    *("take:1000000000:1.0", "take:n0123456789AB:1.0", "take:n0123456789abc:1.0"),
    *("out:n0", "out:0", "swap:0:1", "swap:1:0", "swap:1", "swap:17:1000000000"),
    *("undo:m5", "undo:m5 import", "undo:x5 add", "undo:m add", f"undo:m{'1' * 21} add"),
    *("back:q77 add|1.0", "back:q77 take|1", "back:q77 take", f"back:q{'1' * 21} take|1.0"),
    *(
        "import:q12",
        "import:no",
        f"import:m{'1' * 21}",
        "import:yes:m12",
        "import:out:m12",
        "import:in:m12:01",
    ),
    *("clear:-1", f"clear:{'9' * 18}", "clear:1e5", "keep:soon", f"keep:{'9' * 18}"),
    *("language:xx", "language:", "set:language:de", "set:warnings:maybe", "set:", "set:more"),
    *("zone:Asia/Pyongyang", "zone:AsiaxSeoul", "zone:../../etc/passwd", "try:", "try:more"),
    *("forget:yes", "forget:yes:1.de", "forget:yes:1", f"forget:yes:{'9' * 18}.en"),
)


@pytest.mark.parametrize(("value", "data"), FROZEN, ids=[data for _, data in FROZEN])
def test_a_button_is_written_and_read_as_ever(value: ButtonData, data: str) -> None:
    assert value.data == data
    assert value.fits
    assert [found for tap in REGISTRY.taps if (found := tap.button.read(data))] == [value]
    assert REGISTRY.handler_of_tap(data) is not None


def test_every_kind_of_button_is_frozen_above() -> None:
    assert {type(value) for value, _ in FROZEN} == {tap.button for tap in REGISTRY.taps}


def test_a_button_of_an_old_list_names_the_page_only() -> None:
    assert ShowList.read("fridge:3") == ShowList(ListView(3))


def test_every_time_zone_that_is_offered_can_be_chosen() -> None:
    for zone in TIME_ZONES:
        assert SetZone.read(SetZone(zone).data) == SetZone(zone)


def test_a_button_holds_64_bytes() -> None:
    assert Put("유" * 20).fits
    assert not Put("유" * 20 + "!").fits


def test_what_names_a_message_of_its_chat_is_left_out_of_another() -> None:
    assert set(REGISTRY.bound_to_chat) == {
        *("undo:", "back:", "import:", "import:no:"),
        *("import:out:", "import:in:", "import:part:"),
    }


def test_offers_and_every_undo_below_a_message_outlive_a_tap() -> None:
    assert set(REGISTRY.outliving_a_tap) == {"undo:", "put:", "swap:", "out:"}


def test_any_other_string_is_of_no_button() -> None:
    assert [data for data in HOSTILE if REGISTRY.handler_of_tap(data)] == []
