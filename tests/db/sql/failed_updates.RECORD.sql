INSERT INTO failed_updates (chat_id, update_id, failed_at, error, traceback)
VALUES (:chat_id, :update_id, :now, :error, :traceback)
ON CONFLICT (chat_id, update_id) DO UPDATE SET failed_at = excluded.failed_at,
    error = excluded.error, traceback = excluded.traceback
