#include "ingest/evaluation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "fmt/format.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "ingest/json_fields.h"
#include "nlohmann/json.hpp"
#include "unicode/normalizer2.h"
#include "unicode/translit.h"
#include "unicode/uchar.h"
#include "unicode/unistr.h"

namespace partnergraph {
namespace {

using nlohmann::json;

std::string Norm(const std::string& text) { return ComparedName(text); }

struct GoldEntity {
  std::string id, type, org_type, canonical;
  std::set<std::string> names;  // Normalized.
};

struct Side {
  std::vector<GoldEntity> entities;
  json partnerships = json::array();
  json relations = json::array();
};

absl::StatusOr<std::map<std::string, Side>> Read(std::string_view jsonl, const char* which) {
  std::map<std::string, Side> articles;
  size_t line = 0;
  while (!jsonl.empty()) {
    ++line;
    const size_t end = std::min(jsonl.find('\n'), jsonl.size());
    const std::string_view text = jsonl.substr(0, end);
    jsonl.remove_prefix(std::min(end + 1, jsonl.size()));
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const json object = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    const std::string id = object.is_object() ? StringField(object, "article_id") : std::string();
    if (id.empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(which, " line ", line, ": not an article object"));
    }
    Side& side = articles[id];
    for (const json& entity : ArrayField(object, "entities")) {
      GoldEntity& added = side.entities.emplace_back();
      added.id = StringField(entity, "id");
      added.type = StringField(entity, "type");
      added.org_type = StringField(entity, "org_type");
      added.canonical = StringField(entity, "canonical");
      if (std::string name = Norm(added.canonical); !name.empty()) added.names.insert(name);
      for (const json& mention : ArrayField(entity, "mentions")) {
        if (!mention.is_string()) continue;
        if (std::string name = Norm(mention.get<std::string>()); !name.empty())
          added.names.insert(name);
      }
    }
    side.partnerships = ArrayField(object, "partnerships");
    side.relations = ArrayField(object, "relations");
  }
  return articles;
}

struct Pair {
  size_t gold, predicted;
  double similarity;
};

// Greedy one-to-one alignment, best first; ties by position. Pairs of similarity 0 are left out.
template <typename Similarity>
std::vector<Pair> Align(size_t gold_size, size_t predicted_size, Similarity similarity) {
  std::vector<Pair> scored;
  for (size_t i = 0; i < gold_size; ++i) {
    for (size_t j = 0; j < predicted_size; ++j) {
      if (const double value = similarity(i, j); value > 0) scored.push_back({i, j, value});
    }
  }
  std::sort(scored.begin(), scored.end(), [](const Pair& a, const Pair& b) {
    return std::tuple(-a.similarity, a.gold, a.predicted) <
           std::tuple(-b.similarity, b.gold, b.predicted);
  });
  std::vector<bool> gold_used(gold_size), predicted_used(predicted_size);
  std::vector<Pair> result;
  for (const Pair& pair : scored) {
    if (gold_used[pair.gold] || predicted_used[pair.predicted]) continue;
    gold_used[pair.gold] = predicted_used[pair.predicted] = true;
    result.push_back(pair);
  }
  return result;
}

// Aligned entities share names: more names first, longer names first.
double SharedNames(const GoldEntity& a, const GoldEntity& b) {
  if (a.type != b.type) return 0;
  double count = 0, length = 0;
  for (const std::string& name : a.names) {
    if (!b.names.contains(name)) continue;
    count += 1;
    // In code points, so that scripts weigh the same.
    length += std::count_if(name.begin(), name.end(), [](char c) { return (c & 0xC0) != 0x80; });
  }
  return count + length / 1000;
}

bool EvidenceOverlaps(const json& gold, const json& predicted) {
  for (const json& a : ArrayField(gold, "evidence")) {
    for (const json& b : ArrayField(predicted, "evidence")) {
      if (!a.is_string() || !b.is_string()) continue;
      const std::string x = Norm(a.get<std::string>()), y = Norm(b.get<std::string>());
      if (x.empty() || y.empty()) continue;
      if (x.find(y) != std::string::npos || y.find(x) != std::string::npos) return true;
    }
  }
  return false;
}

void Add(Score& score, double right, double predicted, double gold) {
  score.right += right;
  score.predicted += predicted;
  score.gold += gold;
}

void AddShare(Score& score, bool right) { Add(score, right ? 1 : 0, 1, 1); }

// Compares the two sides of one article.
class Comparison {
 public:
  Comparison(const std::string& id, const Side& gold, const Side& predicted, bool list_errors,
             Evaluation& out)
      : id_(id), gold_(gold), predicted_(predicted), list_errors_(list_errors), out_(out) {}

