#include "ingest/training/tagger_data.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "graph/status_macros.h"
#include "ingest/character.h"
#include "ingest/pipeline.h"
#include "ingest/recognition.h"
#include "ingest/sentence_splitter.h"
#include "ingest/sequence_tagger.h"
#include "ingest/training/annotated_names.h"

namespace partnergraph {
namespace {

// Units are cut between letters and digits, so that names may end there.
bool Joins(char32_t a, char32_t b) {
  return (IsLatin(a) && IsLatin(b)) || (IsDigit(a) && IsDigit(b));
}

uint8_t TagTypeOf(MentionType type) {
  return static_cast<uint8_t>(ShippedTags().TypeIndex(TagTypeName(type)));
}

// Writes the labels of a name on the units of a sentence, or frees them when units do not spell it.
void Label(const KnownName& name, const std::vector<TagUnit>& units, uint64_t all,
           std::vector<uint64_t>& allowed, std::vector<uint8_t>& cuts) {
  const auto first = static_cast<size_t>(
      std::partition_point(units.begin(), units.end(),
                           [&](const TagUnit& unit) { return unit.span.end <= name.span.begin; }) -
      units.begin());
  size_t end = first;
  while (end < units.size() && units[end].span.begin < name.span.end) ++end;
  if (first == end) return;
  const bool spelled =
      units[first].span.begin == name.span.begin && units[end - 1].span.end == name.span.end;
  for (size_t i = first; i < end; ++i) {
    if (!spelled) {
      allowed[i] = all;
      continue;
    }
    const TagSet::Part part = end - first == 1 ? TagSet::kSingle
                              : i == first     ? TagSet::kBegin
                              : i + 1 == end   ? TagSet::kEnd
                                               : TagSet::kMiddle;
    allowed[i] = uint64_t{1} << TagSet::Label(name.type, part);
    if (i > first) cuts[i] = 0;  // The annotation knows better.
  }
}

}  // namespace

const TagSet& ShippedTags() {
  static const TagSet* tags = new TagSet({std::string(TagTypeName(MentionType::kCompany)),
                                          std::string(TagTypeName(MentionType::kPerson)),
                                          std::string(TagTypeName(MentionType::kProduct)),
                                          std::string(TagTypeName(MentionType::kJobTitle)),
                                          std::string(TagTypeName(MentionType::kPlace))});
  return *tags;
}

uint64_t LabelsOf(uint8_t type) { return uint64_t{15} << TagSet::Label(type, TagSet::kBegin); }

absl::StatusOr<TaggerText> ReadTaggerText(Article article) {
  TaggerText text;
  PG_ASSIGN_OR_RETURN(text.document, MakeDocument(std::move(article)));
  PG_RETURN_IF_ERROR(SentenceSplitter().Process(text.document));
  Recognition recognition(text.document);
  FindByRules(recognition);
  text.hints = RuleHints(recognition);
  text.tokens = recognition.tokens;
  SelectMentions(recognition);
  return text;
}

absl::StatusOr<TaggerText> ReadGoldText(const GoldArticle& gold) {
  PG_ASSIGN_OR_RETURN(TaggerText text, ReadTaggerText(gold.article));
  struct Form {
    std::string_view text;
    uint8_t type;
  };
  std::vector<Form> forms;
  for (const GoldEntity& entity : gold.entities) {
    for (const std::string& name : entity.names) {
      if (!name.empty()) forms.push_back({name, TagTypeOf(entity.type)});
    }
  }
  for (const GoldRelation& relation : gold.relations) {
    if (!relation.title.empty()) {
      forms.push_back({relation.title, TagTypeOf(MentionType::kJobTitle)});
    }
  }
  std::stable_sort(forms.begin(), forms.end(),
                   [](const Form& a, const Form& b) { return a.text.size() > b.text.size(); });
  const Document& document = text.document;
  for (const Form& form : forms) {
    std::vector<KnownName> found;
    for (const Span span : OccurrencesOf(form.text, document)) {
      if (!CutsWord(document.chars, span, Joins)) found.push_back({span, form.type});
    }
    AddNames(found, text);
  }
  std::vector<KnownName> by_rules;
  for (const Mention& mention : document.mentions) {
    if (mention.type != MentionType::kJobTitle && mention.type != MentionType::kPlace) continue;
    by_rules.push_back({mention.span, TagTypeOf(mention.type)});
  }
  AddNames(by_rules, text);
  return text;
}

void AddNames(const std::vector<KnownName>& names, TaggerText& text) {
  for (const KnownName& name : names) {
    const auto at = std::partition_point(
        text.names.begin(), text.names.end(),
        [&](const KnownName& other) { return other.span.end <= name.span.begin; });
    if (at == text.names.end() || at->span.begin >= name.span.end) text.names.insert(at, name);
  }
}

void AddText(const TaggerText& text, TaggerTrainer& trainer) {
  const uint64_t all = (uint64_t{1} << ShippedTags().size()) - 1;
  const std::u32string_view chars = text.document.chars;
  std::vector<TagUnit> units;
  std::vector<TagFeature> features;
  std::vector<uint64_t> allowed;
  std::vector<uint8_t> cuts;
  size_t token = 0, hint = 0, name = 0;
  for (const Sentence& sentence : text.document.sentences) {
    const auto take = [&](const auto& items, size_t& next) {
      while (next < items.size() && items[next].span.begin < sentence.span.begin) ++next;
      const size_t first = next;
      while (next < items.size() && items[next].span.begin < sentence.span.end) ++next;
      return std::span(items).subspan(first, next - first);
    };
    CutUnits(chars, sentence.span, units);
    const auto tokens = take(text.tokens, token);
    const auto hints = take(text.hints, hint);
    const auto names = take(text.names, name);
    if (units.empty()) continue;
    // Where anything is right there is nothing to learn.
    if (names.empty() && text.elsewhere == all) continue;
    ExtractTagFeatures(chars, units, tokens, hints, /*sentence_words=*/false, features);
    allowed.assign(units.size(), text.elsewhere);
    cuts.resize(units.size());
    for (size_t i = 0; i < units.size(); ++i) cuts[i] = units[i].cut;
    for (const KnownName& known : names) Label(known, units, all, allowed, cuts);
    trainer.Add(features, allowed, cuts, text.weight);
  }
}

}  // namespace partnergraph
