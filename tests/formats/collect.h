// Test help: everything that a reader says about an input, as one comparable value; bytes that a writer wrote.
#ifndef REPRISE_TESTS_FORMATS_COLLECT_H_
#define REPRISE_TESTS_FORMATS_COLLECT_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/unit_stream.h"

namespace reprise {

struct Collected {
  std::vector<std::pair<uint64_t, Unit>> units;
  std::vector<Refusal> refusals;
  std::vector<uint64_t> lines;  // of units and refusals, in the order of the calls
  absl::Status status;          // of the first call that failed

  size_t total() const { return units.size() + refusals.size(); }
};

inline bool operator==(const Refusal& a, const Refusal& b) {
  return a.line == b.line && a.unit == b.unit && a.reason == b.reason;
}
inline bool operator==(const Collected& a, const Collected& b) {
  return a.units == b.units && a.refusals == b.refusals && a.lines == b.lines && a.status == b.status;
}

class CollectSink : public UnitSink {
 public:
  absl::Status OnUnit(Unit unit, uint64_t line) override {
    collected.lines.push_back(line);
    collected.units.emplace_back(line, std::move(unit));
    return absl::OkStatus();
  }
  absl::Status OnRefusal(Refusal refusal) override {
    collected.lines.push_back(refusal.line);
    collected.refusals.push_back(std::move(refusal));
    return absl::OkStatus();
  }
  Collected collected;
};

class StringSink : public ByteSink {
 public:
  absl::Status Write(std::string_view bytes) override {
    text.append(bytes);
    return absl::OkStatus();
  }
  std::string text;
};

inline Collected ReadInChunks(Format format, const ReadOptions& options, std::string_view input, size_t chunk) {
  CollectSink sink;
  auto reader = NewUnitReader(format, options, &sink);
  if (!reader.ok()) {
    sink.collected.status = reader.status();
    return sink.collected;
  }
  absl::Status status;
  for (size_t at = 0; at < input.size() && status.ok(); at += chunk) status = (*reader)->Feed(input.substr(at, chunk));
  if (status.ok()) status = (*reader)->Finish();
  sink.collected.status = status;
  return sink.collected;
}

// Reads the input in chunks of 64 KiB, 7 and 1 bytes, which must agree.
inline Collected ReadAll(Format format, const ReadOptions& options, std::string_view input) {
  Collected all = ReadInChunks(format, options, input, 1 << 16);
  for (const size_t chunk : {size_t{1}, size_t{7}}) {
    const bool same = ReadInChunks(format, options, input, chunk) == all;
    EXPECT_TRUE(same) << "chunks of " << chunk << " bytes read otherwise than one of 64 KiB";
  }
  return all;
}

// A small repeatable random generator, the same on every platform.
class TestRandom {
 public:
  explicit TestRandom(uint64_t seed) : state_(seed * 2 + 1) {}
  uint32_t Below(uint32_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<uint32_t>((state_ >> 33) % limit);
  }

 private:
  uint64_t state_;
};

}  // namespace reprise

#endif  // REPRISE_TESTS_FORMATS_COLLECT_H_
