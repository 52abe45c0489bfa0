"""The news: everything that knows what an article is, and never where it runs."""
