SELECT chosen.language, chosen.time_zone, chosen.warnings,
    (SELECT language FROM user_fridge_sessions WHERE chat_id = :chat_id) AS session_language
FROM (SELECT true) AS always
LEFT JOIN chat_settings AS chosen
    ON chosen.chat_id = :chat_id
