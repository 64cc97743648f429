#include "ingest/training/tagger_corpora.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "ingest/character.h"
#include "ingest/lexicon.h"
#include "ingest/pipeline.h"
#include "ingest/sequence_tagger.h"
#include "ingest/text_normalizer.h"
#include "ingest/training/data_file.h"
#include "ingest/training/ner_sets.h"

namespace partnergraph {
namespace {

using nlohmann::json;

constexpr uint8_t kCompany = 0, kPerson = 1, kProduct = 2, kTitle = 3, kPlaceType = 4;

uint64_t AllLabels() { return (uint64_t{1} << ShippedTags().size()) - 1; }

// Words that stand for names in the arguments of events: 公司, 法院, 股东.
bool IsGeneric(std::u32string_view name) {
  const LexiconEntry& entry = Lexicon::Get().Find(name);
  return entry.Is(kOrgHead | kTitleHead | kTitleWeak | kPlace) ||
         (entry.Is(kWord) && std::string_view("PRZOj").find(entry.pos) == std::string_view::npos);
}

bool IsChineseName(std::u32string_view name) {
  return name.size() >= 2 && name.size() <= 4 && std::all_of(name.begin(), name.end(), IsHan) &&
         Lexicon::Get().Find(name.substr(0, 1)).Is(kSurname);
}

// Every occurrence of a name in the text.
std::vector<KnownName> Occurrences(std::u32string_view chars, std::u32string_view name,
                                   uint8_t type) {
  std::vector<KnownName> found;
  if (name.empty()) return found;
  for (size_t at = chars.find(name); at != chars.npos; at = chars.find(name, at + name.size())) {
    found.push_back({{static_cast<uint32_t>(at), static_cast<uint32_t>(at + name.size())}, type});
  }
  return found;
}

class Reader {
 public:
  Reader(std::string folder, std::vector<TaggerText>& texts)
      : folder_(std::move(folder)), texts_(texts) {}

  // Arguments of events: organizations and people among many others.
  absl::Status FewFc(const char* file, float weight) {
    return ForEachObject(file, [&](const json& object) -> absl::Status {
      PG_ASSIGN_OR_RETURN(TaggerText text, Text(object, "content", weight));
      std::vector<KnownName> names;
      for (const json& event : object.value("events", json::array())) {
        for (const json& mention : event.value("mentions", json::array())) {
          const std::string role = mention.value("role", "");
          const std::u32string word = ToChars(mention.value("word", ""));
          std::optional<uint8_t> type;
          if (role == "sub-org" || role == "obj-org" || role == "target-company" ||
              role == "institution") {
            if (!IsGeneric(word)) type = kCompany;
          } else if ((role == "sub-per" || role == "obj-per") && IsChineseName(word)) {
            type = kPerson;
          }
          if (!type) continue;
          for (const KnownName& name : Occurrences(text.document.chars, word, *type)) {
            names.push_back(name);
          }
        }
      }
      return Keep(std::move(names), std::move(text));
    });
  }

  // Two companies per sentence.
  absl::Status FinRe(const char* file, float weight) {
    return ForEachObject(file, [&](const json& object) -> absl::Status {
      // A sentence has a row per pair; only rows in a row are joined.
      const std::string sentence = object.value("text", "");
      if (texts_.empty() || texts_.back().document.article.text != sentence) {
        PG_ASSIGN_OR_RETURN(TaggerText text, Text(object, "text", weight));
        texts_.push_back(std::move(text));
      }
      TaggerText& text = texts_.back();
      for (const char* key : {"head", "tail"}) {
        const std::u32string name = ToChars(object.value(key, ""));
        if (!IsGeneric(name)) AddNames(Occurrences(text.document.chars, name, kCompany), text);
      }
      return absl::OkStatus();
    });
  }

  // Two companies or products per sentence, by token.
  absl::Status Core(const char* file, float weight) {
    return ForEachObject(file, [&](const json& object) -> absl::Status {
      std::vector<uint32_t> begins, ends;
      std::string joined;
      uint32_t size = 0;
      for (const json& token : object.value("context", json::array())) {
        if (!token.is_string()) return absl::InvalidArgumentError("a token is no string");
        if (size > 0) {
          joined += ' ';
          ++size;
        }
        begins.push_back(size);
        joined += token.get<std::string>();
        size += static_cast<uint32_t>(ToChars(token.get<std::string>()).size());
        ends.push_back(size);
      }
      PG_ASSIGN_OR_RETURN(TaggerText text, ReadTaggerText({.text = joined, .language = "en"}));
      text.elsewhere = AllLabels();
      text.weight = weight;
      const bool product = object.value("relation", "") == "product_or_service_of";
      std::vector<KnownName> names;
      for (const char* which : {"e1", "e2"}) {
        const auto begin = object.value(absl::StrCat(which, "_start"), size_t{0});
        const auto end = object.value(absl::StrCat(which, "_end"), size_t{0});
        if (begin > end || end >= begins.size()) return absl::InvalidArgumentError("bad positions");
        if (product || begins.empty()) continue;
        const uint32_t body = text.document.body_begin;
        names.push_back({{body + begins[begin], body + ends[end]}, kCompany});
      }
      return Keep(std::move(names), std::move(text));
    });
  }

