"""The statements on fridges, each whole in its module; `shared` has the pieces of several.

A statement is one atomic step: it finds the session, changes what the fridge holds, records the
outcome for the request, and returns the outcome. Its text reads from top to bottom as a list of
CTEs; `tests/db/sql` has it with the shared pieces written out.

PostgreSQL runs the CTEs of a statement on one snapshot: none sees what another changes. Citus runs
them one after the other, each on a snapshot of its own: a later CTE sees what earlier ones changed,
and what other statements changed meanwhile. So no CTE reads a table that a CTE above it changes,
and each decision is made once, in a CTE that the others read.
"""
