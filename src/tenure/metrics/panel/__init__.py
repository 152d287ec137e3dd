"""The account-week panel: Parquet files, the manifest of their live slices, what is stale."""
