"""The tables: models, migrations, and their distribution over Citus.

No queries of repositories, only pieces of SQL that several repositories share: the condition of a
live session, and the columns and keys of lots.
"""
