import re
import unicodedata
from importlib.resources import files

import pytest

from fridge.catalogue.catalogue import CATEGORIES, Catalogue, Ingredient, load_catalogue
from fridge.catalogue.keeping import Keeping
from fridge.catalogue.normalise import normalise
from fridge.lots import Place

IN_THE_FRIDGE = Keeping(Place.FRIDGE, fridge=7)
MILK = Ingredient(
    1, "dairy_eggs", "🥛", "우유", "milk", IN_THE_FRIDGE, ("흰우유",), ("whole milk",)
)
EGG = Ingredient(2, "dairy_eggs", "🥚", "계란", "egg", IN_THE_FRIDGE, ("달걀",), ())


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def has_hangul(text: str) -> bool:
    return any("가" <= character <= "힣" for character in text)


def korean_of(catalogue: Catalogue, name: str) -> str | None:
    ingredient = catalogue.match(name)
    return ingredient.ko if ingredient else None


def test_the_catalogue_has_at_least_500_ingredients(catalogue: Catalogue) -> None:
    assert len(catalogue.ingredients) >= 500


def test_no_name_or_alias_is_claimed_twice_in_either_language(catalogue: Catalogue) -> None:
    claims: dict[str, list[str]] = {}
    for ingredient in catalogue.ingredients:
        for name in (
            ingredient.ko,
            ingredient.en,
            *ingredient.ko_aliases,
            *ingredient.en_aliases,
        ):
            claims.setdefault(normalise(name), []).append(f"{ingredient.id} {name}")

    assert [claimants for claimants in claims.values() if len(claimants) > 1] == []


def test_the_ids_are_unique_and_leave_0_to_unknown_names(catalogue: Catalogue) -> None:
    ids = [ingredient.id for ingredient in catalogue.ingredients]

    assert min(ids) == 1
    assert len(set(ids)) == len(ids)


def test_every_line_of_the_file_is_one_ingredient(catalogue: Catalogue) -> None:
    content = files("fridge.catalogue").joinpath("ingredients.csv").read_bytes().decode()
    comments, columns, lines = content.partition(
        "\nid,category,emoji,ko,en,place,fridge,freezer,pantry,ko_aliases,en_aliases\n"
    )

    assert "\r" not in content
    assert columns
    assert all(line.startswith("#") for line in comments.splitlines())
    assert lines.count("\n") == len(catalogue.ingredients)


def test_the_file_names_the_sources_of_its_days() -> None:
    content = files("fridge.catalogue").joinpath("ingredients.csv").read_text(encoding="utf-8")

    for source in ("FoodKeeper", "Food Standards Agency", "WRAP", "소비기한 참고값"):
        assert source in content


@pytest.mark.parametrize(
    ("number", "korean"),
    [(1, "채소"), (298, "소간"), (494, "우유"), (553, "두부"), (1379, "참치액")],
)
def test_an_id_means_the_same_ingredient_for_ever(
    catalogue: Catalogue, number: int, korean: str
) -> None:
    ingredient = catalogue.find(number)

    assert ingredient is not None
    assert ingredient.ko == korean


def test_every_text_is_present_and_clean(catalogue: Catalogue) -> None:
    for ingredient in catalogue.ingredients:
        for text in (ingredient.emoji, *ingredient.names):
            assert text, ingredient
            assert text == " ".join(text.split()), ingredient
            assert text == unicodedata.normalize("NFC", text), ingredient
            assert normalise(text), ingredient


def test_names_are_short_enough_to_be_typed(catalogue: Catalogue) -> None:
    names = [name for ingredient in catalogue.ingredients for name in ingredient.names]

    assert max(len(name) for name in names) <= 64


def test_korean_names_are_written_in_hangul_and_english_names_are_not(
    catalogue: Catalogue,
) -> None:
    for ingredient in catalogue.ingredients:
        assert all(map(has_hangul, (ingredient.ko, *ingredient.ko_aliases))), ingredient
        assert not any(map(has_hangul, (ingredient.en, *ingredient.en_aliases))), ingredient


