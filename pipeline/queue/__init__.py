"""The queue between a fetcher and a stream elsewhere: groups of lines, and where they lie."""
