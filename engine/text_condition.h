// A condition on a text: it holds some words and phrases, or a regular expression finds something in it.
//
//   ASSIGN_OR_RETURN(auto condition, TextCondition::Make("save \"as is\"", {}));
//   std::vector<TextRange> ranges;
//   if (condition->Holds(text, &ranges)) ...
//
// Immutable, thread-safe.
#ifndef REPRISE_ENGINE_TEXT_CONDITION_H_
#define REPRISE_ENGINE_TEXT_CONDITION_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "storage/concordance_search.h"
#include "text/terms.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace reprise {

struct TextConditionOptions {
  bool regex = false;
  bool match_case = false;
  bool fuzzy = false;  // of words; with neither of the others
};

class TextCondition {
 public:
  // Errors: RESOURCE_EXHAUSTED (more than kMaxConcordanceTextBytes), INVALID_ARGUMENT (not UTF-8, no word, a quotation
  // mark that is not closed, no regular expression).
  static absl::StatusOr<std::unique_ptr<TextCondition>> Make(const std::string& text,
                                                             const TextConditionOptions& options);
  ~TextCondition();

  // True if the text fulfils it; then *ranges (unless null) gets what was found: rising, apart, none empty.
  bool Holds(const std::string& text, std::vector<TextRange>* ranges) const;

  // What rows of such texts must hold; nothing if the index cannot tell.
  const std::optional<RowPattern>& rows() const { return rows_; }

 private:
  TextCondition() = default;
  bool Search(const std::string& text, std::vector<TextRange>* ranges) const;

  bool match_case_ = false;
  std::vector<Term> terms_;
  std::unique_ptr<re2::RE2> regex_;  // null: terms_
  std::optional<RowPattern> rows_;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_TEXT_CONDITION_H_
