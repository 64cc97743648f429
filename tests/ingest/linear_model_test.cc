#include "ingest/linear_model.h"

#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/confidence_calibrator.h"
#include "ingest/feature_hash.h"
#include "ingest/mention_finder.h"
#include "ingest/models.h"
#include "ingest/pipeline.h"
#include "ingest/training/classifier_trainer.h"
#include "ingest/training/extraction_trainer.h"
#include "tests/status_matchers.h"
#include "xxhash.h"

namespace partnergraph {
namespace {

uint64_t Hash(std::string_view name) { return FeatureHash(name).value(); }

std::string Bytes(const LinearModelBuilder& builder) {
  absl::StatusOr<std::string> bytes = builder.Finish();
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.ok() ? *bytes : std::string();
}

std::string SmallModel() {
  LinearModelBuilder builder({"NONE", "SUPPLY", "RESEARCH"});
  builder.Set(Hash("a"), 1, 2.0f);
  builder.Set(Hash("a"), 2, -1.0f);
  builder.Set(Hash("b"), 0, 0.5f);
  return Bytes(builder);
}

TEST(LinearModelTest, AddsTheWeightsOfKnownFeatures) {
  const std::string bytes = SmallModel();
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT(model->labels(), testing::ElementsAre("NONE", "SUPPLY", "RESEARCH"));
  EXPECT_EQ(model->LabelIndex("RESEARCH"), 2);
  EXPECT_EQ(model->LabelIndex("OTHER"), -1);
  std::vector<float> scores(3);
  model->Add({Hash("a"), 2}, scores);
  model->Add({Hash("b")}, scores);
  model->Add({Hash("unknown")}, scores);
  EXPECT_THAT(scores, testing::Pointwise(testing::FloatNear(1e-3f), {0.5f, 4.0f, -2.0f}));
}

TEST(LinearModelTest, IsTheSameInWhateverOrderItsWeightsAreSet) {
  LinearModelBuilder builder({"NONE", "SUPPLY", "RESEARCH"});
  builder.Set(Hash("b"), 0, 0.5f);
  builder.Set(Hash("a"), 2, -1.0f);
  builder.Set(Hash("a"), 1, 2.0f);
  EXPECT_EQ(Bytes(builder), SmallModel());
}

TEST(LinearModelTest, AddsAllFeaturesAsItAddsEach) {
  LinearModelBuilder builder({"X", "Y", "Z"});
  std::vector<Feature> features;
  for (uint64_t i = 0; i < 100; ++i) {
    const uint64_t hash = FeatureHash("n").Add(i).value();
    features.push_back({hash, 0.1f * static_cast<float>(i)});
    if (i % 7 == 0) continue;  // Unknown.
    builder.Set(hash, static_cast<uint8_t>(i % 3), 1 / static_cast<float>(i));
    if (i % 2 == 0) builder.Set(hash, static_cast<uint8_t>((i + 1) % 3), static_cast<float>(i));
  }
  const std::string bytes = Bytes(builder);
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  for (const size_t count : {0, 1, 15, 16, 17, 32, 100}) {
    const std::span<const Feature> some(features.data(), count);
    std::vector<float> each(3), all(3);
    for (const Feature& feature : some) model->Add(feature, each);
    model->AddAll(some, all);
    EXPECT_EQ(each, all) << count;
  }
  std::vector<float> scores(3);
  LinearModel().AddAll(features, scores);
  EXPECT_THAT(scores, testing::Each(0));
}

TEST(LinearModelTest, HoldsManyFeatures) {
  LinearModelBuilder builder({"X", "Y"});
  for (uint64_t i = 0; i < 5000; ++i) {
    builder.Set(FeatureHash("n").Add(i).value(), static_cast<uint8_t>(i % 2),
                static_cast<float>(i % 100 + 1));
  }
  const std::string bytes = Bytes(builder);
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  for (uint64_t i = 0; i < 5000; ++i) {
    std::vector<float> scores(2);
    model->Add({FeatureHash("n").Add(i).value()}, scores);
    ASSERT_NEAR(scores[i % 2], static_cast<float>(i % 100 + 1), 0.01);
    ASSERT_EQ(scores[1 - i % 2], 0);
  }
}

TEST(LinearModelTest, AnEmptyModelHasNoLabels) {
  EXPECT_TRUE(LinearModel().empty());
  std::vector<float> scores;
  LinearModel().Add({Hash("a")}, scores);
}

TEST(LinearModelTest, RefusesEveryTruncationAndDamage) {
  const std::string bytes = SmallModel();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(LinearModel::Open(std::string_view(bytes).substr(0, size)),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::_))
        << size;
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x40);
    EXPECT_THAT(LinearModel::Open(damaged),
                StatusIs(absl::StatusCode::kInvalidArgument, testing::_))
        << i;
  }
}

