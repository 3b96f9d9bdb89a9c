// Find and replace in one content, which keeps its inline codes where they were.
//
//   ASSIGN_OR_RETURN(TextReplacer replacer, TextReplacer::Make({.find = "colour", .replacement = "color"}));
//   Content after;
//   size_t count = replacer.Replace(content, &after);   // 0: `after` is not touched
//
// The pattern is literal text. An occurrence with an inline code in its midst is left alone: nobody could say where the
// code belongs afterwards. Immutable, safe to use from several threads.
#ifndef REPRISE_ENGINE_TEXT_REPLACER_H_
#define REPRISE_ENGINE_TEXT_REPLACER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"
#include "text/segment.h"

namespace reprise {

struct TextPattern {
  std::string find;
  std::string replacement;  // may be empty
  bool fold = false;        // compare as lookups do: letter case, width, quotes, dashes and white space fold
  bool whole_word = false;  // an occurrence neither begins nor ends within a word, number, URL, …
};

inline constexpr size_t kMaxFindBytes = 1 << 10;

class TextReplacer {
 public:
  // Errors: INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the field "find" (empty, blank where folded, over
  // kMaxFindBytes, not UTF-8) or "replacement" (over 32 KiB, not UTF-8).
  static absl::StatusOr<TextReplacer> Make(TextPattern pattern);

  // The number of occurrences, from the left, none in another. If there is one, *out gets the content with all of them
  // replaced. REQUIRES: in.text is valid UTF-8.
  size_t Replace(const Content& in, Content* out) const;

 private:
  struct Range {
    uint32_t begin = 0;  // code points of the text
    uint32_t end = 0;
  };
  explicit TextReplacer(TextPattern pattern);
  std::vector<Range> FindAll(const std::string& text) const;
  static void DropUnfit(const Content& in, bool whole_word, std::vector<Range>* ranges);

  TextPattern pattern_;
  std::string key_;  // what to find in the key form, if folded
  int64_t replacement_length_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_TEXT_REPLACER_H_
