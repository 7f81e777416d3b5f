"""Sentences made of lots are understood exactly, and no text does what it does not name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.understanding.meaning import CHANGING, Act, Deed, Thing
from bot.understanding.names import Name, clean
from bot.understanding.parse import Knowledge, own_names, parse
from bot.understanding.written import written
from fridge.catalogue.catalogue import Ingredient, load_catalogue
from fridge.catalogue.normalise import normalise
from fridge.items import UNCATALOGUED, ItemKey
from fridge.lots import BARE, Amount, Lot, Place, Unit

TODAY: Final = date(2026, 12, 1)
CATALOGUE: Final = load_catalogue()
KNOWLEDGE: Final = Knowledge.of(CATALOGUE)
OWN: Final = ("서울우유", "할머니 소스", "Oatly", "grandma's sauce")
QUICK: Final = settings(max_examples=50, deadline=None, derandomize=True, database=None)

FOODS: Final = tuple(
    CATALOGUE.match(name)
    for name in (
        *("milk", "egg", "tofu", "butter", "kimchi", "onion", "chicken", "rice", "cheese", "bread"),
        *("apple", "pork belly", "orange juice", "green onion", "soy sauce", "yogurt", "carrot"),
    )
)
KOREAN_UNITS: Final = {
    Unit.PIECE: "개",
    Unit.GRAM: "g",
    Unit.MILLILITRE: "ml",
    Unit.PACK: "팩",
    Unit.BOTTLE: "병",
    Unit.CAN: "캔",
    Unit.BOX: "박스",
}
ENGLISH_UNITS: Final = {
    Unit.PIECE: "",
    Unit.GRAM: "g",
    Unit.MILLILITRE: "ml",
    Unit.PACK: " packs of",
    Unit.BOTTLE: " bottles of",
    Unit.CAN: " cans of",
    Unit.BOX: " boxes of",
}
KOREAN_PLACES: Final = {Place.FRIDGE: "냉장실", Place.FREEZER: "냉동실", Place.PANTRY: "찬장"}
ENGLISH_PLACES: Final = {Place.FREEZER: "freezer", Place.PANTRY: "cupboard"}

numbers = st.integers(2, 999).map(Decimal)
amounts = st.builds(Amount, numbers, st.sampled_from(list(KOREAN_UNITS)))
days = st.integers(0, 300).map(lambda number: TODAY + timedelta(number))
foods = st.sampled_from([food for food in FOODS if food])
maybe_days = st.none() | days


def as_thing(food: Ingredient, lot: Lot = BARE) -> tuple[ItemKey, Lot]:
    return ItemKey(food.id), lot


def read(text: str) -> Sequence[Deed]:
    found = parse(text, KNOWLEDGE, today=TODAY, own=own_names(OWN), month_first=False)
    assert not found.unread
    return found.deeds


def told(things: Sequence[Thing]) -> list[tuple[ItemKey, Lot]]:
    assert all(thing.is_known and not thing.date_unread for thing in things)
    return [(thing.name.key, thing.lot) for thing in things]


def korean(food: Ingredient, lot: Lot) -> str:
    """A food with its amount and date, as one says them."""
    parts = [food.ko]
    if lot.amount:
        parts.append(f"{lot.amount.number}{KOREAN_UNITS[lot.amount.unit]}")
    if lot.best_before:
        parts.append(f"{lot.best_before.month}월 {lot.best_before.day}일까지")
    return " ".join(parts)


def english(food: Ingredient, lot: Lot) -> str:
    """A food with its amount and date, as one says them."""
    amount = lot.amount
    before = f"{amount.number}{ENGLISH_UNITS[amount.unit]} " if amount else ""
    until = f" until {lot.best_before.day} {lot.best_before:%b}" if lot.best_before else ""
    return f"{before}{food.en}{until}"


KOREAN_PUTTING: Final = (
    "{} 샀어",
    "{} 넣어줘",
    "오늘 마트에서 {} 사왔어요",
    "{}",
    "{} 있음",
    "엄마가 {} 사오심",
)
KOREAN_TAKING: Final = (
    "{} 먹었어",
    "{} 썼어",
    "{} 빼줘",
    "아빠가 {} 먹음",
    "{} 버렸어",
    "어제 {} 썼음",
)
ENGLISH_PUTTING: Final = (
    *("bought {}", "add {}", "{}", "we got {} today", "picked up {} from tesco"),
    *("mum bought {}", "please add {}", "there is {} in the fridge"),
)
ENGLISH_TAKING: Final = (
    *("used {}", "remove {}", "I used {} for dinner", "threw out {}", "mum used {}"),
)


@QUICK
@given(st.sampled_from(KOREAN_PUTTING), foods, amounts, maybe_days)
def test_what_is_put_in_is_put_in_exactly_in_korean(
    sentence: str, food: Ingredient, amount: Amount, day: date | None
) -> None:
    lot = Lot(amount, day)

    [deed] = read(sentence.format(korean(food, lot)))

    assert deed.act is Act.PUT
    assert told(deed.things) == [as_thing(food, lot)]


@QUICK
@given(st.sampled_from(ENGLISH_PUTTING), foods, amounts, maybe_days)
def test_what_is_put_in_is_put_in_exactly_in_english(
    sentence: str, food: Ingredient, amount: Amount, day: date | None
) -> None:
    lot = Lot(amount, None if "{} " in sentence else day)

    [deed] = read(sentence.format(english(food, lot)))

    assert deed.act is Act.PUT
    assert told(deed.things) == [as_thing(food, lot)]


@QUICK
@given(st.sampled_from(KOREAN_TAKING), foods, amounts)
def test_what_is_taken_out_is_taken_out_exactly_in_korean(
    sentence: str, food: Ingredient, amount: Amount
) -> None:
    [deed] = read(sentence.format(korean(food, Lot(amount))))

    assert deed.act is Act.TAKE
    assert told(deed.things) == [as_thing(food, Lot(amount))]


@QUICK
@given(st.sampled_from(ENGLISH_TAKING), foods, amounts)
def test_what_is_taken_out_is_taken_out_exactly_in_english(
    sentence: str, food: Ingredient, amount: Amount
) -> None:
    [deed] = read(sentence.format(english(food, Lot(amount))))

    assert deed.act is Act.TAKE
    assert told(deed.things) == [as_thing(food, Lot(amount))]


@QUICK
@given(st.lists(st.tuples(foods, amounts), min_size=2, max_size=5, unique_by=lambda one: one[0].id))
def test_a_list_is_understood_thing_by_thing(listed: Sequence[tuple[Ingredient, Amount]]) -> None:
    wanted = [as_thing(food, Lot(amount)) for food, amount in listed]

    for text in (
        ", ".join(korean(food, Lot(amount)) for food, amount in listed) + " 샀어",
        "\n".join(f"- {korean(food, Lot(amount))}" for food, amount in listed),
        "bought " + ", ".join(english(food, Lot(amount)) for food, amount in listed),
        "\n".join(
            f"{n}. {english(food, Lot(amount))}" for n, (food, amount) in enumerate(listed, 1)
        ),
    ):
        [deed] = read(text)
        assert deed.act is Act.PUT
        assert told(deed.things) == wanted


@QUICK
@given(foods, foods, st.sampled_from(list(ENGLISH_PLACES)))
def test_each_place_is_that_of_its_own_food(
    one: Ingredient, other: Ingredient, place: Place
) -> None:
    wanted = [as_thing(one), as_thing(other, Lot(place=place))]
    if one is other:
        return

    for text in (
        f"{one.ko} 냉장고에 {other.ko} {KOREAN_PLACES[place]}에 넣었어",
        f"put {one.en} in the fridge and {other.en} in the {ENGLISH_PLACES[place]}",
    ):
        [deed] = read(text)
        assert told(deed.things) == wanted


@QUICK
@given(foods, amounts)
def test_what_is_left_is_left_exactly(food: Ingredient, amount: Amount) -> None:
    for text in (
        f"{korean(food, Lot(amount))} 남았어",
        f"only {english(food, Lot(amount))} left",
    ):
        [deed] = read(text)
        assert deed.act is Act.LEFT
        assert told(deed.things) == [as_thing(food, Lot(amount))]


@QUICK
@given(
    st.sampled_from(
        (
            *(
                "{} 안 먹었어",
                "{} 먹을까?",
                "{} 먹고 싶다",
                "{} 사면 좋겠다",
                "{} 먹었대",
                "{} 있어?",
            ),
            *("{} 먹으면 안 돼", "{} 버리지 마", "누가 {} 먹었어?", "내일 {} 먹을 거야"),
        )
    ),
    foods,
    amounts,
)
def test_a_negation_a_question_a_wish_or_a_plan_changes_nothing_in_korean(
    sentence: str, food: Ingredient, amount: Amount
) -> None:
    deeds = read(sentence.format(korean(food, Lot(amount))))

    assert not any(deed.act in CHANGING for deed in deeds)


@QUICK
@given(
    st.sampled_from(
        (
            *("didn't eat {}", "shall we eat {}?", "I wish we had {}", "if we had {}"),
            *("did you buy {}?", "don't throw out {}", "going to use {} tomorrow"),
            *("apparently mum ate {}", "who ate {}?", "we might buy {}"),
        )
    ),
    foods,
    amounts,
)
def test_a_negation_a_question_a_wish_or_a_plan_changes_nothing_in_english(
    sentence: str, food: Ingredient, amount: Amount
) -> None:
    deeds = read(sentence.format(english(food, Lot(amount))))

    assert not any(deed.act in CHANGING for deed in deeds)


names = st.one_of(
    foods.flatmap(lambda food: st.sampled_from(food.names)).map(
        lambda name: Name(name, CATALOGUE.match(name), _key(name))
    ),
    st.sampled_from(OWN).map(lambda name: Name(name, None, ItemKey(UNCATALOGUED, normalise(name)))),
)


def _key(name: str) -> ItemKey:
    ingredient = CATALOGUE.match(name)
    return ItemKey(ingredient.id) if ingredient else ItemKey(UNCATALOGUED, normalise(name))


lots = st.builds(
    Lot,
    st.none()
    | st.builds(
        Amount,
        st.decimals("0.001", "99999", places=3).filter(bool),
        st.sampled_from(list(Unit)),
    ),
    st.none() | st.dates(TODAY, date(2029, 12, 31)),
    st.none() | st.sampled_from(list(Place)),
    st.just(""),
)


@QUICK
@given(names, lots)
@example(Name("Oatly", None, ItemKey(UNCATALOGUED, "oatly")), Lot(Amount(Decimal("0.001"))))
def test_what_is_written_is_read_as_the_same_and_written_the_same_again(
    name: Name, lot: Lot
) -> None:
    text = written(name, lot)

    [deed] = read(f"/add {text}")
    [thing] = deed.things

    assert deed.act is Act.PUT
    assert (thing.name.key, thing.lot) == (name.key, lot)
    assert written(thing.name, thing.lot) == text


WORDS: Final = st.sampled_from(
    (
        *("우유", "계란", "milk", "eggs", "서울우유", "2", "3개", "1.5kg", "half", "반", "12/24"),
        *("다", "안", "까지", "먹었어", "샀어", "없어", "넣고", "남았어", "랑", "냉동실에", "말고"),
        *("bought", "ate", "used", "no", "not", "left", "the", "of", "and", "in the freezer"),
        *(",", "\n", "?", ".", "but", "zorgle", "모르는말", "remove", "빼줘", "아니", "중에"),
        *("instead of", "everything"),
    )
)
ANYTHING: Final = st.one_of(
    st.lists(WORDS, max_size=14).map(" ".join), st.text(max_size=60), st.lists(WORDS).map("".join)
)


@QUICK
@given(ANYTHING)
@example("계란 2개 먹었어")
def test_nothing_changes_that_is_not_named_in_the_text(text: str) -> None:
    for deed in parse(text, KNOWLEDGE, today=TODAY, own=own_names(OWN)).deeds:
        if deed.act not in CHANGING:
            continue
        if not deed.things:
            assert deed.everything or deed.fix
        for thing in (*deed.things, *deed.instead_of):
            said = normalise(clean(text))
            spellings = (thing.name.ingredient.names if thing.name.ingredient else ()) or ()
            forms = {normalise(one) for one in (thing.name.typed, *spellings)}
            assert any(form in said or form.rstrip("s") in said for form in forms)


@QUICK
@given(ANYTHING)
def test_taking_out_never_asks_for_less_than_nothing(text: str) -> None:
    for deed in parse(text, KNOWLEDGE, today=TODAY, own=own_names(OWN)).deeds:
        if deed.act is not Act.TAKE:
            continue
        for thing in deed.things:
            assert thing.share is None or 0 < thing.share <= 1
            assert thing.lot.amount is None or thing.lot.amount.number > 0
            assert not (thing.share is not None and thing.lot.amount)


@QUICK
@given(ANYTHING)
def test_a_thing_of_any_text_is_written_and_read_as_the_same(text: str) -> None:
    for deed in parse(text, KNOWLEDGE, today=TODAY, own=own_names(OWN)).deeds:
        if deed.act not in CHANGING or deed.is_order:
            continue
        for thing in deed.things:
            if not thing.is_known or thing.share is not None:
                continue
            lot = replace(thing.lot, note="")
            [again] = read(f"/add {written(thing.name, lot)}")[0].things
            assert (again.name.key, again.lot) == (thing.name.key, lot)
