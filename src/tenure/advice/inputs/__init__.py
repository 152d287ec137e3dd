"""What the plan of a week is made from: people, plays, accounts, money, and what plays do."""
