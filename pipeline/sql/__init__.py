"""SQL on the rows: views and queries written once, in a portable subset of BigQuery's dialect."""
