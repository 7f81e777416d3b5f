SELECT owner FROM database_owner
