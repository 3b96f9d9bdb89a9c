// Random token rows over a small vocabulary, rich in shared stems, repeats and placeables, and their exact C by the
// plainest alignment there is: what the index and its filters are compared with.
#ifndef REPRISE_TESTS_STORAGE_RANDOM_ROWS_H_
#define REPRISE_TESTS_STORAGE_RANDOM_ROWS_H_

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "match/score.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::testing {

class RandomTexts {
 public:
  explicit RandomTexts(uint64_t seed) : rng_(seed) {}

  uint32_t Below(uint32_t n) { return static_cast<uint32_t>(rng_() % n); }

  // A text in key form.
  std::string Text() {
    static const char* const kWords[] = {"a",         "of",
                                         "save",      "saved",
                                         "saving",    "document",
                                         "documents", "documented",
                                         "localize",  "localized",
                                         "file",      "filed",
                                         "open",      "opening",
                                         "window",    "windows",
                                         "menu",      "42",
                                         "7",         "{name}",
                                         "%s",        "https://a.example/x",
                                         "!",         "?",
                                         ",",         "straße",
                                         "文",        "件",
                                         "保",        "파일을",
                                         "파일이",    "ministers",
                                         "minister",  "ministry",
                                         "signed",    "signing",
                                         "x",         "zz",
                                         "table"};
    constexpr uint32_t kCount = sizeof(kWords) / sizeof(kWords[0]);
    const uint32_t length = Below(12) == 0 ? 1 + Below(60) : 1 + Below(9);
    std::string text;
    for (uint32_t i = 0; i < length; ++i) {
      if (!text.empty()) text += ' ';
      // Frequent and rare words, and some that are in few texts only.
      const uint32_t kind = Below(20);
      if (kind == 0) {
        text += "rare" + std::to_string(Below(200)) + "word";
      } else {
        text += kWords[std::min(Below(kCount), Below(kCount))];
      }
    }
    return KeyForm(text);
  }

  // The text with one to four words changed, added or taken away.
  std::string Mutated(const std::string& text) {
    std::vector<std::string> words;
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find(' ', begin), text.size());
      words.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    for (uint32_t edits = 1 + Below(4); edits > 0; --edits) {
      const uint32_t at = Below(static_cast<uint32_t>(words.size()));
      switch (Below(3)) {
        case 0: words[at] = Text().substr(0, 9); break;
        case 1: words.insert(words.begin() + at, Text().substr(0, 7)); break;
        default:
          if (words.size() > 1) words.erase(words.begin() + at);
      }
    }
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " ") + word;
    return KeyForm(out);
  }

 private:
  std::mt19937_64 rng_;
};

// C by the full table of the definition.
inline uint32_t ExactShared(const std::vector<Token>& a, const std::vector<Token>& b) {
  std::vector<std::vector<uint32_t>> best(a.size() + 1, std::vector<uint32_t>(b.size() + 1, 0));
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      best[i][j] = std::max({best[i - 1][j], best[i][j - 1], best[i - 1][j - 1] + AlignedWeight(a[i - 1], b[j - 1])});
    }
  }
  return best[a.size()][b.size()];
}

}  // namespace reprise::testing

#endif  // REPRISE_TESTS_STORAGE_RANDOM_ROWS_H_
