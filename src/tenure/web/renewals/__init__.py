"""What the page Renewals shows: what comes up by quarter, what is likely, and the calls."""
