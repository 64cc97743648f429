#include "ingest/training/ner_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "ingest/sequence_tagger.h"
#include "ingest/text_normalizer.h"
#include "ingest/training/data_file.h"
#include "ingest/training/name_lists.h"
#include "ingest/training/tagger_trainer.h"

namespace partnergraph {
namespace {

using nlohmann::json;

constexpr NerSet kSets[] = {
    {.name = "msra",
     .file = "ner_zh/msra/train.jsonl.xz",
     .held_out = 20,
     .epochs = 8,
     .learning_rate = 0.15f,
     .dropout = 0.1f},
    {.name = "cluener",
     .file = "ner_zh/cluener2020/train.jsonl.xz",
     .held_out = 10,
     .context_rate = 0.5f},
    {.name = "resume",
     .file = "ner_zh/resume/train.jsonl",
     .dev_file = "ner_zh/resume/dev.jsonl",
     .epochs = 20},
    {.name = "weibo",
     .file = "ner_zh/weibo/train.jsonl",
     .dev_file = "ner_zh/weibo/dev.jsonl",
     .epochs = 20},
};

constexpr float kWeightMin = 0.005f;
// Errors of one kind that a table lists.
constexpr size_t kListedErrorsMax = 200;

void AppendChars(const std::string& utf8, std::u32string& chars) {
  for (size_t position = 0; position < utf8.size();) {
    chars.push_back(NormalizeChar(NextCodePoint(utf8, position)));
  }
}

absl::StatusOr<NerSentence> ParseSentence(std::string_view line) {
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError("no JSON object");
  NerSentence sentence;
  std::vector<Span> tokens;
  if (const auto text = object.find("text"); text != object.end() && text->is_string()) {
    const std::string utf8 = text->get<std::string>();
    if (FindInvalidUtf8(utf8)) return absl::InvalidArgumentError("\"text\" is not UTF-8");
    AppendChars(utf8, sentence.chars);
  } else if (const auto list = object.find("tokens"); list != object.end() && list->is_array()) {
    for (const json& token : *list) {
      if (!token.is_string()) return absl::InvalidArgumentError("a token is no string");
      if (!sentence.chars.empty()) sentence.chars.push_back(U' ');
      const auto begin = static_cast<uint32_t>(sentence.chars.size());
      const std::string utf8 = token.get<std::string>();
      if (FindInvalidUtf8(utf8)) return absl::InvalidArgumentError("a token is not UTF-8");
      AppendChars(utf8, sentence.chars);
      tokens.push_back({begin, static_cast<uint32_t>(sentence.chars.size())});
    }
  } else {
    return absl::InvalidArgumentError("neither \"text\" nor \"tokens\"");
  }
  const size_t size = tokens.empty() ? sentence.chars.size() : tokens.size();
  const auto entities = object.find("entities");
  if (entities == object.end() || !entities->is_array()) {
    return absl::InvalidArgumentError("no \"entities\"");
  }
  for (const json& entity : *entities) {
    if (!entity.is_array() || entity.size() != 3 || !entity[0].is_number_unsigned() ||
        !entity[1].is_number_unsigned() || !entity[2].is_string()) {
      return absl::InvalidArgumentError("an entity is not [begin, end, type]");
    }
    const auto begin = entity[0].get<uint64_t>(), end = entity[1].get<uint64_t>();
    if (begin >= end || end > size) {
      return absl::InvalidArgumentError(
          absl::StrCat("an entity of [", begin, ", ", end, ") in ", size));
    }
    const Span span = tokens.empty()
                          ? Span{static_cast<uint32_t>(begin), static_cast<uint32_t>(end)}
                          : Span{tokens[begin].begin, tokens[end - 1].end};
    sentence.entities.push_back({span, entity[2].get<std::string>()});
  }
  return sentence;
}

// Adds a sentence whose every name is annotated. A name that units do not spell, or that overlaps
// one before, makes the sentence useless.
bool AddSentence(const NerSentence& sentence, const TagSet& tags, bool sentence_words,
                 const NameLists* lists, TaggerTrainer& trainer) {
  std::vector<TagUnit> units;
  std::vector<Token> tokens;
  std::vector<TagFeature> features;
  const Span all = {0, static_cast<uint32_t>(sentence.chars.size())};
  CutUnits(sentence.chars, all, units);
  if (units.empty()) return true;
  Segment(sentence.chars, all, tokens);
  std::vector<TagHint> hints;
  if (lists != nullptr) hints = lists->Find(sentence.chars, &sentence, tags.types());
  ExtractTagFeatures(sentence.chars, units, tokens, hints, sentence_words, features);
  std::vector<uint64_t> allowed(units.size(), 1);
  std::vector<uint8_t> cuts(units.size());
  for (const NerEntity& entity : sentence.entities) {
    const auto type = static_cast<size_t>(tags.TypeIndex(entity.type));
    size_t first = 0;
    while (first < units.size() && units[first].span.begin < entity.span.begin) ++first;
    size_t last = first;
    while (last < units.size() && units[last].span.end < entity.span.end) ++last;
    if (last == units.size() || units[first].span.begin != entity.span.begin ||
        units[last].span.end != entity.span.end) {
      return false;
    }
    for (size_t i = first; i <= last; ++i) {
      if (allowed[i] != 1) return false;
      const TagSet::Part part = first == last ? TagSet::kSingle
                                : i == first  ? TagSet::kBegin
                                : i == last   ? TagSet::kEnd
                                              : TagSet::kMiddle;
      allowed[i] = uint64_t{1} << TagSet::Label(type, part);
    }
  }
  trainer.Add(features, allowed, cuts, 1);
  return true;
}

}  // namespace

double NerScore::f1() const {
  return right == 0 ? 0 : 2.0 * static_cast<double>(right) / static_cast<double>(predicted + gold);
}

const NerSet* FindNerSet(std::string_view name) {
  for (const NerSet& set : kSets) {
    if (set.name == name) return &set;
  }
  return nullptr;
}

absl::StatusOr<std::vector<NerSentence>> ReadNerFile(const std::string& path) {
  std::vector<NerSentence> sentences;
  PG_RETURN_IF_ERROR(ForEachDataLine(path, [&](std::string_view line) -> absl::Status {
    if (line.empty()) return absl::OkStatus();
    PG_ASSIGN_OR_RETURN(NerSentence sentence, ParseSentence(line));
    sentences.push_back(std::move(sentence));
    return absl::OkStatus();
  }));
  return sentences;
}

std::vector<std::string> NerTypes(const std::vector<NerSentence>& sentences) {
  std::set<std::string> types;
  for (const NerSentence& sentence : sentences) {
    for (const NerEntity& entity : sentence.entities) types.insert(entity.type);
  }
  return {types.begin(), types.end()};
}

absl::StatusOr<std::string> TrainNer(const std::vector<NerSentence>& sentences, const NerSet& set,
                                     NameLists* lists) {
  const TagSet tags(NerTypes(sentences));
  if (tags.types().size() > TagSet::kTypesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(tags.types().size(), " types, at most ", TagSet::kTypesMax, " are allowed"));
  }
  TaggerTrainer trainer(tags);
  if (lists != nullptr) {
    for (const NerSentence& sentence : sentences) lists->AddSentence(sentence, tags.types());
  }
  for (const NerSentence& sentence : sentences) {
    AddSentence(sentence, tags, set.context_rate > 0, lists, trainer);
  }
  TaggerOptions options;
  options.epochs = set.epochs;
  options.dropout = set.dropout;
  options.learning_rate = set.learning_rate;
  options.context_rate = set.context_rate;
  PG_ASSIGN_OR_RETURN(const TaggerWeights weights, trainer.Train(options));
  return weights.ToModel(kWeightMin);
}

