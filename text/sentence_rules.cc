#include "text/sentence_rules.h"

#include <time.h>
#include <unicode/regex.h>
#include <unicode/unistr.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "text/utf8.h"

namespace reprise {
namespace {

using Pattern = std::unique_ptr<icu::RegexPattern>;

// How far a `before` of unbounded length looks back, in UTF-16 units.
constexpr int32_t kWindow = 512;

icu::UnicodeString Utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
}

Pattern CompilePattern(const icu::UnicodeString& regex, UErrorCode* status) {
  UParseError where;
  Pattern pattern(icu::RegexPattern::compile(regex, 0, where, *status));
  return U_SUCCESS(*status) ? std::move(pattern) : nullptr;
}

absl::Status BadRegex(const SentenceRule& rule, const char* element, UErrorCode status) {
  return InvalidArgument(absl::StrCat("line ", rule.line, ": <", element, "> is no regular expression of ICU (",
                                      u_errorName(status), "); mend it, or put a \\ before what is meant literally"));
}

// Whether the expression may ask for the start of the text: a ^ that does not begin a set, \A or \G.
bool AsksForStart(std::string_view regex) {
  for (size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '^' && (i == 0 || regex[i - 1] != '[')) return true;
    if (regex[i] != '\\' || ++i == regex.size()) continue;
    if (regex[i] == 'A' || regex[i] == 'G') return true;
  }
  return false;
}

// Time of this thread's work, so that a busy machine refuses nothing.
class Budget {
 public:
  explicit Budget(size_t bytes) : end_(Now() + kSecond / 2 + static_cast<int64_t>(bytes / kBytesASecond) * kSecond) {}

  bool Spent() const { return Now() > end_; }
  // The same for many short steps: looks at the clock once in a while.
  bool SpentNow() { return (++steps_ & 63) == 0 && Spent(); }
  static UBool U_CALLCONV GoOn(const void* budget, int32_t) { return !static_cast<const Budget*>(budget)->Spent(); }

 private:
  static constexpr int64_t kSecond = 1000000000;
  static constexpr size_t kBytesASecond = 16 << 10;

  static int64_t Now() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<int64_t>(now.tv_sec) * kSecond + now.tv_nsec;
  }

  const int64_t end_;
  uint64_t steps_ = 0;
};

}  // namespace

struct SentenceRules::Compiled {
  bool breaks = true;
  uint64_t line = 0;
  bool from_start = false;  // `ending` sees all of the text before a place
  Pattern after;            // matches nothing, where `after` would match; null if it fits everywhere
  Pattern behind;           // matches nothing, behind a match of `before`
  Pattern ending;           // in place of `behind`, for a `before` without a bound: matches up to the end of a region
};

SentenceRules::SentenceRules() = default;
SentenceRules::SentenceRules(SentenceRules&&) noexcept = default;
SentenceRules& SentenceRules::operator=(SentenceRules&&) noexcept = default;
SentenceRules::~SentenceRules() = default;

absl::StatusOr<SentenceRules::Compiled> SentenceRules::Compile(const SentenceRule& rule) {
  Compiled compiled;
  compiled.breaks = rule.breaks;
  compiled.line = rule.line;
  const icu::UnicodeString before = Utf16(rule.before), after = Utf16(rule.after);
  // Alone first: "a)(b" is an expression only between other parentheses.
  for (const auto& [regex, element] : {std::pair(&before, "beforebreak"), std::pair(&after, "afterbreak")}) {
    UErrorCode status = U_ZERO_ERROR;
    if (!regex->isEmpty() && CompilePattern(*regex, &status) == nullptr) return BadRegex(rule, element, status);
  }
  UErrorCode status = U_ZERO_ERROR;
  if (!after.isEmpty()) {
    compiled.after = CompilePattern(u"(?=(?:" + after + u"))", &status);
    if (compiled.after == nullptr) return BadRegex(rule, "afterbreak", status);
  }
  if (before.isEmpty()) return compiled;
  compiled.behind = CompilePattern(u"(?<=(?:" + before + u"))", &status);
  if (compiled.behind != nullptr) return compiled;
  status = U_ZERO_ERROR;
  compiled.ending = CompilePattern(u"(?:" + before + u")\\z", &status);
  if (compiled.ending == nullptr) return BadRegex(rule, "beforebreak", status);
  compiled.from_start = AsksForStart(rule.before);
  return compiled;
}

absl::StatusOr<SentenceRules> SentenceRules::Make(const std::vector<SentenceRule>& rules) {
  SentenceRules made;
  for (const SentenceRule& rule : rules) {
    ASSIGN_OR_RETURN(Compiled compiled, Compile(rule));
    made.rules_.push_back(std::move(compiled));
  }
  return made;
}

// One text, searched by all rules. Places are indices of UTF-16 units.
class SentenceRules::Search {
 public:
  Search(const std::vector<Compiled>& rules, std::string_view text)
      : rules_(rules), text_(Utf16(text)), budget_(text.size()), matchers_(rules.size()) {}

