"""Ids, money, clock, roles, audit, versioned definitions and the refresh pipeline: what every room leans on."""