  void Run() {
    Entities();
    const double typed = Partnerships();
    Relations(typed);
  }

 private:
  void Error(const std::string& line) {
    if (list_errors_) out_.errors.push_back(absl::StrCat(id_, "\t", line));
  }

  void Entities() {
    const std::vector<Pair> pairs =
        Align(gold_.entities.size(), predicted_.entities.size(), [this](size_t i, size_t j) {
          return SharedNames(gold_.entities[i], predicted_.entities[j]);
        });
    std::vector<bool> gold_found(gold_.entities.size()),
        predicted_found(predicted_.entities.size());
    for (const Pair& pair : pairs) {
      const GoldEntity& gold = gold_.entities[pair.gold];
      const GoldEntity& predicted = predicted_.entities[pair.predicted];
      to_gold_[predicted.id] = gold.id;
      gold_found[pair.gold] = predicted_found[pair.predicted] = true;
      if (gold.type == "COMPANY")
        AddShare(out_.shares["org_type"], gold.org_type == predicted.org_type);
    }
    std::set<std::pair<std::string, std::string>> gold_names, predicted_names, both;
    for (size_t i = 0; i < gold_.entities.size(); ++i) {
      const GoldEntity& entity = gold_.entities[i];
      for (const std::string& name : entity.names) gold_names.emplace(name, entity.type);
      Add(out_.figures["entities/" + entity.type], gold_found[i] ? 1 : 0, 0, 1);
      if (!gold_found[i]) Error(absl::StrCat("missed\t", entity.type, "\t", entity.canonical));
    }
    for (size_t j = 0; j < predicted_.entities.size(); ++j) {
      const GoldEntity& entity = predicted_.entities[j];
      for (const std::string& name : entity.names) predicted_names.emplace(name, entity.type);
      Add(out_.figures["entities/" + entity.type], 0, 1, 0);
      if (!predicted_found[j])
        Error(absl::StrCat("spurious\t", entity.type, "\t", entity.canonical));
    }
    std::set_intersection(gold_names.begin(), gold_names.end(), predicted_names.begin(),
                          predicted_names.end(), std::inserter(both, both.end()));
    Add(out_.figures["entities"], pairs.size(), predicted_.entities.size(), gold_.entities.size());
    Add(out_.figures["mentions"], both.size(), predicted_names.size(), gold_names.size());
  }

  void Stated(const std::string& type, const json& fact, bool right) {
    const auto confidence = fact.find("confidence");
    if (confidence != fact.end() && confidence->is_number()) {
      out_.stated.push_back({type, confidence->get<double>(), right});
    }
  }

  // The gold id of a predicted entity; "?" and the id when it is aligned to none.
  std::string ToGold(const std::string& id) const {
    const auto found = to_gold_.find(id);
    return found != to_gold_.end() ? found->second : "?" + id;
  }

  std::set<std::string> Parties(const json& partnership, bool gold) const {
    std::set<std::string> parties;
    for (const json& participant : ArrayField(partnership, "participants")) {
      const std::string id = StringField(participant, "entity");
      parties.insert(gold ? id : ToGold(id));
    }
    return parties;
  }

