"""The headings of the categories in a list."""

from collections.abc import Mapping
from functools import cache

from bot.locale.language import Language


@cache
def category_names(language: Language) -> Mapping[str, str]:
    """Return the heading of each category of the catalogue."""
    return {
        "vegetables": language.gettext("Vegetables"),
        "mushrooms": language.gettext("Mushrooms"),
        "fruit": language.gettext("Fruit"),
        "meat": language.gettext("Meat"),
        "seafood": language.gettext("Fish and seafood"),
        "dairy_eggs": language.gettext("Eggs and dairy"),
        "tofu_beans": language.gettext("Tofu and beans"),
        "kimchi_banchan": language.gettext("Kimchi and side dishes"),
        "ready_made": language.gettext("Ready-made food"),
        "bread": language.gettext("Bread"),
        "grains": language.gettext("Rice, grains and flour"),
        "noodles": language.gettext("Noodles and pasta"),
        "sauces": language.gettext("Sauces and pastes"),
        "spices": language.gettext("Herbs and spices"),
        "oils": language.gettext("Oil and vinegar"),
        "nuts": language.gettext("Nuts and seeds"),
        "snacks": language.gettext("Snacks and sweets"),
        "drinks": language.gettext("Drinks"),
        "other": language.gettext("Other things"),
    }
