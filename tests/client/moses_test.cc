#include "client/moses.h"

#include <gmock/gmock.h>

#include <memory>

namespace reprise::client {
namespace {

using ::testing::HasSubstr;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

File Make(const std::string& text) {
  File file(std::tmpfile());
  std::fwrite(text.data(), 1, text.size(), file.get());
  std::rewind(file.get());
  return file;
}

absl::Status Rows(const std::string& source, const std::string& target, size_t limit, std::string* all) {
  const File a = Make(source), b = Make(target);
  MosesRows rows(a.get(), b.get(), "en", "de");
  for (bool more = true; more;) {
    std::string chunk;
    ASSIGN_OR_RETURN(more, rows.Next(limit, &chunk));
    EXPECT_LE(chunk.size(), limit);
    *all += chunk;
  }
  return absl::OkStatus();
}

TEST(Moses, LineNOfBothIsRowN) {
  for (const size_t limit : {size_t{1}, size_t{7}, size_t{65536}}) {
    std::string all;
    ASSERT_TRUE(Rows("One\r\n\na\tb\\c\nlast", "Eins\n\nx\nletzte\n", limit, &all).ok());
    EXPECT_EQ(all, "en\tde\tOne\tEins\t\nen\tde\t\t\t\nen\tde\ta\\tb\\\\c\tx\t\nen\tde\tlast\tletzte\t\n");
  }
  std::string none;
  EXPECT_TRUE(Rows("", "", 10, &none).ok());
  EXPECT_EQ(none, "");
}

TEST(Moses, BothFilesNeedAsManyLines) {
  std::string all;
  EXPECT_THAT(MessageOf(Rows("One\nTwo\n", "Eins\n", 65536, &all)),
              HasSubstr("the second file ends after 1 lines and the other goes on"));
  EXPECT_THAT(MessageOf(Rows("", "Eins\n", 65536, &all)), HasSubstr("the first file ends after 0 lines"));
}

}  // namespace
}  // namespace reprise::client
