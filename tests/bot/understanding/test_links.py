"""What a link brings along."""

from base64 import urlsafe_b64encode

import pytest

from bot.understanding.links import linked_names


@pytest.mark.parametrize(
    ("parameter", "names"),
    [
        ("add_milk", "milk"),
        ("add_milk_soy-sauce", "milk, soy sauce"),
        (f"add64_{urlsafe_b64encode('우유, 계란'.encode()).decode().rstrip('=')}", "우유, 계란"),
        (f"add64_{urlsafe_b64encode(b'milk').decode()}", "milk"),
        ("add64_/w", ""),
        ("add64__w", ""),
        ("add64_a", ""),
        ("add64_", ""),
        ("add_", ""),
        ("true", ""),
        ("", ""),
    ],
)
def test_a_link_names_things(parameter: str, names: str) -> None:
    assert linked_names(parameter) == names
