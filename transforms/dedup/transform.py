"""The Beam twins: ``FingerprintArticles`` and ``FindPairs``. No article body is shuffled.

``FindPairs`` gives exactly the pairs of ``find_pairs``: texts are grouped by their hash, their
keys travel in packed blocks, and only texts with a candidate partner are joined and compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

import apache_beam as beam

from transforms import coders
from transforms.dedup.candidates import KeyTable
from transforms.dedup.fingerprint import fingerprint
from transforms.dedup.pairs import (
    copy_pairs,
    exact_pairs,
    group_by,
    order_in_time,
    version_pairs,
    week_heads,
)
from transforms.dedup.shards import MeetingBlock, key_blocks, meeting_blocks, text_pairs
from transforms.metrics import count
from transforms.records import Article, Duplicate, Fingerprint

Text = list[Fingerprint]  # articles of one text, in time order

STAGE: Final = "dedup"
_EXACT: Final = "exact"
_KEYS: Final = "keys"
_RECORDS: Final = coders.RECORDS  # importing the module registers their coder


@dataclass
class FingerprintArticles(beam.PTransform):
    """Article -> Fingerprint."""

    def expand(self, articles: beam.PCollection[Article]) -> beam.PCollection[Fingerprint]:
        """Fingerprint every article."""
        return articles | "Fingerprint" >> beam.Map(fingerprint).with_output_types(Fingerprint)


@dataclass
class FindPairs(beam.PTransform):
    """Fingerprints of a window -> its verified pairs.

    Attributes:
        shards: into how many parts texts, keys and pairs are dealt.
    """

    shards: int = 16

    def expand(self, fingerprints: beam.PCollection[Fingerprint]) -> beam.PCollection[Duplicate]:
        """Find pairs of versions, exact copies, and variants and excerpts."""
        versions = (
            fingerprints
            | "ByPage" >> beam.Map(lambda each: (each.page_id, each))
            | "GroupPages" >> beam.GroupByKey()
            | "PairVersions" >> beam.FlatMapTuple(_pair_versions)
        )
        grouped = (
            fingerprints
            | "ByTextShard" >> beam.Map(_by_text_shard, self.shards)
            | "GroupTextShards" >> beam.GroupByKey()
            | "GroupTexts"
            >> beam.ParDo(_GroupTexts(self.shards)).with_outputs(_EXACT, _KEYS, main="texts")
        )
        candidates = (
            grouped[_KEYS]
            | "GroupKeyShards" >> beam.GroupByKey()
            | "MeetKeys" >> beam.FlatMapTuple(_meet, shards=self.shards)
            | "GroupPairShards" >> beam.GroupByKey()
            | "AddMeetings" >> beam.FlatMapTuple(lambda _, blocks: text_pairs(blocks))
        )
        sent = (
            {"texts": grouped.texts, "partners": candidates}
            | "JoinFirst" >> beam.CoGroupByKey()
            | "SendFirst" >> beam.FlatMapTuple(_send_first)
        )
        copies = (
            {"texts": grouped.texts, "firsts": sent}
            | "JoinSecond" >> beam.CoGroupByKey()
            | "Compare" >> beam.FlatMapTuple(_compare)
        )
        return (
            (versions, grouped[_EXACT], copies)
            | "AllPairs" >> beam.Flatten()
            | "CountPairs" >> beam.Map(_counted).with_output_types(Duplicate)
        )


def _counted(pair: Duplicate) -> Duplicate:
    """Count a pair by its kind."""
    count(STAGE, f"pairs.{pair.kind}")
    return pair


def _by_text_shard(each: Fingerprint, shards: int) -> tuple[str, Fingerprint]:
    """Key an article by a shard of its text's hash."""
    return str(crc32(each.norm_hash.encode()) % shards), each


def _pair_versions(_page_id: str, versions: Iterable[Fingerprint]) -> Iterator[Duplicate]:
    """Pairs of versions of one page."""
    return version_pairs(order_in_time(versions))


@dataclass
class _GroupTexts(beam.DoFn):
    """A shard of articles -> its texts; exact pairs and packed keys on the side."""

    shards: int

    def process(self, element: tuple[str, Iterable[Fingerprint]]) -> Iterator[Any]:
        """Group a shard."""
        texts = group_by(order_in_time(element[1]), lambda each: each.norm_hash)
        for text in texts:
            for pair in exact_pairs(text):
                yield beam.pvalue.TaggedOutput(_EXACT, pair)
            yield text[0].norm_hash, text
        heads = [head for text in texts for head in week_heads(text)]
        for shard, block in key_blocks(heads, self.shards):
            yield beam.pvalue.TaggedOutput(_KEYS, (str(shard), block))


def _meet(
    _shard: str, blocks: Iterable[KeyTable], shards: int = 16
) -> Iterator[tuple[str, MeetingBlock]]:
    """Rows that share keys of one shard."""
    for shard, block in meeting_blocks(blocks, shards):
        yield str(shard), block


def _send_first(_text: str, joined: dict[str, Any]) -> Iterator[tuple[str, Text]]:
    """Send a text to its candidate partners."""
    for partner in sorted(set(joined["partners"])):
        for text in joined["texts"]:
            yield partner, text


def _compare(_text: str, joined: dict[str, Any]) -> Iterator[Duplicate]:
    """Compare a text with those that were sent to it."""
    for text in joined["texts"]:
        for other in joined["firsts"]:
            yield from copy_pairs(other, text)
