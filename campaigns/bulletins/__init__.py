"""What to say: one text in written, spoken and easy-read words, issued by two people."""
