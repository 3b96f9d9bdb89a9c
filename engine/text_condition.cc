#include "engine/text_condition.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>

#include "engine/concordance_query.h"
#include "text/char_fold.h"
#include "text/normalize.h"

namespace reprise {
namespace {

// Shorter literals, and shorter runs of letters in them, are in too many words.
constexpr size_t kLeastLiteral = 3;
constexpr size_t kLeastLetters = 2;

// What rows must hold so that the expression can find something: one of the literals that it cannot do without.
std::optional<RowPattern> RowsOf(const std::string& text, const re2::RE2::Options& options) {
  re2::FilteredRE2 filter(static_cast<int>(kLeastLiteral));
  int id = 0;
  if (filter.Add(text, options, &id) != re2::RE2::NoError) return std::nullopt;
  std::vector<std::string> literals;
  filter.Compile(&literals);
  std::vector<int> without_any;
  filter.AllPotentials({}, &without_any);
  if (literals.empty() || !without_any.empty()) return std::nullopt;
  RowPattern rows;
  rows.any = true;
  for (const std::string& literal : literals) {
    AtomPattern pattern;
    pattern.text = LongestLetters(literal);
    if (CodePointCount(pattern.text) < kLeastLetters) return std::nullopt;
    pattern.open_front = pattern.open_back = true;
    rows.terms.push_back({{std::move(pattern)}, false});
  }
  return rows;
}

// Sorts the ranges and joins those that overlap or touch.
void Join(std::vector<TextRange>* ranges) {
  std::sort(ranges->begin(), ranges->end(), [](const TextRange& a, const TextRange& b) { return a.begin < b.begin; });
  size_t kept = 0;
  for (const TextRange& range : *ranges) {
    if (range.begin == range.end) continue;
    if (kept != 0 && range.begin <= (*ranges)[kept - 1].end) {
      (*ranges)[kept - 1].end = std::max((*ranges)[kept - 1].end, range.end);
    } else {
      (*ranges)[kept++] = range;
    }
  }
  ranges->resize(kept);
}

}  // namespace

TextCondition::~TextCondition() = default;

absl::StatusOr<std::unique_ptr<TextCondition>> TextCondition::Make(const std::string& text,
                                                                   const TextConditionOptions& how) {
  if (text.size() > kMaxConcordanceTextBytes) {
    return ResourceExhausted("has " + std::to_string(text.size()) + " bytes, the limit is " +
                             std::to_string(kMaxConcordanceTextBytes));
  }
  RETURN_IF_ERROR(ValidateUtf8(text));
  std::unique_ptr<TextCondition> out(new TextCondition());
  out->match_case_ = how.match_case;
  if (!how.regex) {
    ASSIGN_OR_RETURN(out->terms_, ParseTerms(text, how.fuzzy));
    out->rows_ = RowPattern{out->terms_, false};
    return out;
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(how.match_case);
  out->regex_ = std::make_unique<re2::RE2>(text, options);
  if (!out->regex_->ok()) {
    return InvalidArgument("is not a regular expression (RE2): " + out->regex_->error());
  }
  out->rows_ = RowsOf(text, options);
  return out;
}

bool TextCondition::Holds(const std::string& text, std::vector<TextRange>* ranges) const {
  if (ranges != nullptr) ranges->clear();
  if (regex_ != nullptr) return Search(text, ranges);
  const AtomText atoms(text, match_case_);
  for (const Term& term : terms_) {
    if (!FindTerm(term, atoms, ranges)) return false;
  }
  if (ranges != nullptr) Join(ranges);
  return true;
}

bool TextCondition::Search(const std::string& text, std::vector<TextRange>* ranges) const {
  if (ranges == nullptr) return re2::RE2::PartialMatch(text, *regex_);
  bool found = false;
  size_t byte = 0;     // up to here the text was searched
  uint32_t point = 0;  // and so many code points are before it
  re2::StringPiece match;
  while (byte <= text.size() && regex_->Match(text, byte, text.size(), re2::RE2::UNANCHORED, &match, 1)) {
    found = true;
    const auto begin = static_cast<size_t>(match.data() - text.data());
    point += static_cast<uint32_t>(CodePointCount(std::string_view(text).substr(byte, begin - byte)));
    const std::string_view what(match.data(), match.size());
    const auto length = static_cast<uint32_t>(CodePointCount(what));
    ranges->push_back({point, point + length});
    byte = begin + match.size();
    point += length;
    if (length != 0) continue;
    // Goes on behind the next code point, so as not to find nothing here again.
    if (byte++ == text.size()) break;
    while (byte < text.size() && (static_cast<unsigned char>(text[byte]) & 0xC0) == 0x80) ++byte;
    ++point;
  }
  Join(ranges);
  return found;
}

}  // namespace reprise
