"""Records of updates: handled, failed and waiting ones. The fridges are in `db.fridges`."""
