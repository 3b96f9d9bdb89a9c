// Counts reasons by kind, for reports: reasons that differ in numbers and quoted words alone are of one kind.
//
//   ReasonCounts counts;
//   counts.Add("has 3 columns where 5 are expected");
//   counts.Add("has 4 columns where 5 are expected");
//   counts.Sorted();   // {{"has N columns where N are expected", 2}}
//
// Not thread-safe.
#ifndef REPRISE_ENGINE_REASON_COUNTS_H_
#define REPRISE_ENGINE_REASON_COUNTS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace reprise {

// What a reason has in common with its kind: N for a number, "…" for what is quoted; without the line at its end.
std::string ReasonKind(std::string_view reason);

class ReasonCounts {
 public:
  // A file cannot make the counts grow without end: kinds after the kMaxKinds first ones are "other reasons".
  static constexpr size_t kMaxKinds = 200;

  void Add(std::string_view reason);
  // The most frequent kind first; of like ones the smaller text.
  std::vector<std::pair<std::string, uint64_t>> Sorted() const;

 private:
  std::map<std::string, uint64_t, std::less<>> counts_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_REASON_COUNTS_H_
