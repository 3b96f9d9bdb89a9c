#include "formats/transcode.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

std::string Transcode(std::string_view bytes, size_t chunk) {
  Utf8Transcoder transcoder;
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += chunk) transcoder.Feed(bytes.substr(at, chunk), &out);
  transcoder.Finish(&out);
  return out;
}

TEST(Transcode, EveryEncodingInEveryChunking) {
  for (const size_t chunk : {1, 2, 3, 7, 100}) {
    EXPECT_EQ(Transcode("", chunk), "");
    EXPECT_EQ(Transcode("a", chunk), "a");
    EXPECT_EQ(Transcode("\xEF\xBB\xBF<é", chunk), "<é");
    EXPECT_EQ(Transcode(std::string_view("\xFF\xFE<\0\xE9\0", 6), chunk), "<é");
    EXPECT_EQ(Transcode(std::string_view("\xFE\xFF\0<\0\xE9", 6), chunk), "<é");
    EXPECT_EQ(Transcode(std::string_view("<\0\x3D\xD8\x00\xDE", 6), chunk), "<😀");
    EXPECT_EQ(Transcode(std::string_view("\0<\xD8\x3D\xDE\x00", 6), chunk), "<😀");
    EXPECT_EQ(Transcode(std::string_view("<\0\x3D\xD8<\0", 6), chunk), "<\xED\xA0\xBD<");
    EXPECT_EQ(Transcode(std::string_view("<\0\x3D\xD8x", 5), chunk), "<\xED\xA0\xBD\xFF");
  }
}

}  // namespace
}  // namespace reprise
