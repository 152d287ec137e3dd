"""Declarative metric definitions, the account-week panel and the account snapshot."""
