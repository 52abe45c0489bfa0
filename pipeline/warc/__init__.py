"""The raw archive: WARC files written as responses come, and read back as inputs."""
