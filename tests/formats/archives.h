// Test help: archives made in memory.
#ifndef REPRISE_TESTS_FORMATS_ARCHIVES_H_
#define REPRISE_TESTS_FORMATS_ARCHIVES_H_

#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <string>
#include <utility>
#include <vector>

namespace reprise {

inline std::string Deflate(const std::string& text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
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

inline std::string Gzip(const std::string& text) { return Deflate(text, 16 + MAX_WBITS); }

inline std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  const size_t size = ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3);
  EXPECT_FALSE(ZSTD_isError(size));
  out.resize(size);
  return out;
}

inline std::string Xz(const std::string& text) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const uint8_t*>(text.data()),
                                    text.size(), reinterpret_cast<uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

struct ZipMember {
  std::string name;
  std::string text;
  bool stored = false;
  bool descriptor = false;  // sizes follow the data
  uint16_t method = 8;      // what the header says of a deflated member
  uint16_t flags = 0;
  bool wrong_crc = false;
};

inline std::string ZipOf(const std::vector<ZipMember>& members) {
  const auto little = [](uint64_t value, int bytes) {
    std::string out;
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
    return out;
  };
  std::string zip;
  for (const ZipMember& m : members) {
    const std::string data = m.stored ? m.text : Deflate(m.text, -MAX_WBITS);
    const uint32_t crc = static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(m.text.data()),
                                                     static_cast<uInt>(m.text.size()))) +
                         (m.wrong_crc ? 1 : 0);
    const std::string sizes = little(data.size(), 4) + little(m.text.size(), 4);
    zip += "PK\x03\x04" + little(20, 2) + little(m.flags | (m.descriptor ? 8 : 0), 2) +
           little(m.stored ? 0 : m.method, 2) + little(0, 4);
    zip += m.descriptor ? little(0, 12) : little(crc, 4) + sizes;
    zip += little(m.name.size(), 2) + little(0, 2) + m.name + data;
    if (m.descriptor) zip += "PK\x07\x08" + little(crc, 4) + sizes;
  }
  for (const ZipMember& m : members) {
    zip += "PK\x01\x02" + little(0, 24) + little(m.name.size(), 2) + little(0, 16) + m.name;
  }
  return zip + "PK\x05\x06" + little(0, 18);
}

}  // namespace reprise

#endif  // REPRISE_TESTS_FORMATS_ARCHIVES_H_
