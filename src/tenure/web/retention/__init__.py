"""What the page Retention shows: cohorts, curves, the bridge of MRR, and figures over time."""
