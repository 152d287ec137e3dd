"""Everything worth telling on an account: touchpoints, tickets, survey answers, outcomes, advocacy, plays."""
