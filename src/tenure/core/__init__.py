"""Clock, money, roles, audit, versioned definitions and the refresh: what every room leans on."""