  // Returns the overlap of the partnerships whose kind agrees.
  double Partnerships() {
    const json& gold = gold_.partnerships;
    const json& predicted = predicted_.partnerships;
    const auto overlap = [&](size_t i, size_t j) {
      const std::set<std::string> a = Parties(gold[i], true), b = Parties(predicted[j], false);
      std::set<std::string> both;
      std::set_intersection(a.begin(), a.end(), b.begin(), b.end(),
                            std::inserter(both, both.end()));
      if (both.empty()) return 0.0;
      const double jaccard = static_cast<double>(both.size()) / (a.size() + b.size() - both.size());
      return jaccard +
             (StringField(gold[i], "kind") == StringField(predicted[j], "kind") ? 1e-6 : 0);
    };
    double soft = 0, typed = 0;
    std::set<size_t> gold_found, predicted_found, right;
    if (gold.empty()) AddShare(out_.shares["no_partnership"], predicted.empty());
    for (const Pair& pair : Align(gold.size(), predicted.size(), overlap)) {
      const json& g = gold[pair.gold];
      const json& p = predicted[pair.predicted];
      gold_found.insert(pair.gold);
      predicted_found.insert(pair.predicted);
      const double credit = std::min(pair.similarity, 1.0);
      const bool agrees = StringField(g, "kind") == StringField(p, "kind");
      soft += credit;
      if (agrees) typed += credit;
      if (agrees && credit >= 0.5) right.insert(pair.predicted);
      AddShare(out_.shares["kind"], agrees);
      if (!agrees)
        Error(absl::StrCat("kind\t", StringField(g, "kind"), "\t", StringField(p, "kind")));
      std::map<std::string, std::string> roles;
      for (const json& x : ArrayField(g, "participants"))
        roles[StringField(x, "entity")] = StringField(x, "role");
      for (const json& x : ArrayField(p, "participants")) {
        const auto role = roles.find(ToGold(StringField(x, "entity")));
        if (role != roles.end())
          AddShare(out_.shares["role"], role->second == StringField(x, "role"));
      }
      if (const std::string date = StringField(g, "date"); !date.empty()) {
        AddShare(out_.shares["date"], date == StringField(p, "date"));
      }
      AddShare(out_.shares["evidence"], EvidenceOverlaps(g, p));
    }
    for (size_t i = 0; i < gold.size(); ++i) {
      if (!gold_found.contains(i))
        Error(absl::StrCat("missed\tpartnership\t", StringField(gold[i], "kind")));
    }
    for (size_t j = 0; j < predicted.size(); ++j) {
      Stated("partnership", predicted[j], right.contains(j));
      if (!predicted_found.contains(j))
        Error(absl::StrCat("spurious\tpartnership\t", StringField(predicted[j], "kind")));
    }
    Add(out_.figures["partnerships"], soft, predicted.size(), gold.size());
    Add(out_.figures["partnerships+kind"], typed, predicted.size(), gold.size());
    return typed;
  }

  void Relations(double typed_partnerships) {
    using Key = std::tuple<std::string, std::string, std::string>;
    std::map<Key, const json*> gold, predicted;
    for (const json& r : gold_.relations) {
      gold[{StringField(r, "type"), StringField(r, "source"), StringField(r, "target")}] = &r;
    }
    for (const json& r : predicted_.relations) {
      predicted[{StringField(r, "type"), ToGold(StringField(r, "source")),
                 ToGold(StringField(r, "target"))}] = &r;
    }
    std::map<std::string, std::string> names;
    for (const GoldEntity& entity : gold_.entities) names[entity.id] = entity.canonical;
    const auto describe = [&](const Key& key) {
      const auto name = [&](const std::string& id) { return names.contains(id) ? names[id] : id; };
      return absl::StrCat(std::get<0>(key), "\t", name(std::get<1>(key)), " -> ",
                          name(std::get<2>(key)));
    };
    double right = 0;
    for (const auto& [key, relation] : gold) {
      const auto found = predicted.find(key);
      Add(out_.figures["relations/" + std::get<0>(key)], found != predicted.end() ? 1 : 0, 0, 1);
      if (found == predicted.end()) {
        Error("missed\t" + describe(key));
        continue;
      }
      right += 1;
      if (const std::string title = Norm(StringField(*relation, "title"));
          std::get<0>(key) == "EMPLOYED_BY" && !title.empty()) {
        AddShare(out_.shares["title"], title == Norm(StringField(*found->second, "title")));
      }
      AddShare(out_.shares["evidence"], EvidenceOverlaps(*relation, *found->second));
    }
    for (const auto& [key, relation] : predicted) {
      Add(out_.figures["relations/" + std::get<0>(key)], 0, 1, 0);
      Stated(std::get<0>(key), *relation, gold.contains(key));
      if (!gold.contains(key)) Error("spurious\t" + describe(key));
    }
    Add(out_.figures["relations"], right, predicted.size(), gold.size());
    Add(out_.figures["facts"], typed_partnerships + right,
        predicted_.partnerships.size() + predicted.size(), gold_.partnerships.size() + gold.size());
  }

  const std::string& id_;
  const Side& gold_;
  const Side& predicted_;
  const bool list_errors_;
  Evaluation& out_;
  std::map<std::string, std::string> to_gold_;
};

}  // namespace

