SELECT session.chat_id, session.created_at, session.expires_at, session.last_accessed,
    coalesce(settings.language, session.language) AS language,
    array_agg(
        item.ingredient_id ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
    ) AS ids,
    array_agg(item.name_key ORDER BY item.added_at DESC, item.ingredient_id, item.name_key) AS keys,
    array_agg(item.name ORDER BY item.added_at DESC, item.ingredient_id, item.name_key) AS names,
    array_agg(
        item.added_at ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
    ) AS times,
    jsonb_agg(
        CASE WHEN NOT num_nonnulls(item.unit, item.best_before, item.place, item.note) = 0 THEN jsonb_strip_nulls(
            jsonb_build_object(
                'amount', CAST(item.amount AS text), 'unit', item.unit, 'best_before',
                item.best_before, 'place', item.place, 'note', item.note, 'moved_at', item.moved_at
            )
        ) END
        ORDER BY item.added_at DESC, item.ingredient_id, item.name_key
    ) AS lots
FROM user_fridge_sessions AS session
JOIN user_fridge_ingredients AS item
    ON item.chat_id = session.chat_id
    AND item.chat_id = ANY(:chat_ids)
    AND item.added_at >= session.created_at
LEFT JOIN chat_settings AS settings
    ON settings.chat_id = session.chat_id
    AND settings.chat_id = ANY(:chat_ids)
WHERE session.chat_id = ANY(:chat_ids)
    AND settings.warnings IS NOT FALSE
    AND EXISTS (
        SELECT
        FROM unnest(
            CAST(:zones AS text[]), CAST(:afters AS timestamptz[]), CAST(:untils AS timestamptz[]),
            CAST(:idle_afters AS timestamptz[]), CAST(:idle_untils AS timestamptz[])
        ) AS due_window (zone, after, until, idle_after, idle_until)
        WHERE zone = coalesce(
            settings.time_zone,
            CASE coalesce(
                settings.language, session.language
            ) WHEN 'ko' THEN 'Asia/Seoul' ELSE 'UTC' END
        )
            AND session.expires_at <= until
            AND session.last_accessed <= idle_until
            AND (session.expires_at > after OR session.last_accessed > idle_after)
    )
    AND NOT EXISTS (
        SELECT
        FROM expiry_warnings AS warned
        WHERE warned.chat_id = session.chat_id
            AND warned.chat_id = ANY(:chat_ids)
            AND warned.last_accessed >= session.last_accessed
            AND (warned.sent_at IS NOT NULL OR warned.claimed_at > :lapsed)
    )
    AND NOT EXISTS (
        SELECT
        FROM unreachable_chats AS unreachable
        WHERE unreachable.chat_id = session.chat_id
            AND unreachable.chat_id = ANY(:chat_ids)
            AND unreachable.since >= session.last_accessed
    )
GROUP BY session.chat_id, session.created_at, session.expires_at, session.last_accessed,
    settings.language, session.language
ORDER BY session.expires_at, session.chat_id
