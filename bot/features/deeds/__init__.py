"""What texts mean is done here: putting in, taking out, answers, and questions with buttons."""
