"""Sending, and what came back: never twice, and everybody accounted for."""
