"""Plans and tiers, subscription periods, invoices, costs, and the money numbers from them."""
