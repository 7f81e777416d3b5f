INSERT INTO chat_settings AS stored (chat_id, language, time_zone, warnings)
VALUES (:chat_id, :language, :time_zone, :warnings)
ON CONFLICT (chat_id) DO UPDATE SET language = coalesce(stored.language, excluded.language),
    time_zone = coalesce(stored.time_zone, excluded.time_zone),
    warnings = coalesce(stored.warnings, excluded.warnings)
