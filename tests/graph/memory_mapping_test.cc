#include "graph/memory_mapping.h"

#include <cstring>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;

TEST(MemoryMappingTest, AFileHoldsWhatWasWrittenBeforeAndAfterItGrew) {
  TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "");
  const std::string path = directory / "file";
  ASSERT_OK_AND_ASSIGN(MemoryMapping written, MemoryMapping::CreateFile(path, 5000));
  std::memset(written.data(), 'a', 5000);
  ASSERT_THAT(written.Resize(100'000), IsOk());
  std::memset(written.data() + 5000, 'b', 90'000);
  ASSERT_THAT(written.Sync(), IsOk());
  const std::string want =
      std::string(5000, 'a') + std::string(90'000, 'b') + std::string(5000, '\0');
  EXPECT_EQ(std::string(written.data(), written.size()), want);
  ASSERT_OK_AND_ASSIGN(const MemoryMapping read, MemoryMapping::OpenFile(path));
  EXPECT_EQ(std::string(read.data(), read.size()), want);
}

TEST(MemoryMappingTest, NothingIsWrittenAfterSync) {
  TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "");
  ASSERT_OK_AND_ASSIGN(MemoryMapping file, MemoryMapping::CreateFile(directory / "file", 5000));
  ASSERT_OK_AND_ASSIGN(MemoryMapping memory, MemoryMapping::Anonymous(5000));
  for (MemoryMapping* mapping : {&file, &memory}) {
    mapping->data()[7] = 'x';
    ASSERT_THAT(mapping->Sync(), IsOk());
    EXPECT_EQ(mapping->data()[7], 'x');
    EXPECT_DEATH(mapping->data()[8] = 'y', "");
  }
}

TEST(MemoryMappingTest, FilesThatCannotBeMadeOrReadAreErrors) {
  EXPECT_THAT(MemoryMapping::OpenFile("/nowhere/at/all"), StatusIs(absl::StatusCode::kNotFound, _));
  EXPECT_THAT(MemoryMapping::CreateFile("/nowhere/at/all", 10),
              StatusIs(absl::StatusCode::kUnavailable, _));
}

}  // namespace
}  // namespace partnergraph
