#include "engine/reason_counts.h"

#include <algorithm>
#include <cctype>

namespace reprise {
namespace {

constexpr char kOther[] = "other reasons";

bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// A number that follows is part of a name.
bool InNameOfStandard(std::string_view before) {
  while (!before.empty() && IsDigit(before.back())) before.remove_suffix(1);
  return before.size() >= 4 && before.substr(before.size() - 4) == "BCP ";
}

}  // namespace

std::string ReasonKind(std::string_view reason) {
  // "(line 12)" says where, not what.
  if (const size_t at = reason.rfind(" (line "); at != std::string_view::npos && reason.back() == ')') {
    reason = reason.substr(0, at);
  }
  std::string kind;
  bool in_word = false;  // digits there are no number
  for (size_t i = 0; i < reason.size(); ++i) {
    const char c = reason[i];
    if (c == '"') {
      const size_t end = reason.find('"', i + 1);
      if (end != std::string_view::npos) {
        kind += "\"…\"";
        i = end;
        continue;
      }
    }
    in_word = std::isalpha(static_cast<unsigned char>(c)) != 0 || (in_word && IsDigit(c));
    if (!IsDigit(c) || in_word || InNameOfStandard(kind)) {
      kind.push_back(c);
      continue;
    }
    kind.push_back('N');
    while (i + 1 < reason.size() && IsDigit(reason[i + 1])) ++i;
  }
  return kind;
}

void ReasonCounts::Add(std::string_view reason) {
  std::string kind = ReasonKind(reason);
  if (counts_.size() >= kMaxKinds && counts_.count(kind) == 0) kind = kOther;
  ++counts_[std::move(kind)];
}

std::vector<std::pair<std::string, uint64_t>> ReasonCounts::Sorted() const {
  std::vector<std::pair<std::string, uint64_t>> sorted(counts_.begin(), counts_.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  return sorted;
}

}  // namespace reprise