absl::StatusOr<NerEvaluation> EvaluateNer(std::string_view bytes,
                                          const std::vector<NerSentence>& sentences,
                                          bool with_errors, const NameLists* lists) {
  PG_ASSIGN_OR_RETURN(const LinearModel model, LinearModel::Open(bytes));
  PG_ASSIGN_OR_RETURN(const SequenceTagger tagger, SequenceTagger::Create(model));
  NerEvaluation evaluation;
  std::vector<TagUnit> units;
  std::vector<TagSpan> spans;
  for (const NerSentence& sentence : sentences) {
    std::vector<TagHint> hints;
    if (lists != nullptr) hints = lists->Find(sentence.chars, nullptr, tagger.tags().types());
    tagger.TagSentence(sentence.chars, {0, static_cast<uint32_t>(sentence.chars.size())}, hints,
                       false, units, spans);
    using Named = std::pair<Span, std::string>;
    std::set<Named> gold, predicted;
    for (const NerEntity& entity : sentence.entities) gold.emplace(entity.span, entity.type);
    for (const TagSpan& span : spans) {
      predicted.emplace(Span{units[span.begin].span.begin, units[span.end - 1].span.end},
                        tagger.tags().types()[span.type]);
    }
    const auto report = [&](const char* kind, const Named& name) {
      ++evaluation.errors_by_kind[kind];
      if (!with_errors) return;
      std::string text;
      for (uint32_t i = 0; i < sentence.chars.size(); ++i) {
        if (i == name.first.begin) text += '[';
        AppendUtf8(sentence.chars[i], text);
        if (i + 1 == name.first.end) absl::StrAppend(&text, "](", name.second, ")");
      }
      evaluation.errors.push_back({kind, std::move(text)});
    };
    for (const Named& name : gold) {
      ++evaluation.all.gold;
      ++evaluation.by_type[name.second].gold;
      if (predicted.contains(name)) {
        ++evaluation.all.right;
        ++evaluation.by_type[name.second].right;
        continue;
      }
      const char* kind = "missed";
      for (const Named& other : predicted) {
        if (other.first == name.first)
          kind = "type";
        else if (other.first.Overlaps(name.first))
          kind = "boundary";
      }
      report(kind, name);
    }
    for (const Named& name : predicted) {
      ++evaluation.all.predicted;
      ++evaluation.by_type[name.second].predicted;
      const bool beside = std::any_of(gold.begin(), gold.end(), [&](const Named& other) {
        return other.first.Overlaps(name.first);
      });
      if (!beside) report("spurious", name);
    }
  }
  return evaluation;
}

