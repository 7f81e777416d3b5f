-- What the last version with schema 0005 stored. In each of the chats 1 to 12 the message m1 put in milk and Oma's pie at
-- 12:00, and five minutes later the message m2 was a request of another kind.

INSERT INTO user_fridge_sessions (chat_id, created_at, expires_at, last_accessed, revision, language)
SELECT chat_id, '2026-03-01 12:00Z', '2026-03-02 12:00Z', '2026-03-01 12:05Z', 1772366400000001, 'ko'
FROM generate_series(1, 11) AS chat_id;

INSERT INTO user_fridge_ingredients (chat_id, ingredient_id, name_key, name, added_at)
VALUES
    (1, 0, 'oma''s pie', 'Oma''s pie', '2026-03-01 12:00Z'),
    (1, 1, '', '', '2026-03-01 12:00Z'),
    (1, 2, '', '', '2026-03-01 12:05Z'),
    (2, 0, 'oma''s pie', 'Oma''s pie', '2026-03-01 12:00Z'),
    (3, 1, '', '', '2026-03-01 12:00Z'),
    (4, 1, '', '', '2026-03-01 12:00Z'),
    (4, 2, '', '', '2026-03-01 12:00Z'),
    (6, 0, 'oma''s pie', 'Oma''s pie', '2026-03-01 12:00Z'),
    (6, 1, '', '', '2026-03-01 12:00Z'),
    (7, 0, 'oma''s pie', 'Oma''s pie', '2026-03-01 12:00Z'),
    (7, 1, '', '', '2026-03-01 12:00Z'),
    (9, 0, 'oma''s pie', 'Oma''s pie', '2026-03-01 12:00Z'),
    (9, 1, '', '', '2026-03-01 12:00Z'),
    (10, 0, 'oma''s pie', 'Oma''s pie', '2026-03-01 12:00Z'),
    (10, 1, '', '', '2026-03-01 12:00Z'),
    (11, 0, 'oma''s pie', 'Oma''s pie', '2026-03-01 12:00Z'),
    (11, 1, '', '', '2026-03-01 12:00Z');

INSERT INTO chat_settings (chat_id, language) VALUES (9, 'en');

INSERT INTO handled_requests (chat_id, request, handled_at, outcome, message_date)
SELECT chat_id, 'm1 add', '2026-03-01 12:00Z', '{"held": 0, "added_ids": [0, 1], "added_keys": ["oma''s pie", ""], "added_names": ["Oma''s pie", ""], "added_times": ["2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00+00:00"], "missing_ids": [1, 0], "missing_keys": ["", "oma''s pie"]}', '2026-03-01 12:00Z'
FROM generate_series(1, 11) AS chat_id;

UPDATE handled_requests SET outcome = outcome || '{"undone": true}' WHERE chat_id = 8;

INSERT INTO handled_requests (chat_id, request, handled_at, outcome, message_date)
SELECT chat_id, request, '2026-03-01 12:05Z', CAST(outcome AS jsonb), CAST(message_date AS timestamptz)
FROM (
    VALUES
    (1, 'm2 add', '{"held": 2, "added_ids": [2], "added_keys": [""], "added_names": [""], "added_times": ["2026-03-01T12:05:00+00:00"], "missing_ids": [2], "missing_keys": [""]}', '2026-03-01 12:05Z'),
    (2, 'm2 remove', '{"held": 2, "removed_ids": [1], "removed_keys": [""], "removed_names": [""], "removed_times": ["2026-03-01T12:00:00+00:00"]}', '2026-03-01 12:05Z'),
    (3, 'm2 take', '{"earlier": null, "earlier_ids": [], "removed_ids": [0], "earlier_keys": [], "removed_keys": ["oma''s pie"], "earlier_names": [], "earlier_times": [], "removed_names": ["Oma''s pie"], "removed_times": ["2026-03-01T12:00:00+00:00"]}', '2026-03-01 12:05Z'),
    (4, 'm2 replace', '{"held": 2, "added_ids": [2], "added_keys": [""], "added_names": [""], "added_times": ["2026-03-01T12:00:00+00:00"], "removed_ids": [0], "removed_keys": ["oma''s pie"], "removed_names": ["Oma''s pie"], "removed_times": ["2026-03-01T12:00:00+00:00"]}', '2026-03-01 12:05Z'),
    (5, 'm2 clear', '{"removed": 2, "removed_ids": [0, 1], "removed_keys": ["oma''s pie", ""], "removed_names": ["Oma''s pie", ""], "removed_times": ["2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00+00:00"]}', '2026-03-01 12:05Z'),
    (6, 'm2 keep', '{"held": 2, "expires_at": "2026-03-02T12:00:00+00:00", "last_accessed": "2026-03-01T12:05:00+00:00"}', '2026-03-01 12:05Z'),
    (7, 'm2 rescue', '{"held": 2, "expires_at": "2026-03-02T12:00:00+00:00", "put_back_ids": [], "last_accessed": "2026-03-01T12:05:00+00:00", "put_back_keys": [], "put_back_names": [], "put_back_times": []}', '2026-03-01 12:05Z'),
    (8, 'm2 undo', '{"already": false, "added_ids": [], "forgotten": false, "added_keys": [], "added_names": [], "added_times": [], "removed_ids": [0, 1], "removed_keys": ["oma''s pie", ""], "removed_names": ["Oma''s pie", ""], "removed_times": ["2026-03-01T12:00:00+00:00", "2026-03-01T12:00:00+00:00"]}', '2026-03-01 12:05Z'),
    (9, 'm2 choose', '{"language": "en", "warnings": null, "time_zone": null}', '2026-03-01 12:05Z'),
    (10, 'm2 import', '{"names": ["milk", "Oma''s pie"]}', '2026-03-01 12:05Z'),
    (11, 'm2 cleanup', '{"purged": 7}', '2026-03-01 12:05Z'),
    (12, 'm1 add', '{"held": 0, "added_ids": [], "added_keys": [], "added_names": [], "added_times": [], "missing_ids": [], "missing_keys": []}', '2026-03-01 12:00Z'),
    (12, 'm2 forget', '{"items": 2, "warning": false, "settings": false}', '2026-03-01 12:05Z'),
    -- A version before 0005 wrote no dates; its tap q3 found that the pie was out already.
    (3, 'q3 take', '{"earlier": "m2 take", "earlier_ids": [0], "removed_ids": [], "earlier_keys": ["oma''s pie"], "removed_keys": [], "earlier_names": ["Oma''s pie"], "earlier_times": ["2026-03-01T12:00:00+00:00"], "removed_names": [], "removed_times": []}', NULL)
) AS stored (chat_id, request, outcome, message_date);
