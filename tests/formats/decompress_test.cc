#include "formats/decompress.h"

#include <gmock/gmock.h>
#include <zlib.h>
#include <zstd.h>

#include "tests/formats/collect.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

std::string Gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  EXPECT_FALSE(ZSTD_isError(size));
  out.resize(size);
  return out;
}

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
                                     Gzip(text) + std::string(512, '\0')}) {
      std::string whole;
      ASSERT_TRUE(Decode(input, 1 << 16, &whole).ok());
      const bool two = input == Gzip(text) + Gzip("x") || input == Zstd(text) + Zstd("x");
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
  for (const std::string& whole : {Gzip(Sample()), Zstd(Sample())}) {
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
  for (std::string input : {Gzip(Sample()), Zstd(Sample()), Gzip("a") + "garbage", Zstd("a") + "garbage"}) {
    if (input.size() > 1000) input.replace(input.size() / 2, 40, std::string(40, '\xFF'));
    std::string out;
    const absl::Status status = Decode(input, 1000, &out);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  }
}

TEST(Decompress, ABombIsStopped) {
  const std::string zeros(50 << 20, '\0');
  for (const std::string& input : {Gzip(zeros), Zstd(zeros)}) {
    std::string out;
    const absl::Status status = Decode(input, 100, &out, 1 << 20);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_LE(out.size(), size_t{1} << 20);
  }
  std::string out;
  EXPECT_TRUE(Decode("1234", 1, &out, 4).ok());
  EXPECT_EQ(Decode("12345", 1, &out, 4).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace reprise
