(SELECT chat_id FROM user_fridge_sessions ORDER BY chat_id LIMIT 1)
UNION ALL (SELECT chat_id FROM chat_settings ORDER BY chat_id LIMIT 1)
