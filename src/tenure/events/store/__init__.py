"""The event store: immutable Parquet files in a folder or object store, named in a manifest."""
