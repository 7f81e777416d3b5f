import pytest
from pydantic import ValidationError

from db.fridges.statements.keep import RecordedKeep
from db.fridges.statements.remove import RecordedRemove

OUTCOME = {
    "held": 2,
    "removed_ids": [0],
    "removed_keys": ["grandma's soup"],
    "removed_names": ["Grandma's soup"],
    "removed_times": ["2026-03-01T12:00:00+00:00"],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"held": "2"},
        {"held": True},
        {"held": None},
        {"removed_ids": ["0"]},
        {"removed_keys": [0]},
        {"removed_keys": "grandma's soup"},
    ],
    ids=str,
)
def test_an_outcome_of_another_form_is_refused_without_what_people_typed(
    wrong: dict[str, object],
) -> None:
    with pytest.raises(ValidationError) as caught:
        RecordedRemove.model_validate(OUTCOME | wrong)

    assert "soup" not in str(caught.value)


def test_a_field_that_is_missing_is_refused() -> None:
    with pytest.raises(ValidationError):
        RecordedRemove.model_validate({name: OUTCOME[name] for name in OUTCOME.keys() - {"held"}})


def test_a_time_without_a_zone_is_refused() -> None:
    times = {"expires_at": "2026-03-01T12:00:00", "last_accessed": None}

    with pytest.raises(ValidationError):
        RecordedKeep.model_validate({"held": 1} | times)
