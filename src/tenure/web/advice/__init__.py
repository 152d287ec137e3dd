"""The plan of the week as pages show it: cards of suggestions, and the plan for leaders."""
