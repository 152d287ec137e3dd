"""Plans and tiers, subscription periods, invoices, costs, and the money numbers derived from them."""
