"""The list of accounts: its filters, columns, rows and export."""
