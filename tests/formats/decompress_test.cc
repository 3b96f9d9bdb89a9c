#include "formats/decompress.h"

#include <gmock/gmock.h>
#include "tests/formats/archives.h"
#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

absl::Status Decode(std::string_view input, size_t chunk, std::string* out, uint64_t max_output = 0) {
  StringSink sink;
  Decompressor decompressor(&sink, max_output);
  absl::Status status;
  for (size_t at = 0; at < input.size() && status.ok(); at += chunk)
    status = decompressor.Feed(input.substr(at, chunk));
  if (status.ok()) status = decompressor.Finish();
  *out = sink.text;
  return status;
}

std::string Sample() {
  std::string text;
  TestRandom random(5);
  for (int i = 0; i < 200000; ++i) text.push_back(static_cast<char>('a' + random.Below(i % 1000 < 500 ? 2 : 26)));
  return text;
}

TEST(Decompress, PlainGzipAndZstdInAnyChunks) {
  for (const std::string& text : {std::string(), std::string("a"), std::string("abcd"), Sample()}) {
    for (const std::string& input : {text, Gzip(text), Zstd(text), Gzip(text) + Gzip("x"), Zstd(text) + Zstd("x"),
                                     Gzip(text) + std::string(512, '\0'), Xz(text), Xz(text) + Xz("x")}) {
      std::string whole;
      ASSERT_TRUE(Decode(input, 1 << 16, &whole).ok());
      const bool two =
          input == Gzip(text) + Gzip("x") || input == Xz(text) + Xz("x") || input == Zstd(text) + Zstd("x");
      EXPECT_EQ(whole, two ? text + "x" : text);
      for (const size_t chunk : {size_t{1}, size_t{7}}) {
        std::string out;
        EXPECT_TRUE(Decode(input, chunk, &out).ok());
        EXPECT_EQ(out, whole);
      }
    }
  }
}

TEST(Decompress, CutOffInputIsSaid) {
  for (const std::string& whole : {Gzip(Sample()), Zstd(Sample()), Xz(Sample())}) {
    for (const size_t length : {size_t{4}, size_t{11}, whole.size() / 2, whole.size() - 1}) {
      std::string out;
      const absl::Status status = Decode(std::string_view(whole).substr(0, length), 1000, &out);
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
      EXPECT_THAT(MessageOf(status), HasSubstr("ends early"));
    }
  }
  std::string out;
  EXPECT_FALSE(Decode("\x1F\x8B", 10, &out).ok());
}

TEST(Decompress, DamageIsSaid) {
  for (std::string input : {Gzip(Sample()), Zstd(Sample()), Xz(Sample()), Gzip("a") + "garbage", Zstd("a") + "garbage",
                            Xz("a") + "garbage"}) {
    if (input.size() > 1000) input.replace(input.size() / 2, 40, std::string(40, '\xFF'));
    std::string out;
    const absl::Status status = Decode(input, 1000, &out);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  }
}

TEST(Decompress, ABombIsStopped) {
  const std::string zeros(50 << 20, '\0');
  for (const std::string& input : {Gzip(zeros), Zstd(zeros), Xz(zeros)}) {
    std::string out;
    const absl::Status status = Decode(input, 100, &out, 1 << 20);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_LE(out.size(), size_t{1} << 20);
  }
  std::string out;
  EXPECT_TRUE(Decode("1234", 1, &out, 4).ok());
  EXPECT_EQ(Decode("12345", 1, &out, 4).code(), absl::StatusCode::kResourceExhausted);
}

TEST(Decompress, ABombIsKnownByItsGrowth) {
  const std::string zeros(100 << 20, '\0');
  for (const std::string& input : {Gzip(zeros), Zstd(zeros), Xz(zeros)}) {
    std::string out;
    const absl::Status status = Decode(input, 1000, &out);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
    EXPECT_THAT(MessageOf(status), HasSubstr("200-fold"));
    EXPECT_LE(out.size(), kFreeOutputBytes + (1 << 20));
  }
}

// Names and texts of members: "name=text;" or "name!error;".
class Members : public MemberSink {
 public:
  absl::Status BeginMember(std::string_view name) override {
    said += name;
    return absl::OkStatus();
  }
  absl::Status Write(std::string_view bytes) override {
    text += bytes;
    return absl::OkStatus();
  }
  absl::Status EndMember(const absl::Status& read) override {
    said += read.ok() ? "=" + text + ";" : "!" + MessageOf(read) + ";";
    text.clear();
    return absl::OkStatus();
  }
  std::string said, text;
};

absl::Status Unzip(std::string_view input, size_t chunk, std::string* said) {
  Members members;
  Decompressor decompressor(&members);
  absl::Status status;
  for (size_t at = 0; at < input.size() && status.ok(); at += chunk)
    status = decompressor.Feed(input.substr(at, chunk));
  if (status.ok()) status = decompressor.Finish();
  *said = members.said + members.text;
  return status;
}

TEST(Decompress, ZipMembersComeOneByOne) {
  const std::string zip = ZipOf({{.name = "a", .text = "one"},
                                 {.name = "dir/", .text = "", .stored = true},
                                 {.name = "dir/b", .text = "two", .stored = true},
                                 {.name = "c", .text = Sample().substr(0, 1000), .descriptor = true},
                                 {.name = "empty", .text = "", .stored = true}});
  for (const size_t chunk : {size_t{1}, size_t{7}, size_t{1} << 16}) {
    std::string said;
    const absl::Status status = Unzip(zip, chunk, &said);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(said, "a=one;dir/b=two;c=" + Sample().substr(0, 1000) + ";empty=;");
  }
  std::string said;
  EXPECT_TRUE(Unzip(ZipOf({}), 7, &said).ok());
}

TEST(Decompress, AZipMemberThatCannotBeReadHarmsNoOther) {
  const std::string zip = ZipOf({{.name = "a", .text = "one", .flags = 1},
                                 {.name = "b", .text = "two", .method = 12},
                                 {.name = "c", .text = "three", .wrong_crc = true},
                                 {.name = "d", .text = "four"}});
  std::string said;
  EXPECT_TRUE(Unzip(zip, 5, &said).ok());
  EXPECT_THAT(said, HasSubstr("a!is encrypted"));
  EXPECT_THAT(said, HasSubstr(";b!is compressed by method 12"));
  EXPECT_THAT(said, HasSubstr(";c!its checksum is wrong"));
  EXPECT_THAT(said, HasSubstr(";d=four;"));
}

TEST(Decompress, ACutOffZipIsSaid) {
  const std::string zip = ZipOf({{.name = "a", .text = "one"}, {.name = "b", .text = Sample()}});
  for (const size_t length : {size_t{10}, size_t{32}, zip.size() / 2, zip.size() - 20, zip.size() - 18}) {
    std::string said;
    const absl::Status status = Unzip(std::string_view(zip).substr(0, length), 1000, &said);
    if (length == zip.size() - 18) {
      EXPECT_TRUE(status.ok()) << status;  // what is missing says nothing
      continue;
    }
    EXPECT_THAT(MessageOf(status), HasSubstr("ends early")) << length;
    if (length == zip.size() / 2) {
      EXPECT_THAT(said, HasSubstr("a=one;b!the zip archive ends early"));
    }
  }
  std::string said;
  EXPECT_THAT(MessageOf(Unzip(zip.substr(0, 36) + "garbage and more garbage", 9, &said)), HasSubstr("zip"));
  std::string out;
  EXPECT_THAT(MessageOf(Decode(zip, 100, &out)), HasSubstr("not read here"));
}

}  // namespace
}  // namespace reprise
