SELECT set_config('lock_timeout', '100ms', true), set_config('synchronous_commit', 'off', true)
