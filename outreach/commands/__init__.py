"""The subcommands of ``outreach``, one module for each."""