// Bytes with a right checksum that no builder makes.
std::string Rehashed(std::string bytes) {
  constexpr size_t kChecksumAt = 16, kCheckedFrom = 24;
  const uint64_t checksum = XXH3_64bits(bytes.data() + kCheckedFrom, bytes.size() - kCheckedFrom);
  std::memcpy(&bytes[kChecksumAt], &checksum, sizeof(checksum));
  return bytes;
}

TEST(LinearModelTest, RefusesATableWithoutAnEmptySlot) {
  LinearModelBuilder builder({"X"});
  builder.Set(Hash("a"), 0, 1.0f);
  std::string bytes = Bytes(builder);
  ASSERT_THAT(LinearModel::Open(Rehashed(bytes)), IsOk());
  // 40 bytes of header and 8 of names, then two slots of 8 bytes: the full one becomes both.
  constexpr size_t kSlotsAt = 48, kSlotBytes = 8, kOffset = 4;
  const bool first_is_full = bytes[kSlotsAt + kOffset] != 0;
  const size_t full = kSlotsAt + (first_is_full ? 0 : kSlotBytes);
  const size_t empty = kSlotsAt + (first_is_full ? kSlotBytes : 0);
  ASSERT_NE(bytes[full + kOffset], 0);
  ASSERT_EQ(bytes[empty + kOffset], 0);
  std::memcpy(&bytes[empty], &bytes[full], kSlotBytes);
  EXPECT_THAT(LinearModel::Open(Rehashed(bytes)),
              StatusIs(absl::StatusCode::kInvalidArgument, "a malformed model"));
}

TEST(LinearModelTest, SaysWhichTemplatesItWasLearnedFor) {
  LinearModelBuilder builder({"NONE", "SUPPLY"}, 4711);
  builder.Set(Hash("a"), 1, 2.0f);
  const std::string bytes = Bytes(builder);
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->templates(), 4711u);
  EXPECT_THAT(model->labels(), testing::ElementsAre("NONE", "SUPPLY"));
  std::vector<float> scores(2);
  model->Add({Hash("a")}, scores);
  EXPECT_NEAR(scores[1], 2, 1e-3);
  EXPECT_EQ(LinearModel::Open(SmallModel())->templates(), 1u);
}

TEST(LinearModelTest, RefusesAVersionOfTemplatesThatIsNone) {
  LinearModelBuilder builder({"X"}, 23);
  builder.Set(Hash("a"), 0, 1.0f);
  const std::string bytes = Bytes(builder);
  const size_t at = bytes.find("templates 23");
  ASSERT_NE(at, bytes.npos);
  for (const char* const wrong : {"template 23\n", "templates x3", "templates 0\n", "templates -3",
                                  "templates \n3", "templates   "}) {
    ASSERT_EQ(std::strlen(wrong), std::strlen("templates 23"));
    std::string changed = bytes;
    changed.replace(at, std::strlen(wrong), wrong);
    EXPECT_THAT(LinearModel::Open(Rehashed(changed)),
                StatusIs(absl::StatusCode::kInvalidArgument, "a malformed model"))
        << wrong;
  }
}

TEST(ModelsTest, AllTogetherAreWithinTheirLimit) {
  size_t bytes = 0;
  for (const std::string_view name : kModelNames) bytes += ModelFile(name).size();
  EXPECT_LE(bytes, kModelBytesMax);
}

TEST(ModelsTest, OtherLabelsAreRefused) {
  const std::string bytes = SmallModel();
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  for (const std::string_view name : kModelNames) {
    EXPECT_THAT(CheckModel(name, *model),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "the model " + std::string(name) +
                             " has labels that this program does not read: train it again"));
    EXPECT_THAT(CheckModel(name, LinearModel()), IsOk());
  }
}

