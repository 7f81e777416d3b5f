"""Makes careless edits one at a time, with Cosmic Ray, to see whether a test notices."""
