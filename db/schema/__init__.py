"""The tables: models, migrations, and their distribution over Citus.

No queries of repositories, only the condition of a live session, which several repositories share.
"""