TEST(ModelsTest, OtherTemplatesAreRefused) {
  for (const std::string_view name : kModelNames) {
    if (ModelFile(name).empty()) continue;  // A build without models has nothing to check.
    const LinearModel& shipped = *FindModel(ShippedModels(), name);
    EXPECT_EQ(shipped.templates(), ModelTemplates(name)) << name;
    EXPECT_THAT(CheckModel(name, shipped), IsOk());
    LinearModelBuilder builder(shipped.labels(), ModelTemplates(name) + 1);
    const std::string bytes = Bytes(builder);
    const std::string refused = "the model " + std::string(name) + " was trained for version " +
                                std::to_string(ModelTemplates(name) + 1) +
                                " of its feature templates, this program has " + "version " +
                                std::to_string(ModelTemplates(name)) + ": train it again";
    ExtractionModels models = ShippedModels();
    *FindModel(models, name) = *LinearModel::Open(bytes);
    EXPECT_THAT(CheckModel(name, *FindModel(models, name)),
                StatusIs(absl::StatusCode::kInvalidArgument, refused));
    EXPECT_THAT(Pipeline::Create(models), StatusIs(absl::StatusCode::kInvalidArgument, refused));
  }
}

// Whatever is trained says what it was trained for: TrainedModels takes nothing else.
TEST(ModelsTest, TrainedModelsAreChecked) {
  LinearModelBuilder builder({std::begin(kFactGroups), std::end(kFactGroups)},
                             ModelTemplates("calibration") + 1);
  TrainedModels trained;
  EXPECT_THAT(trained.Set("calibration", Bytes(builder)),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("calibration")));
  ASSERT_OK_AND_ASSIGN(std::string bytes, FitCalibration({}));
  EXPECT_THAT(trained.Set("calibration", bytes), IsOk());
}

TEST(MentionFinderTest, ARefusedTaggerIsAnErrorWhenModelsAreOpened) {
  const std::string bytes = SmallModel();
  ExtractionModels models;
  models.tagger = *LinearModel::Open(bytes);
  EXPECT_THAT(MentionFinder::Create(models),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("tagger")));
  EXPECT_THAT(Pipeline::Create(models),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("tagger")));
  models.tagger = LinearModel();
  EXPECT_THAT(MentionFinder::Create(models), IsOk());
}

TEST(LinearModelTest, RefusesTooManyLabels) {
  EXPECT_THAT(LinearModelBuilder(std::vector<std::string>(kModelLabelsMax + 1, "L")).Finish(),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::HasSubstr("256 labels")));
}

TEST(ClassifierTrainerTest, LearnsWhatSeparatesTheLabels) {
  std::vector<TrainingExample> examples;
  for (uint64_t i = 0; i < 300; ++i) {
    TrainingExample example;
    example.label = static_cast<uint8_t>(i % 3);
    example.features = {{FeatureHash("bias").value()},
                        {FeatureHash("sign").Add(i % 3).value()},
                        {FeatureHash("noise").Add(i * 7919 % 50).value()}};
    examples.push_back(std::move(example));
  }
  const absl::StatusOr<std::string> bytes = TrainClassifier({"A", "B", "C"}, examples, {});
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_EQ(*bytes, *TrainClassifier({"A", "B", "C"}, examples, {}));
  const absl::StatusOr<LinearModel> model = LinearModel::Open(*bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  for (uint64_t label = 0; label < 3; ++label) {
    const std::vector<Feature> features = {{FeatureHash("sign").Add(label).value()}};
    std::vector<float> probabilities(3);
    Classify(*model, features, probabilities);
    EXPECT_GT(probabilities[label], 0.8f);
    EXPECT_NEAR(probabilities[0] + probabilities[1] + probabilities[2], 1, 1e-5);
  }
}

TEST(ClassifierTrainerTest, RefusesALabelWithoutAName) {
  EXPECT_THAT(TrainClassifier({"A"}, std::vector<TrainingExample>{{{}, 1, 1}}, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, "label 1 of 1 labels"));
}

}  // namespace
}  // namespace partnergraph
