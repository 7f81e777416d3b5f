"""The playground's people and their group."""

from local_telegram.telegram import LocalTelegram

GROUP_ID = -4001


def add_sample_people(telegram: LocalTelegram) -> None:
    """Add a Korean speaker, an English speaker, an admin, and their group."""
    minji = telegram.add_person(1001, "민지", "ko", "minji")
    emma = telegram.add_person(1002, "Emma", "en", "emma")
    sora = telegram.add_person(1003, "Sora", "ko", "admin", is_admin=True)
    telegram.add_group(GROUP_ID, "우리 집 · Home", [minji, emma, sora])