  // A set of ner_sets.h with types of its own.
  absl::Status Ner(const char* file, float weight, uint64_t elsewhere) {
    PG_ASSIGN_OR_RETURN(const std::vector<NerSentence> sentences,
                        ReadNerFile(absl::StrCat(folder_, "/", file)));
    for (const NerSentence& sentence : sentences) {
      std::string utf8;
      for (const char32_t c : sentence.chars) AppendUtf8(c, utf8);
      PG_ASSIGN_OR_RETURN(TaggerText text, ReadTaggerText({.text = utf8, .language = "en"}));
      text.weight = weight;
      text.elsewhere = elsewhere;
      std::vector<KnownName> names;
      for (const NerEntity& entity : sentence.entities) {
        const std::optional<uint8_t> type = TypeOf(entity.type);
        const uint32_t body = text.document.body_begin;
        if (type) names.push_back({{body + entity.span.begin, body + entity.span.end}, *type});
      }
      PG_RETURN_IF_ERROR(Keep(std::move(names), std::move(text)));
    }
    return absl::OkStatus();
  }

 private:
  static std::u32string ToChars(const std::string& utf8) {
    std::u32string chars;
    const absl::StatusOr<Document> document = MakeDocument({.text = utf8});
    if (document.ok()) chars = document->chars.substr(document->body_begin);
    return chars;
  }

  static std::optional<uint8_t> TypeOf(std::string_view type) {
    constexpr std::pair<std::string_view, uint8_t> kTypes[] = {
        {"organisation", kCompany}, {"university", kCompany}, {"politicalparty", kCompany},
        {"corporation", kCompany},  {"group", kCompany},      {"ORG", kCompany},
        {"person", kPerson},        {"researcher", kPerson},  {"scientist", kPerson},
        {"writer", kPerson},        {"politician", kPerson},  {"musicalartist", kPerson},
        {"PER", kPerson},           {"product", kProduct},    {"location", kPlaceType},
        {"country", kPlaceType},    {"LOC", kPlaceType}};
    for (const auto& [name, value] : kTypes) {
      if (name == type) return value;
    }
    return std::nullopt;
  }

  absl::Status ForEachObject(const char* file,
                             const std::function<absl::Status(const json&)>& visit) {
    return ForEachDataLine(absl::StrCat(folder_, "/", file), [&](std::string_view line) {
      if (line.empty()) return absl::OkStatus();
      const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (!object.is_object()) return absl::InvalidArgumentError("no JSON object");
      return visit(object);
    });
  }

  // A text of which nothing is known yet.
  static absl::StatusOr<TaggerText> Text(const json& object, const char* key, float weight) {
    PG_ASSIGN_OR_RETURN(TaggerText text, ReadTaggerText({.text = object.value(key, "")}));
    text.elsewhere = AllLabels();
    text.weight = weight;
    return text;
  }

  // Longer names first, so that a short one inside a longer one does not hide it.
  absl::Status Keep(std::vector<KnownName> names, TaggerText text) {
    std::stable_sort(names.begin(), names.end(), [](const KnownName& a, const KnownName& b) {
      return a.span.size() > b.span.size();
    });
    AddNames(names, text);
    texts_.push_back(std::move(text));
    return absl::OkStatus();
  }

  std::string folder_;
  std::vector<TaggerText>& texts_;
};

}  // namespace

absl::StatusOr<std::vector<TaggerText>> ReadTaggerCorpora(const std::string& data_folder,
                                                          const TaggerCorpusWeights& weights) {
  std::vector<TaggerText> texts;
  Reader reader(data_folder, texts);
  if (weights.fewfc > 0) {
    PG_RETURN_IF_ERROR(reader.FewFc("events_zh/fewfc/train_base.jsonl.xz", weights.fewfc));
    PG_RETURN_IF_ERROR(reader.FewFc("events_zh/fewfc/train_trans.jsonl", weights.fewfc));
  }
  if (weights.finre > 0) {
    PG_RETURN_IF_ERROR(reader.FinRe("re_zh/finre/train.jsonl.xz", weights.finre));
    PG_RETURN_IF_ERROR(reader.FinRe("re_zh/finre/valid.jsonl", weights.finre));
  }
  if (weights.core > 0) PG_RETURN_IF_ERROR(reader.Core("re_en/core/train.jsonl.xz", weights.core));
  // Titles are annotated nowhere, products not as we understand them.
  const uint64_t elsewhere = 1 | LabelsOf(kProduct) | LabelsOf(kTitle);
  if (weights.crossner > 0) {
    for (const char* part : {"ai", "literature", "music", "politics", "science"}) {
      for (const char* split : {"train", "dev"}) {
        const std::string file = absl::StrCat("ner_en/crossner_", part, "/", split, ".jsonl");
        PG_RETURN_IF_ERROR(reader.Ner(file.c_str(), weights.crossner, elsewhere));
      }
    }
  }
  if (weights.wnut > 0) {
    for (const char* file : {"ner_en/wnut17/train.jsonl", "ner_en/wnut17/dev.jsonl"}) {
      PG_RETURN_IF_ERROR(reader.Ner(file, weights.wnut, elsewhere));
    }
  }
  if (weights.wikigold > 0) {
    PG_RETURN_IF_ERROR(reader.Ner("ner_en/wikigold/all_train.jsonl", weights.wikigold, elsewhere));
  }
  return texts;
}

}  // namespace partnergraph
