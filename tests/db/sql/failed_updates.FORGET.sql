DELETE FROM failed_updates WHERE failed_at < :before
