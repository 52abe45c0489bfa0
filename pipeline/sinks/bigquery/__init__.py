"""BigQuery as an output: ``bigquery://PROJECT.DATASET`` (see docs/operations.md)."""

from pipeline.sinks.bigquery.sink import BigQuerySink, open_sink

__all__ = ["BigQuerySink", "open_sink"]
