"""Whom to reach: rules, segments, and the way that suits each person."""
