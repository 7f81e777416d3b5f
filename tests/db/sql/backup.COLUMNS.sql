SELECT known.name, array_agg(attname::text ORDER BY attnum) AS columns
FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS known (name, place)
JOIN pg_attribute
    ON attrelid = to_regclass(format('%I.%I', current_schema(), known.name))
WHERE attnum > 0
    AND NOT attisdropped
    AND attgenerated = ''
GROUP BY known.name, known.place
ORDER BY known.place
