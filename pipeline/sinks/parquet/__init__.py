"""The Parquet sink, and the store under it: files, a commit's journal, rows merged by key."""

from pipeline.sinks.parquet.sink import ParquetSink, open_sink

__all__ = ["ParquetSink", "open_sink"]
