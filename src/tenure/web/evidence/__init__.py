"""What the page Models shows: how good the forecasts are, and how that is known."""
