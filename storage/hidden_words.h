// What the placeables of a run's rows are, as far as searches have seen: the index files them under their classes, so
// that whether one holds some letters is known only of rows whose unit was read once.
//
//   if (auto words = run->hidden_words().Find(row)) return words->find("base") != words->npos;
//   ... read the unit ...
//   run->hidden_words().Learn(row, HiddenWords::Of(text));
//
// Thread-safe. Memory: 4 bytes a row from the first Learn on, and each different text once, up to kMostBytes.
#ifndef REPRISE_STORAGE_HIDDEN_WORDS_H_
#define REPRISE_STORAGE_HIDDEN_WORDS_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace reprise {

class HiddenWords {
 public:
  // Of the texts. What comes beyond is not kept: those rows are read each time.
  static constexpr size_t kMostBytes = size_t{16} << 20;

  explicit HiddenWords(uint32_t rows) : rows_(rows) {}

  // The placeables of a text but its numbers, folded, each followed by a NUL. REQUIRES: valid UTF-8.
  static std::string Of(std::string_view text);

  // `words`: those of the row, or more. Words of one row do not change.
  void Learn(uint32_t row, std::string words);
  // What was learnt of the row. The view is valid as long as the object.
  std::optional<std::string_view> Find(uint32_t row) const;

 private:
  const uint32_t rows_;
  mutable std::shared_mutex mutex_;
  std::vector<uint32_t> text_of_row_;  // 1 + its place in texts_; 0: not known. Empty until the first Learn
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, uint32_t> places_;  // of texts_
  size_t bytes_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_STORAGE_HIDDEN_WORDS_H_
