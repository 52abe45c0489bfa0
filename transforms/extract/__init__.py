"""From a page to an article: body, metadata, dates, identity; index pages and walls kept out."""

from transforms.extract.article import extract_article
from transforms.extract.sources import declared_url

__all__ = ["declared_url", "extract_article"]