def test_an_emoji_is_a_picture_and_not_a_letter(catalogue: Catalogue) -> None:
    for ingredient in catalogue.ingredients:
        assert unicodedata.category(ingredient.emoji[0]) == "So", ingredient


def test_the_categories_are_all_used_and_in_the_order_of_the_list(catalogue: Catalogue) -> None:
    used = dict.fromkeys(ingredient.category for ingredient in catalogue.ingredients)

    assert set(used) == set(CATEGORIES)
    assert len(set(CATEGORIES)) == len(CATEGORIES)


def test_every_name_finds_its_own_ingredient(catalogue: Catalogue) -> None:
    for ingredient in catalogue.ingredients:
        for name in ingredient.names:
            assert catalogue.match(name) is ingredient


@pytest.mark.parametrize(
    ("typed", "korean", "english"),
    [
        ("우유", "우유", "milk"),
        (" MILK ", "우유", "milk"),
        ("달걀", "계란", "egg"),
        ("eggs", "계란", "egg"),
        ("두부", "두부", "tofu"),
        ("bean curd", "두부", "tofu"),
        ("파", "대파", "green onion"),
        ("scallions", "대파", "green onion"),
        ("spring onion", "대파", "green onion"),
        ("쇠고기", "소고기", "beef"),
        ("돼지 고기", "돼지고기", "pork"),
        ("후춧가루", "후추", "black pepper"),
        ("aubergines", "가지", "eggplant"),
        ("courgette", "주키니호박", "zucchini"),
        ("aehobak", "애호박", "Korean zucchini"),
        ("coriander leaves", "고수", "cilantro"),
        ("kochujang", "고추장", "gochujang"),
        ("jalapeno", "할라피뇨", "jalapeño"),
        ("tomatoes", "토마토", "tomato"),
        ("strawberries", "딸기", "strawberry"),
        ("bay leaves", "월계수잎", "bay leaf"),
        ("creme fraiche", "크렘프레슈", "crème fraîche"),
        ("찬밥", "남은 밥", "leftover rice"),
        ("crisps", "감자칩", "potato chips"),
        ("cookies", "쿠키", "cookie"),
    ],
)
def test_a_name_as_people_type_it_finds_the_ingredient(
    catalogue: Catalogue, typed: str, korean: str, english: str
) -> None:
    ingredient = catalogue.match(typed)

    assert ingredient is not None
    assert (ingredient.ko, ingredient.en) == (korean, english)


@pytest.mark.parametrize(
    "names",
    [
        ("대파", "쪽파", "실파", "부추", "양파", "차이브", "리크"),
        ("고구마", "고구마전분", "고구마순"),
        ("감자", "감자전분", "돼지감자"),
        ("두부", "찌개용 두부", "순두부", "연두부", "유부"),
        ("간장", "진간장", "국간장", "양조간장"),
        ("멸치액젓", "까나리액젓", "피시소스", "멸치젓"),
        ("고추", "풋고추", "청양고추", "홍고추", "꽈리고추", "오이고추", "건고추", "고춧가루"),
        ("돼지고기", "삼겹살", "목살", "앞다리살", "뒷다리살", "항정살"),
        ("소고기", "소고기 등심", "소고기 안심", "양지", "사태", "차돌박이"),
        ("애호박", "주키니호박", "단호박", "늙은 호박"),
        ("배추", "양배추", "알배추", "배추김치"),
        ("무", "왜무", "총각무", "열무", "래디시"),
        ("콩나물", "숙주"),
        ("요거트", "요구르트", "그릭요거트"),
        ("쌀", "현미", "찹쌀", "쌀가루", "찹쌀가루", "밥"),
        ("깻잎", "들깨", "들기름", "참기름"),
        ("cilantro", "coriander seeds", "parsley"),
        ("pepper", "bell pepper", "chili pepper", "paprika"),
        ("red pepper", "red chili", "red pepper flakes"),
        ("pear", "Asian pear"),
        ("anchovy", "dried anchovy", "anchovy fish sauce"),
        ("black beans", "black soybeans"),
        ("corn flour", "cornmeal", "corn"),
        ("baking soda", "baking powder", "soda"),
        ("cider", "apple juice", "apple cider vinegar", "사이다"),
        ("chips", "fries"),
        ("cream", "sour cream", "cream cheese", "ice cream"),
    ],
)
def test_what_cooks_keep_apart_stays_apart(catalogue: Catalogue, names: tuple[str, ...]) -> None:
    found = [catalogue.match(name) for name in names]

    assert None not in found
    assert len({ingredient.id for ingredient in found if ingredient}) == len(names)


