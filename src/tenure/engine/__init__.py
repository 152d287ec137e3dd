"""The pure library: arrays and frames in, results out. No Django, no database, no clock."""
