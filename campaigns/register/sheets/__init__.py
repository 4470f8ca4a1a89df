"""Cells out of files that strangers send, read in a process of its own."""
