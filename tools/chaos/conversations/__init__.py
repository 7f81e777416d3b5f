"""What people send and hear in a run, and whether it was right; no process is started here."""