  // Where sentences end. Breaks are few, so that the rules that forbid one are asked at the places of breaks alone.
  absl::StatusOr<std::vector<int32_t>> Run() {
    std::map<int32_t, size_t> first;  // place -> the first rule that breaks there
    for (size_t i = 0; i < rules_.size(); ++i) {
      if (!rules_[i].breaks) continue;
      RETURN_IF_ERROR(FindAll(i, &first));
    }
    std::vector<int32_t> places;
    for (const auto& [place, rule] : first) {
      bool kept = true;
      for (size_t i = 0; i < rule && kept; ++i) {
        if (rules_[i].breaks) continue;
        kept = !Fits(i, place);
        if (failed()) return Objection(i);
      }
      if (kept) places.push_back(place);
    }
    return places;
  }

 private:
  using Matcher = std::unique_ptr<icu::RegexMatcher>;
  struct Matchers {
    Matcher after, behind, ending;
  };

  bool failed() const { return U_FAILURE(status_); }

  icu::RegexMatcher& Use(const Pattern& pattern, Matcher* matcher) {
    if (*matcher == nullptr) {
      matcher->reset(pattern->matcher(text_, status_));
      (*matcher)->setMatchCallback(Budget::GoOn, &budget_, status_);
    }
    if (budget_.SpentNow()) status_ = U_REGEX_TIME_OUT;
    return **matcher;
  }

  bool Fits(size_t rule, int32_t place) {
    const Compiled& compiled = rules_[rule];
    Matchers& matchers = matchers_[rule];
    if (compiled.after != nullptr && !Use(compiled.after, &matchers.after).lookingAt(place, status_)) return false;
    if (compiled.behind != nullptr && !Use(compiled.behind, &matchers.behind).lookingAt(place, status_)) return false;
    if (compiled.ending == nullptr) return true;
    int32_t begin = compiled.from_start ? 0 : std::max(place - kWindow, 0);
    if (begin > 0 && U16_IS_TRAIL(text_[begin])) --begin;
    icu::RegexMatcher& ending = Use(compiled.ending, &matchers.ending);
    ending.useTransparentBounds(true);
    ending.region(begin, place, status_);
    return ending.find(status_);
  }

  // Adds the places at which a rule fits and no earlier one of *first does.
  absl::Status FindAll(size_t rule, std::map<int32_t, size_t>* first) {
    const Compiled& compiled = rules_[rule];
    const Pattern& pattern = compiled.behind != nullptr ? compiled.behind : compiled.after;
    Matcher scan;
    for (int32_t place = 0; place < text_.length() && !failed();) {
      if (pattern != nullptr) {
        icu::RegexMatcher& matcher = Use(pattern, &scan);
        if (!matcher.find(status_) || failed()) break;
        place = matcher.start(status_);
      } else {
        place = text_.moveIndex32(place, 1);
      }
      if (place > 0 && place < text_.length() && Fits(rule, place) && !failed()) first->emplace(place, rule);
    }
    return failed() ? Objection(rule) : absl::OkStatus();
  }

  absl::Status Objection(size_t rule) const {
    const bool memory = status_ == U_REGEX_STACK_OVERFLOW || status_ == U_MEMORY_ALLOCATION_ERROR;
    return InvalidArgument(absl::StrCat("the segmentation rule in line ", rules_[rule].line, " takes too ",
                                        memory ? "much memory" : "long",
                                        "; make its repetitions simpler, such as [^.]{0,40} for (.*)*"));
  }

  const std::vector<Compiled>& rules_;
  const icu::UnicodeString text_;
  Budget budget_;
  std::vector<Matchers> matchers_;
  UErrorCode status_ = U_ZERO_ERROR;
};

absl::StatusOr<std::vector<size_t>> SentenceRules::Boundaries(std::string_view text) const {
  ASSIGN_OR_RETURN(const std::vector<int32_t> places, Search(rules_, text).Run());
  std::vector<size_t> bytes;
  size_t at = 0;
  int32_t units = 0;
  for (int32_t place : places) {
    while (units < place) units += U16_LENGTH(NextCodePoint(text, &at));
    bytes.push_back(at);
  }
  return bytes;
}

absl::StatusOr<bool> MatchesWhole(std::string_view regex, std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const Pattern pattern = CompilePattern(Utf16(regex), &status);
  if (pattern == nullptr) {
    return InvalidArgument(absl::StrCat("is no regular expression of ICU (", u_errorName(status), ")"));
  }
  const icu::UnicodeString input = Utf16(text);
  const std::unique_ptr<icu::RegexMatcher> matcher(pattern->matcher(input, status));
  const Budget budget(text.size());
  if (U_SUCCESS(status)) matcher->setMatchCallback(Budget::GoOn, &budget, status);
  const bool matches = U_SUCCESS(status) && matcher->matches(status);
  if (U_FAILURE(status)) return InvalidArgument("takes too long; make its repetitions simpler");
  return matches;
}

}  // namespace reprise
