from tests.db.expanded_sql import RENEW, expanded, laid_out, stored


def test_every_statement_is_as_it_was_reviewed() -> None:
    assert stored() == expanded(), (
        f"The SQL of statements has changed. If it was meant to, run `{RENEW}`, and commit the "
        "files in tests/db/sql: their difference is what a reviewer reads."
    )


def test_the_layout_depends_on_the_words_alone() -> None:
    for sql in expanded().values():
        assert laid_out(sql) == sql
        assert laid_out(" ".join(sql.split())) == sql
