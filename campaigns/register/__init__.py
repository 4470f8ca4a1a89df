"""Who exists: places, members, their certificates, phones and refusals."""
