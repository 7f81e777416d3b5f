-- Distributes the migrated schema over a Citus cluster.
--
-- 1. Create the extension and add the workers, as Citus' documentation says.
-- 2. Let the bot build its tables: start it once with the coordinator in DATABASE_URL, and stop it.
-- 3. With no bot running:
--
--        psql --set ON_ERROR_STOP=1 --file db/schema/citus.sql "$DATABASE_URL"
--
--    Not with --single-transaction. Each step is independent, and skips a table that is distributed
--    already: run the file again if a run was interrupted, and after an update of the bot that has
--    new tables.
-- 4. Start the bots, each with the coordinator in DATABASE_URL.
--
-- The tables of chats are distributed by chat_id and colocated, so that all rows of a chat are on
-- one node. The catalogue is a reference table: every node has it, to join with. `job_runs`,
-- `database_owner` and `alembic_version` stay tables of the coordinator, to which the bots connect
-- anyway: no statement joins them with another table, and as a reference table `job_runs` would take
-- a commit on every node to claim a minute.
--
-- The number of shards is citus.shard_count, 32 unless it is set before. Citus copies the rows of the
-- tables into the shards; the rows that stay on the coordinator are not visible any more, and
-- truncate_local_data_after_distributing_table('…') frees their space.
--
-- docs/decisions/0019-what-citus-takes.md has the rules that the statements keep.

-- Citus hides the shards from clients by a check in every scan of pg_class. The look-up of types that
-- each new connection of the bot begins with scans it so often that it took 0.3 to 1.9 seconds. It
-- takes 3 to 5 milliseconds without the check. Connections that are open already keep the check.
DO $$
BEGIN
    EXECUTE format(
        'ALTER DATABASE %I SET citus.override_table_visibility = off', current_database()
    );
END
$$;

-- A foreign key is refused until both of its tables are distributed.
ALTER TABLE user_fridge_ingredients
    DROP CONSTRAINT IF EXISTS fk_user_fridge_ingredients_chat_id;
ALTER TABLE user_fridge_ingredients
    DROP CONSTRAINT IF EXISTS fk_user_fridge_ingredients_ingredient_id;

SELECT create_reference_table('ingredients')
WHERE 'ingredients'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table('user_fridge_sessions', 'chat_id', colocate_with => 'none')
WHERE 'user_fridge_sessions'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table(
    'user_fridge_ingredients', 'chat_id', colocate_with => 'user_fridge_sessions'
)
WHERE 'user_fridge_ingredients'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table(
    'chat_settings', 'chat_id', colocate_with => 'user_fridge_sessions'
)
WHERE 'chat_settings'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table(
    'expiry_warnings', 'chat_id', colocate_with => 'user_fridge_sessions'
)
WHERE 'expiry_warnings'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table(
    'unreachable_chats', 'chat_id', colocate_with => 'user_fridge_sessions'
)
WHERE 'unreachable_chats'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table(
    'handled_requests', 'chat_id', colocate_with => 'user_fridge_sessions'
)
WHERE 'handled_requests'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table(
    'waiting_updates', 'chat_id', colocate_with => 'user_fridge_sessions'
)
WHERE 'waiting_updates'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

SELECT create_distributed_table(
    'failed_updates', 'chat_id', colocate_with => 'user_fridge_sessions'
)
WHERE 'failed_updates'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition);

ALTER TABLE user_fridge_ingredients
    ADD CONSTRAINT fk_user_fridge_ingredients_chat_id
    FOREIGN KEY (chat_id) REFERENCES user_fridge_sessions (chat_id) ON DELETE CASCADE;
ALTER TABLE user_fridge_ingredients
    ADD CONSTRAINT fk_user_fridge_ingredients_ingredient_id
    FOREIGN KEY (ingredient_id) REFERENCES ingredients (ingredient_id);

-- The workers call it where the extend job writes the expiry.
SELECT create_distributed_function('session_expiry(timestamptz, double precision)');