@pytest.mark.parametrize("name", ["", " ", "고구마맛탕소스", "milkk", "우유곽", "unicorn", "🦄"])
def test_a_name_that_is_only_similar_or_unheard_of_finds_nothing(
    catalogue: Catalogue, name: str
) -> None:
    assert catalogue.match(name) is None


@pytest.mark.parametrize(
    ("plural", "meant", "singular", "other"),
    [
        ("peppers", "파프리카", "pepper", "후추"),
        ("tots", "테이터 토츠", "tot", None),
        ("baps", "모닝빵", "bap", "밥"),
        ("mints", "박하사탕", "mint", "민트"),
    ],
)
def test_a_plural_that_means_another_thing_is_not_its_singular(
    catalogue: Catalogue, plural: str, meant: str, singular: str, other: str | None
) -> None:
    assert korean_of(catalogue, plural) == meant
    assert korean_of(catalogue, singular) == other


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("김장김치", "김장김치"),
        ("sour kimchi", "신김치"),
        ("shredded cheese", "슈레드치즈"),
        ("grated cheese", "슈레드치즈"),
        ("슈레드치즈", "슈레드치즈"),
        ("hot wings", "핫윙"),
        ("pork rinds", "돼지껍데기 과자"),
        ("fiddleheads", "청나래고사리"),
        ("quince", "퀸스"),
        ("sole", "서대"),
        ("plaice", "플레이스"),
        ("red snapper", "붉은퉁돔"),
        ("amberjack", "잿방어"),
        ("smelt", "빙어"),
        ("쥐치", "쥐치"),
        ("밴댕이", "밴댕이"),
        ("홍게", "홍게"),
        ("yuba", "유바"),
        ("vegan butter", "식물성 버터"),
        ("Vegemite", "베지마이트"),
        ("포키", "포키"),
        ("꽈배기", "꽈배기"),
        ("크로플", "크로플"),
        ("éclair", "에클레르"),
        ("taco shells", "타코쉘"),
        ("artichoke hearts", "아티초크 절임"),
        ("whipped cream", "스프레이 휘핑크림"),
        ("로제소스", "로제소스"),
        ("white sauce", "화이트소스"),
        ("black bean sauce", "더우츠소스"),
        ("vegetarian oyster sauce", "채식 굴소스"),
        ("cocktail onions", "양파피클"),
        ("제로사이다", "제로사이다"),
        ("돼지고기 장조림", "돼지고기 장조림"),
        ("돼지갈비찜", "돼지갈비찜"),
        ("돼지막창", "돼지막창"),
        ("주꾸미볶음", "주꾸미볶음"),
        ("닭곰탕", "닭곰탕"),
        ("오만둥이", "오만둥이"),
        ("frozen mango", "냉동망고"),
        ("냉동딸기", "냉동딸기"),
    ],
)
def test_a_name_of_another_thing_is_no_alias(catalogue: Catalogue, name: str, meant: str) -> None:
    assert korean_of(catalogue, name) == meant


