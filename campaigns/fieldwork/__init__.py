"""What people did: announcements prepared, downloaded and played."""
