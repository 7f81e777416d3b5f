SELECT failed_at FROM failed_updates ORDER BY failed_at DESC OFFSET :newer LIMIT 1
