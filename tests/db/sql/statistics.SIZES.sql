SELECT pg_relation_size('user_fridge_sessions') AS session_bytes,
    pg_database_size(current_database()) AS database_bytes