@pytest.mark.parametrize(
    ("generic", "kinds"),
    [
        ("간", ("소간", "돼지간", "닭간")),
        ("liver", ("beef liver", "pork liver", "chicken liver")),
        ("yam", ("Chinese yam",)),
        ("묵", ("도토리묵", "청포묵", "메밀묵")),
        ("무김치", ("깍두기", "총각김치")),
        ("게장", ("간장게장", "양념게장")),
        ("pickled radish", ("치킨무", "단무지", "쌈무")),
        ("부각", ("김부각",)),
        ("tart", ("egg tart",)),
        ("pasta salad", ("macaroni salad",)),
        ("canned fruit", ("fruit cocktail",)),
        ("런천미트", ("스팸",)),
        ("영양제", ("비타민",)),
        ("에이드", ("lemonade",)),
    ],
)
def test_a_generic_word_is_not_given_to_one_kind(
    catalogue: Catalogue, generic: str, kinds: tuple[str, ...]
) -> None:
    meant = korean_of(catalogue, generic)

    assert meant is not None
    assert meant not in {korean_of(catalogue, kind) for kind in kinds}


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("냉동새우", "새우"),
        ("frozen pizza", "pizza"),
        ("건고사리", "고사리"),
        ("생대추", "대추"),
        ("물미역", "미역"),
        ("반건조 오징어", "마른오징어"),
        ("dried thyme", "thyme"),
        ("fresh pasta", "pasta"),
        ("fresh yeast", "yeast"),
        ("smoked haddock", "haddock"),
        ("smoked paprika", "paprika"),
        ("cooked shrimp", "shrimp"),
        ("cooked prawns", "peeled shrimp"),
        ("장어구이", "장어"),
        ("삶은 메추리알", "메추리알"),
        ("canned crab", "crab meat"),
        ("냉동모유", "모유"),
    ],
)
def test_a_word_that_changes_how_a_thing_keeps_is_not_lost(
    catalogue: Catalogue, typed: str, plain: str
) -> None:
    assert korean_of(catalogue, typed) not in {None, korean_of(catalogue, plain)}


@pytest.mark.parametrize(
    "name",
    [
        "leftover chicken",
        "남은 치킨",
        "leftover pizza",
        "남은 국",
        "남은 찌개",
        "남은 카레",
        "남은 잡채",
    ],
)
def test_leftovers_of_a_dish_are_not_the_dish(catalogue: Catalogue, name: str) -> None:
    assert catalogue.match(name) is None


def test_only_leftovers_have_names_that_say_so(catalogue: Catalogue) -> None:
    left = re.compile(r"남은|leftover")

    assert {one.ko for one in catalogue.ingredients for name in one.names if left.search(name)} == {
        "남은 음식",
        "남은 밥",
    }


def test_no_alias_says_where_a_thing_grew_or_how(catalogue: Catalogue) -> None:
    said = re.compile(r"국산|국내산|수입산|유기농|무농약|\borganic\b")

    assert [name for one in catalogue.ingredients for name in one.names if said.search(name)] == []


@pytest.mark.parametrize(
    ("name", "korean", "english"),
    [
        ("insulin", "인슐린", "insulin"),
        ("인슐린", "인슐린", "insulin"),
        ("eye drops", "안약", "eye drops"),
        ("시럽약", "물약", "liquid medicine"),
        ("한약재", "한약재", "medicinal herbs"),
    ],
)
def test_medicine_keeps_its_name(
    catalogue: Catalogue, name: str, korean: str, english: str
) -> None:
    ingredient = catalogue.match(name)

    assert ingredient is not None
    assert (ingredient.ko, ingredient.en) == (korean, english)


@pytest.mark.parametrize("word", ["oi", "moo", "bae", "hoe", "pa", "pat", "tot", "bam", "Kim"])
def test_an_english_word_is_no_korean_food_in_latin_letters(
    catalogue: Catalogue, word: str
) -> None:
    assert catalogue.match(word) is None


@pytest.mark.parametrize(
    "name", ["두부", "순두부", "유부", "유바", "묵", "도토리묵", "우무", "곤약"]
)
def test_what_is_no_bean_has_no_beans_beside_its_name(catalogue: Catalogue, name: str) -> None:
    ingredient = catalogue.match(name)

    assert ingredient is not None
    assert ingredient.emoji != "🫘"


