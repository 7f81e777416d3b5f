SELECT to_regclass('database_owner') IS NOT NULL
