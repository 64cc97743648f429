#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the annotated articles of the project (ingest/sample, ingest/training/articles): that they are well formed,
complete and true to their own texts."""
import collections
import json
import pathlib
import re
import unittest

INGEST = pathlib.Path(__file__).resolve().parents[2] / "ingest"

LANGUAGES = {"zh", "zh-Hant", "en"}
ENTITY_TYPES = {"COMPANY", "PERSON", "PRODUCT"}
ORG_TYPES = {"COMPANY", "FINANCIAL", "UNIVERSITY", "SCHOOL", "HOSPITAL", "RESEARCH", "GOVERNMENT", "NONPROFIT", "OTHER"}
KINDS = {"STRATEGIC_COOPERATION", "JOINT_VENTURE", "TECHNOLOGY_INTEGRATION", "SUPPLY", "RESEARCH", "EDUCATION",
         "INVESTMENT", "ACQUISITION", "INCUBATION", "DISTRIBUTION", "OTHER"}
ROLES = {"PARTY", "PROVIDER", "CUSTOMER", "FOUNDER", "VENTURE", "INVESTOR", "INVESTEE", "ACQUIRER", "TARGET",
         "INCUBATOR", "INCUBATEE", "FUNDER", "HOST", "MEMBER"}
PERSON_ROLES = {"SIGNATORY", "REPRESENTATIVE", "ATTENDEE"}
# relation type -> (types of the source, types of the target)
RELATIONS = {
    "EMPLOYED_BY": ({"PERSON"}, {"COMPANY"}),
    "FOUNDED": ({"PERSON", "COMPANY"}, {"COMPANY"}),
    "DEVELOPS": ({"COMPANY"}, {"PRODUCT"}),
    "USES": ({"COMPANY", "PRODUCT"}, {"COMPANY", "PRODUCT"}),
    "PART_OF": ({"COMPANY"}, {"COMPANY"}),
}
PUBLISHED = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
ARTICLE_KEYS = {"article_id", "title", "text", "url", "source", "published", "language"}
GOLD_KEYS = {"article_id", "title", "language", "published", "entities", "partnerships", "relations"}


def read(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class SampleDataTest(unittest.TestCase):
    FOLDER = INGEST / "sample"

    @classmethod
    def setUpClass(cls):
        cls.articles = read(cls.FOLDER / "articles.jsonl")
        cls.gold = read(cls.FOLDER / "gold.jsonl")
        cls.whole = {a["article_id"]: a["title"] + "\n" + a["text"] for a in cls.articles}

    def each(self, what):
        """Yields (gold record, item) for every item of gold[what], each in a subtest of its own."""
        for record in self.gold:
            for item in record[what]:
                with self.subTest(article=record["article_id"], item=item.get("id") or item):
                    yield record, item

    def assert_in_text(self, record, string):
        self.assertIsInstance(string, str)
        self.assertTrue(string.strip())
        self.assertIn(string, self.whole[record["article_id"]])

    def test_articles(self):
        self.assertGreaterEqual(len(self.articles), 30)
        for article in self.articles:
            with self.subTest(article=article["article_id"]):
                self.assertEqual(set(article), ARTICLE_KEYS)
                self.assertTrue(article["title"].strip() and article["text"].strip() and article["source"].strip())
                self.assertTrue(article["url"].startswith("https://news.example/"))
                self.assertIn(article["language"], LANGUAGES)
                if article["published"] is not None:
                    self.assertTrue(PUBLISHED.fullmatch(article["published"]))
        self.assertEqual({a["language"] for a in self.articles}, LANGUAGES)
        self.assertEqual(len({a["url"] for a in self.articles}), len(self.articles))

    def test_ids(self):
        ids = [a["article_id"] for a in self.articles]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual(ids, [g["article_id"] for g in self.gold])

    def test_gold_repeats_the_article(self):
        for article, record in zip(self.articles, self.gold):
            with self.subTest(article=article["article_id"]):
                self.assertEqual(set(record), GOLD_KEYS)
                for key in ("title", "language", "published"):
                    self.assertEqual(record[key], article[key])

    def test_local_ids_are_unique(self):
        for record in self.gold:
            with self.subTest(article=record["article_id"]):
                for what in ("entities", "partnerships"):
                    ids = [x["id"] for x in record[what]]
                    self.assertEqual(len(ids), len(set(ids)))

    def test_entities(self):
        for record, entity in self.each("entities"):
            self.assertIn(entity["type"], ENTITY_TYPES)
            self.assertEqual("org_type" in entity, entity["type"] == "COMPANY")
            if entity["type"] == "COMPANY":
                self.assertIn(entity["org_type"], ORG_TYPES)
            self.assertIn(entity["canonical"], entity["mentions"])
            self.assertEqual(len(entity["mentions"]), len(set(entity["mentions"])))
            for mention in entity["mentions"]:
                self.assert_in_text(record, mention)

    def test_a_mention_names_one_entity(self):
        for record in self.gold:
            with self.subTest(article=record["article_id"]):
                mentions = [(e["type"], m) for e in record["entities"] for m in e["mentions"]]
                self.assertEqual([m for m, n in collections.Counter(mentions).items() if n > 1], [])

    def test_partnerships(self):
        for record, partnership in self.each("partnerships"):
            types = {e["id"]: e["type"] for e in record["entities"]}
            self.assertIn(partnership["kind"], KINDS)
            parties = [p["entity"] for p in partnership["participants"]]
            self.assertGreaterEqual(len(parties), 2)
            self.assertEqual(len(parties), len(set(parties)))
            for participant in partnership["participants"]:
                self.assertEqual(types.get(participant["entity"]), "COMPANY")
                self.assertIn(participant["role"], ROLES)
            people = [p["entity"] for p in partnership["people"]]
            self.assertEqual(len(people), len(set(people)))
            for person in partnership["people"]:
                self.assertEqual(types.get(person["entity"]), "PERSON")
                self.assertIn(person["role"], PERSON_ROLES)
            for product in partnership["products"]:
                self.assertEqual(types.get(product), "PRODUCT")
            if partnership["date"] is not None:
                self.assertTrue(DATE.fullmatch(partnership["date"]), partnership["date"])
            if partnership["location"] is not None:
                self.assert_in_text(record, partnership["location"])
            self.assertTrue(partnership["evidence"])
            for evidence in partnership["evidence"]:
                self.assert_in_text(record, evidence)

    def test_relations(self):
        for record, relation in self.each("relations"):
            types = {e["id"]: e["type"] for e in record["entities"]}
            self.assertIn(relation["type"], RELATIONS)
            sources, targets = RELATIONS[relation["type"]]
            self.assertIn(types.get(relation["source"]), sources)
            self.assertIn(types.get(relation["target"]), targets)
            self.assertNotEqual(relation["source"], relation["target"])
            self.assertEqual("title" in relation, relation["type"] == "EMPLOYED_BY")
            if "title" in relation:
                self.assert_in_text(record, relation["title"])
            self.assertTrue(relation["evidence"])
            for evidence in relation["evidence"]:
                self.assert_in_text(record, evidence)

    def test_a_relation_is_stated_once(self):
        for record in self.gold:
            with self.subTest(article=record["article_id"]):
                keys = [(r["type"], r["source"], r["target"]) for r in record["relations"]]
                self.assertEqual(len(keys), len(set(keys)))

    def test_coverage(self):
        kinds = collections.Counter(p["kind"] for g in self.gold for p in g["partnerships"])
        relations = collections.Counter(r["type"] for g in self.gold for r in g["relations"])
        roles = {x["role"] for g in self.gold for p in g["partnerships"] for x in p["participants"]}
        person_roles = {x["role"] for g in self.gold for p in g["partnerships"] for x in p["people"]}
        self.assertEqual({k for k in KINDS if kinds[k] < 2}, set())
        self.assertEqual({r for r in RELATIONS if relations[r] < 2}, set())
        self.assertEqual(ROLES - roles, set())
        self.assertEqual(PERSON_ROLES - person_roles, set())
        self.assertGreaterEqual(sum(not g["partnerships"] for g in self.gold), 4)
        self.assertTrue(any(len(p["participants"]) > 2 for g in self.gold for p in g["partnerships"]))


class InventedArticlesTest(SampleDataTest):
    FOLDER = INGEST / "training" / "articles"

    def test_articles(self):
        self.assertGreaterEqual(len(self.articles), 400)
        for article in self.articles:
            with self.subTest(article=article["article_id"]):
                self.assertLessEqual(set(article), ARTICLE_KEYS)
                self.assertTrue(article["text"].strip())
                self.assertIn(article["language"], LANGUAGES)
                if article["published"] is not None:
                    self.assertTrue(PUBLISHED.fullmatch(article["published"]))
        self.assertEqual({a["language"] for a in self.articles}, LANGUAGES)


class AnnotationsTest(SampleDataTest):
    """Annotations of public data point into texts that are not here: spans stand for strings."""
    FOLDER = INGEST / "training" / "annotations"
    SPAN = re.compile(r"(\d+)-(\d+)")

    @classmethod
    def setUpClass(cls):
        def spans_to_strings(value):
            if isinstance(value, dict):
                return {key: spans_to_strings(part) for key, part in value.items()}
            if isinstance(value, list) and len(value) == 2 and all(isinstance(part, int) for part in value):
                return "%d-%d" % tuple(value)
            return [spans_to_strings(part) for part in value] if isinstance(value, list) else value

        cls.gold = [spans_to_strings(record) for path in sorted(cls.FOLDER.glob("*.jsonl")) for record in read(path)]
        for record in cls.gold:
            for entity in record["entities"]:
                entity["canonical"] = entity["mentions"][0]

    def assert_in_text(self, record, string):
        begin, end = map(int, self.SPAN.fullmatch(string).groups())
        self.assertLess(begin, end)

    def test_articles(self):
        self.assertGreaterEqual(len(self.gold), 500)
        for record in self.gold:
            with self.subTest(article=record["article_id"]):
                self.assertLessEqual(set(record), {"article_id", "set", "line", "digest", "language", "published", "bytes",
                                                   "entities", "partnerships", "relations"})  # No text.
                self.assertRegex(record["digest"], "^[0-9a-f]{16}$")
                self.assertGreaterEqual(record["line"], 1)
                self.assertIn(record["language"], LANGUAGES)
                if record["published"] is not None:
                    self.assertTrue(PUBLISHED.fullmatch(record["published"]))

    def test_no_string_is_text(self):
        def strings(value):
            if isinstance(value, str):
                yield value
            elif isinstance(value, (dict, list)):
                for part in value.values() if isinstance(value, dict) else value:
                    yield from strings(part)

        for record in self.gold:
            for string in strings(record):
                self.assertRegex(string, r"\A[A-Za-z0-9_./-]{1,60}\Z")  # Ids, names of kinds and files, dates, spans.

    def test_ids(self):
        ids = [g["article_id"] for g in self.gold]
        self.assertEqual(len(ids), len(set(ids)))

    def test_gold_repeats_the_article(self):
        texts = [(g["set"], g["line"]) for g in self.gold]
        self.assertEqual(len(texts), len(set(texts)))  # Each text once.


if __name__ == "__main__":
    unittest.main()
