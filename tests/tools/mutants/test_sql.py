import pytest

from tools.mutants.sql import careless_edits


def edited(literal: str) -> set[str]:
    return {edit.of(literal) for edit in careless_edits(literal)}


def test_each_condition_is_lost() -> None:
    assert edited('"DELETE FROM notes WHERE chat_id = :chat AND (read OR spam) RETURNING id"') == {
        '"DELETE FROM notes WHERE true AND (read OR spam) RETURNING id"',
        '"DELETE FROM notes WHERE chat_id = :chat AND true RETURNING id"',
        '"DELETE FROM notes WHERE chat_id = :chat AND (false OR spam) RETURNING id"',
        '"DELETE FROM notes WHERE chat_id = :chat AND (read OR false) RETURNING id"',
    }


def test_of_two_values_only_one_is_taken() -> None:
    assert edited('"UPDATE notes SET seen = greatest(seen, coalesce(:now, made))"') == {
        '"UPDATE notes SET seen = seen"',
        '"UPDATE notes SET seen = coalesce(:now, made)"',
        '"UPDATE notes SET seen = greatest(seen, :now)"',
        '"UPDATE notes SET seen = greatest(seen, made)"',
    }


def test_an_assignment_of_several_is_lost() -> None:
    assert edited('"UPDATE notes SET seen = :now, uses = uses + 1 FROM old"') == {
        '"UPDATE notes SET uses = uses + 1 FROM old"',
        '"UPDATE notes SET seen = :now FROM old"',
        '"UPDATE notes SET seen = :now, uses = uses FROM old"',
    }


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("SELECT a <= b", "SELECT a < b"),
        ("SELECT a < b", "SELECT a <= b"),
        ("SELECT a >= b", "SELECT a > b"),
        ("SELECT a > b", "SELECT a >= b"),
        ("SELECT a <> b", "SELECT a = b"),
        ("SELECT a IS NULL", "SELECT a IS NOT NULL"),
        ("SELECT a IS NOT NULL", "SELECT a IS NULL"),
        ("SELECT NOT a", "SELECT a"),
        ("SELECT DISTINCT a", "SELECT a"),
    ],
)
def test_an_operator_is_the_wrong_one(right: str, wrong: str) -> None:
    assert edited(f'"{right}"') == {f'"{wrong}"'}


def test_an_order_and_a_limit_are_lost() -> None:
    assert edited('"SELECT a FROM notes ORDER BY a DESC LIMIT 1"') == {
        '"SELECT a FROM notes LIMIT 1"',
        '"SELECT a FROM notes ORDER BY a DESC"',
        '"SELECT a FROM notes ORDER BY a LIMIT 1"',
    }


def test_a_case_takes_the_same_branch_always() -> None:
    assert edited('"SELECT CASE WHEN live THEN a ELSE b END"') == {
        '"SELECT CASE WHEN true THEN a ELSE b END"',
        '"SELECT CASE WHEN false THEN a ELSE b END"',
    }


def test_what_braces_and_quotes_hold_is_part_of_a_condition() -> None:
    literal = """f"SELECT 1 WHERE {LIVE.format('a, b')} AND kind = ' AND '" """.strip()

    assert edited(literal) == {
        """f"SELECT 1 WHERE true AND kind = ' AND '" """.strip(),
        """f"SELECT 1 WHERE {LIVE.format('a, b')} AND true" """.strip(),
    }


def test_other_strings_stay() -> None:
    assert edited('"a > b, or else"') == set()
