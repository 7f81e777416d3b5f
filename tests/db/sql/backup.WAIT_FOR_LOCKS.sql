SET LOCAL lock_timeout = '30s'
