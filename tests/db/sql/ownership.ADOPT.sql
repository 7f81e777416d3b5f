INSERT INTO database_owner AS stored (only_row, owner)
VALUES (TRUE, :owner)
ON CONFLICT (only_row) DO UPDATE SET owner = excluded.owner
WHERE stored.owner <> 'playground'
RETURNING owner
