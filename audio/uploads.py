"""A person's own recording, taken through the same mastering as a voice."""
