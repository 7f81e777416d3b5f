"""Jobs, and the scheduler that runs them. What a job does to a table is a repository's business."""
