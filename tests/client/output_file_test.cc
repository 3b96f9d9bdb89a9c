#include "client/output_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace reprise::client {
namespace {

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    std::string pattern = testing::TempDir() + "/reprise_output_XXXXXX";
    directory_ = mkdtemp(pattern.data());
  }
  ~OutputFileTest() override { std::filesystem::remove_all(directory_); }

  std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }
  size_t Files() {
    return static_cast<size_t>(
        std::distance(std::filesystem::directory_iterator(directory_), std::filesystem::directory_iterator()));
  }

  std::string directory_;
};

TEST_F(OutputFileTest, AppearsWithCommit) {
  const std::string path = directory_ + "/a";
  OutputFile file;
  ASSERT_TRUE(file.Open(path).ok());
  ASSERT_TRUE(file.Write("one").ok());
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(file.Commit().ok());
  EXPECT_EQ(Read(path), "one");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, LeavesTheOldFileWithoutCommit) {
  const std::string path = directory_ + "/a";
  ASSERT_TRUE(WriteFile(path, "old").ok());
  {
    OutputFile file;
    ASSERT_TRUE(file.Open(path).ok());
    ASSERT_TRUE(file.Write("new").ok());
  }
  EXPECT_EQ(Read(path), "old");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, NamesWhatCannotBeWritten) {
  const std::string path = directory_ + "/missing/a";
  const absl::Status status = WriteFile(path, "x");
  EXPECT_NE(MessageOf(status).find(path + ": No such file"), std::string::npos) << MessageOf(status);
}

TEST_F(OutputFileTest, FullDeviceIsAnError) { EXPECT_FALSE(WriteFile("/dev/full", "x").ok()); }

}  // namespace
}  // namespace reprise::client
