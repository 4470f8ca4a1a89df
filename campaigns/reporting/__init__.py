"""What it achieved: figures read from tallies, never counted twice."""
