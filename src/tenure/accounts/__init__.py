"""Accounts with their hierarchy, people and memberships, dated owners, custom fields."""
