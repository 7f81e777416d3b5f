"""The words that people use, in files that a speaker extends, and their forms. No grammar."""
