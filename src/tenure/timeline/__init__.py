"""What is worth telling on an account: touchpoints, tickets, answers, outcomes, advocacy, plays."""