std::string ComparedName(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCInstance(error);
  icu::UnicodeString folded =
      normalizer->normalize(icu::UnicodeString::fromUTF8(
                                icu::StringPiece(text.data(), static_cast<int32_t>(text.size()))),
                            error);
  folded.foldCase();
  icu::UnicodeString kept;
  for (int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (!u_isUWhiteSpace(c)) kept.append(c);
  }
  std::string result;
  kept.toUTF8String(result);
  return result;
}

std::string TraditionalCopy(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> transliterator(
      icu::Transliterator::createInstance("Simplified-Traditional", UTRANS_FORWARD, error));
  if (U_FAILURE(error)) return std::string(text);  // An ICU built without it.
  icu::UnicodeString converted = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  transliterator->transliterate(converted);
  std::string result;
  converted.toUTF8String(result);
  return result;
}

absl::StatusOr<Evaluation> Evaluate(std::string_view gold_jsonl, std::string_view predicted_jsonl,
                                    bool list_errors) {
  PG_ASSIGN_OR_RETURN(const auto gold, Read(gold_jsonl, "gold"));
  PG_ASSIGN_OR_RETURN(const auto predicted, Read(predicted_jsonl, "predicted"));
  Evaluation evaluation;
  static const Side nothing;
  for (const auto& [id, side] : gold) {
    const auto found = predicted.find(id);
    Comparison(id, side, found != predicted.end() ? found->second : nothing, list_errors,
               evaluation)
        .Run();
  }
  return evaluation;
}

namespace {

struct Bin {
  double confidence = 0, right = 0, count = 0;  // Sums.
};

std::array<Bin, kCalibrationBins> Bins(const std::vector<StatedFact>& facts) {
  std::array<Bin, kCalibrationBins> bins;
  for (const StatedFact& fact : facts) {
    const double scaled = std::clamp(fact.confidence, 0.0, 1.0) * kCalibrationBins;
    Bin& bin = bins[std::min(kCalibrationBins - 1, static_cast<size_t>(scaled))];
    bin.confidence += fact.confidence;
    bin.right += fact.right ? 1 : 0;
    bin.count += 1;
  }
  return bins;
}

// "missed COMPANY" of "t-001\tmissed\tCOMPANY\tX".
std::string KindOfError(std::string_view error) {
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(error), '\t');
  return parts.size() < 3 ? std::string(error) : absl::StrCat(parts[1], " ", parts[2]);
}

std::string ErrorsByKind(const std::vector<std::string>& errors) {
  std::map<std::string, std::vector<std::string_view>> kinds;
  for (const std::string& error : errors) kinds[KindOfError(error)].push_back(error);
  std::vector<std::pair<std::string, std::vector<std::string_view>>> sorted(kinds.begin(),
                                                                            kinds.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::string text;
  for (const auto& [kind, lines] : sorted) {
    text += fmt::format("{} {}\n", lines.size(), kind);
    for (const std::string_view line : lines) text += fmt::format("  {}\n", line);
  }
  return text;
}

}  // namespace

double ExpectedCalibrationError(const std::vector<StatedFact>& facts) {
  double error = 0;
  for (const Bin& bin : Bins(facts)) error += std::abs(bin.confidence - bin.right);
  return facts.empty() ? 0 : error / static_cast<double>(facts.size());
}

std::string ToTable(const Evaluation& evaluation) {
  std::string table = fmt::format("{:22}{:>10}{:>8}{:>8}{:>9}{:>10}{:>7}\n", "", "precision",
                                  "recall", "F1", "right", "predicted", "gold");
  for (const auto& [name, score] : evaluation.figures) {
    table +=
        fmt::format("{:22}{:10.3f}{:8.3f}{:8.3f}{:9.2f}{:10.0f}{:7.0f}\n", name, score.precision(),
                    score.recall(), score.f1(), score.right, score.predicted, score.gold);
  }
  table += "shares of what matched:";
  for (const auto& [name, share] : evaluation.shares) {
    table += fmt::format(" {} {:.3f}", name, share.precision());
  }
  table += '\n';
  if (!evaluation.stated.empty()) {
    table += fmt::format(
        "confidence of facts against the share that is right (expected calibration "
        "error {:.3f}):\n",
        ExpectedCalibrationError(evaluation.stated));
    for (const Bin& bin : Bins(evaluation.stated)) {
      if (bin.count == 0) continue;
      table += fmt::format("  {:.2f} {:.2f} of {:.0f}\n", bin.confidence / bin.count,
                           bin.right / bin.count, bin.count);
    }
  }
  return table + ErrorsByKind(evaluation.errors);
}

}  // namespace partnergraph
