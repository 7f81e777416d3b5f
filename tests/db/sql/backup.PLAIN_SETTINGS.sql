SELECT set_config(name, value, true)
FROM (
    VALUES ('statement_timeout', '0'), ('transaction_timeout', '0'),
        ('idle_in_transaction_session_timeout', '0'), ('row_security', 'off'), ('datestyle', 'ISO'),
        ('timezone', 'UTC')
) AS wanted (name, value)
WHERE current_setting(name, true) IS NOT NULL
