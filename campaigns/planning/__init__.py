"""When and whether: campaigns, their calendar, and who let them go."""
