"""The running service: processes, providers, tasks, pages and commands."""