absl::StatusOr<NerEvaluation> EvaluateNerSet(const std::string& data_folder, std::string_view name,
                                             const std::string& path, bool with_errors) {
  const NerSet* const set = FindNerSet(name);
  if (set == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no set is called ", std::string(name)));
  }
  const auto in_data = [&](std::string_view file) {
    return absl::StrCat(data_folder, "/", std::string(file));
  };
  PG_ASSIGN_OR_RETURN(std::vector<NerSentence> train, ReadNerFile(in_data(set->file)));
  std::vector<NerSentence> test;
  if (!path.empty() || !set->dev_file.empty()) {
    PG_ASSIGN_OR_RETURN(test, ReadNerFile(path.empty() ? in_data(set->dev_file) : path));
  } else {
    std::vector<NerSentence> kept;
    for (size_t i = 0; i < train.size(); ++i) {
      (i % set->held_out == 0 ? test : kept).push_back(std::move(train[i]));
    }
    train = std::move(kept);
  }
  PG_ASSIGN_OR_RETURN(NameLists lists, NameLists::Read(data_folder));
  PG_ASSIGN_OR_RETURN(const std::string model, TrainNer(train, *set, &lists));
  return EvaluateNer(model, test, with_errors, &lists);
}

std::string ToTable(const NerEvaluation& evaluation) {
  std::string table = fmt::format("{:<16}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "type",
                                  "precision", "recall", "F1", "right", "predicted", "gold");
  const auto add = [&](std::string_view type, const NerScore& score) {
    table += fmt::format("{:<16}{:>10.2f}{:>10.2f}{:>10.2f}{:>10}{:>10}{:>10}\n", type,
                         100 * score.precision(), 100 * score.recall(), 100 * score.f1(),
                         score.right, score.predicted, score.gold);
  };
  for (const auto& [type, score] : evaluation.by_type) add(type, score);
  add("all (micro)", evaluation.all);
  for (const auto& [kind, count] : evaluation.errors_by_kind) {
    table += fmt::format("errors, {}: {}\n", kind, count);
    size_t listed = 0;
    for (const NerError& error : evaluation.errors) {
      if (error.kind != kind || listed == kListedErrorsMax) continue;
      ++listed;
      table += fmt::format("  {}\n", error.text);
    }
  }
  return table;
}

}  // namespace partnergraph
