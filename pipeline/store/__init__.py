"""The store under the Parquet sink: files, the journal of a commit, and rows merged by key."""
