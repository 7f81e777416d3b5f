"""What operators see: statistics and the runs of jobs."""
