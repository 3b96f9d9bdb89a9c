// A hash of bytes that come piece by piece: the same however they are cut.
//
//   StreamHash hash;
//   hash.Add("Good "); hash.Add("morning.");
//   hash.bytes() == 13;  std::string sum = hash.Sum();   // 16 bytes; more may be added afterwards
//
// XXH3 of 128 bits (Y. Collet), stable across machines and releases of that library. Tells files apart, keeps no
// secrets. Not thread-safe.
#ifndef REPRISE_BASE_STREAM_HASH_H_
#define REPRISE_BASE_STREAM_HASH_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace reprise {

class StreamHash {
 public:
  StreamHash();
  ~StreamHash();
  StreamHash(const StreamHash&) = delete;
  StreamHash& operator=(const StreamHash&) = delete;

  void Add(std::string_view bytes);
  uint64_t bytes() const { return bytes_; }
  std::string Sum() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  uint64_t bytes_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_BASE_STREAM_HASH_H_
