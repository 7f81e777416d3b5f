INSERT INTO database_owner AS stored (only_row, owner)
VALUES (TRUE, :owner)
ON CONFLICT (only_row) DO UPDATE SET owner = stored.owner
RETURNING owner
