"""What to say: one text in written, spoken and easy-read words, for two people."""
