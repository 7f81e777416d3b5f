"""What several replicas behind nginx do together, and what is lost when one of them is killed."""
