"""The 16:00 report: what a unit did today, with every zero said, added up upwards."""
