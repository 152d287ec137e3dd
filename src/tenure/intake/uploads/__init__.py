"""Files given in the browser: kept, recognised, looked at, and loaded as a folder would be.

Nothing here reads or writes rows by itself: all of that is `tenure.intake.loading`.
"""