def test_plant_based_meat_has_no_meat_beside_its_name(catalogue: Catalogue) -> None:
    ingredient = catalogue.match("콩고기")

    assert ingredient is not None
    assert ingredient.emoji != "🥩"


@pytest.mark.parametrize(
    ("emoji", "korean"),
    [
        ("🥛", "우유"),
        ("🧅", "양파"),
        ("🥑", "아보카도"),
        ("🥕", "당근"),
        ("🧄", "마늘"),
        ("🥚", "계란"),
        ("🍋‍🟩", "라임"),
        ("🌶️", "고추"),
        ("🌶", "고추"),
        ("🫘", "콩"),
        ("🫚", "생강"),
        ("🍠", "군고구마"),
    ],
)
def test_an_emoji_that_is_named_for_a_food_means_it(
    catalogue: Catalogue, emoji: str, korean: str
) -> None:
    assert korean_of(catalogue, emoji) == korean


@pytest.mark.parametrize("emoji", ["🍐", "🥬", "🎂", "🥂", "🧊", "👍", "🐟", "🍽️"])
def test_an_emoji_that_may_mean_something_else_means_no_food(
    catalogue: Catalogue, emoji: str
) -> None:
    assert catalogue.match(emoji) is None


def test_an_emoji_of_an_unknown_ingredient_is_refused() -> None:
    with pytest.raises(ValueError, match="no ingredient '두부' for 🫘"):
        Catalogue([MILK], [("🫘", "두부")])


def test_an_emoji_with_two_meanings_is_refused() -> None:
    with pytest.raises(ValueError, match="🥛 is claimed twice"):
        Catalogue([MILK, EGG], [("🥛", "우유"), ("🥛", "계란")])


def test_two_ingredients_with_one_name_are_refused_and_both_named() -> None:
    impostor = Ingredient(
        3, "drinks", "🥛", "흰 음료", "white drink", IN_THE_FRIDGE, (), ("Whole Milks",)
    )

    with pytest.raises(ValueError, match=r"'Whole Milks'.*1 \(우유, milk\) and 3 \(흰 음료"):
        Catalogue([MILK, EGG, impostor])


def test_two_ingredients_with_one_id_are_refused_and_both_named() -> None:
    impostor = Ingredient(1, "drinks", "🥤", "콜라", "cola", IN_THE_FRIDGE, (), ())

    with pytest.raises(ValueError, match=r"the same id: 1 \(우유, milk\) and 1 \(콜라, cola\)"):
        Catalogue([MILK, EGG, impostor])


def test_an_alias_that_says_the_name_again_is_refused() -> None:
    repetitive = Ingredient(1, "fruit", "🍎", "사과", "apple", IN_THE_FRIDGE, (), ("Apples",))

    with pytest.raises(ValueError, match="'Apples' is claimed twice"):
        Catalogue([repetitive])


@pytest.mark.parametrize(
    ("ingredient", "complaint"),
    [
        (
            Ingredient(0, "fruit", "🍎", "사과", "apple", IN_THE_FRIDGE, (), ()),
            r"id below 1: 0 \(사과, apple\)",
        ),
        (
            Ingredient(1, "fruits", "🍎", "사과", "apple", IN_THE_FRIDGE, (), ()),
            r"unknown category: 1 \(사과, ",
        ),
        (
            Ingredient(1, "fruit", "🍎", "사과", "--", IN_THE_FRIDGE, (), ()),
            r"empty name: 1 \(사과, --\)",
        ),
    ],
)
def test_an_ingredient_that_can_not_be_is_refused(ingredient: Ingredient, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Catalogue([ingredient])


def test_an_ingredient_is_found_by_its_id() -> None:
    catalogue = Catalogue([MILK, EGG])

    assert [catalogue.find(number) for number in (1, 2, 3)] == [MILK, EGG, None]
