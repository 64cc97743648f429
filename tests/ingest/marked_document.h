// Documents with names marked by hand, so that relations and deals are tested apart from
// recognition.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gtest/gtest.h"
#include "ingest/document.h"
#include "ingest/partnership_extractor.h"
#include "ingest/pipeline.h"
#include "ingest/relation_extractor.h"
#include "ingest/sentence_splitter.h"
#include "ingest/time_expression.h"

namespace partnergraph {

// Removes marks of the form {key:name} from title and text and makes entities of them: names with
// one key are one entity. The key's first letter gives the type: c company, s school, u university,
// g government, p person, x product; l is a place and no entity.
class MarkedDocument {
 public:
  MarkedDocument(std::string_view title, std::string_view text, Date published = {}) {
    Article article;
    article.id = "test";
    article.title = Unmark(title, 0);
    article.text = Unmark(text, article.title.size() + 1);
    article.published = published;
    absl::StatusOr<Document> made = MakeDocument(std::move(article));
    EXPECT_TRUE(made.ok()) << made.status();
    document = *std::move(made);
    EXPECT_TRUE(SentenceSplitter().Process(document).ok());
    std::map<std::string, int> entities;
    for (const Mark& mark : marks_) {
      Mention mention;
      mention.span = {At(mark.begin), At(mark.end)};
      mention.score = 1;
      const char type = mark.key[0];
      mention.type = type == 'p'   ? MentionType::kPerson
                     : type == 'x' ? MentionType::kProduct
                     : type == 'l' ? MentionType::kPlace
                                   : MentionType::kCompany;
      if (type != 'l') {
        const auto [it, inserted] =
            entities.try_emplace(mark.key, static_cast<int>(document.entities.size()));
        if (inserted) {
          Entity entity;
          entity.type = mention.type;
          entity.canonical = document.Text(mention.span);
          if (mention.type == MentionType::kCompany) {
            entity.org_type = type == 's'   ? "SCHOOL"
                              : type == 'u' ? "UNIVERSITY"
                              : type == 'g' ? "GOVERNMENT"
                                            : "COMPANY";
          }
          document.entities.push_back(std::move(entity));
          keys_.push_back(mark.key);
        }
        mention.entity = it->second;
        document.entities[it->second].mentions.push_back(
            static_cast<uint32_t>(document.mentions.size()));
      }
      document.mentions.push_back(std::move(mention));
    }
  }

  // Runs the stages after resolution.
  MarkedDocument& Extract() {
    EXPECT_TRUE(TimeExpressionFinder().Process(document).ok());
    EXPECT_TRUE(RelationExtractor().Process(document).ok());
    EXPECT_TRUE(PartnershipExtractor().Process(document).ok());
    return *this;
  }

  // "EMPLOYED_BY p1 c1 总裁", sorted.
  std::vector<std::string> Relations() const {
    std::vector<std::string> lines;
    for (const Relation& relation : document.relations) {
      std::string line = std::string(GetEdgeType(relation.type).name) + " " +
                         keys_[relation.source] + " " + keys_[relation.target];
      if (!relation.title.empty()) line += " " + relation.title;
      lines.push_back(std::move(line));
    }
    std::sort(lines.begin(), lines.end());
    return lines;
  }

  // "ACQUISITION c1:ACQUIRER c2:TARGET", parties sorted, in the order of the text.
  std::vector<std::string> Deals() const {
    std::vector<std::string> lines;
    for (const Deal& deal : document.deals) {
      std::vector<std::string> parties;
      for (const Participation& party : deal.parties) {
        parties.push_back(keys_[party.entity] + ":" + party.role);
      }
      std::sort(parties.begin(), parties.end());
      std::string line = deal.kind;
      for (const std::string& party : parties) line += " " + party;
      lines.push_back(std::move(line));
    }
    return lines;
  }

  // "p1:SIGNATORY", sorted.
  std::vector<std::string> People(const Deal& deal) const {
    std::vector<std::string> people;
    for (const Participation& person : deal.people) {
      people.push_back(keys_[person.entity] + ":" + person.role);
    }
    std::sort(people.begin(), people.end());
    return people;
  }

  // Dates as "text=2018-10-18", in order.
  std::vector<std::string> Dates() const {
    std::vector<std::string> lines;
    for (const Mention& mention : document.mentions) {
      if (mention.type != MentionType::kDate) continue;
      lines.push_back(std::string(document.Text(mention.span)) + "=" + FormatDate(mention.date));
    }
    return lines;
  }

  Document document;

 private:
  struct Mark {
    std::string key;
    size_t begin;  // Bytes of the whole text.
    size_t end;
  };

  std::string Unmark(std::string_view marked, size_t offset) {
    std::string plain;
    while (!marked.empty()) {
      const size_t open = std::min(marked.find('{'), marked.size());
      plain += marked.substr(0, open);
      marked.remove_prefix(open);
      if (marked.empty()) break;
      const size_t colon = marked.find(':'), close = marked.find('}');
      Mark mark{std::string(marked.substr(1, colon - 1)), offset + plain.size(), 0};
      plain += marked.substr(colon + 1, close - colon - 1);
      mark.end = offset + plain.size();
      marks_.push_back(std::move(mark));
      marked.remove_prefix(close + 1);
    }
    return plain;
  }

  uint32_t At(size_t byte) const {
    return static_cast<uint32_t>(
        std::lower_bound(document.offsets.begin(), document.offsets.end(), byte) -
        document.offsets.begin());
  }

  std::vector<Mark> marks_;
  std::vector<std::string> keys_;
};

}  // namespace partnergraph
