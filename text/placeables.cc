#include "text/placeables.h"

#include <array>
#include <type_traits>

#include "text/char_class.h"

namespace reprise {
namespace {

constexpr uint32_t kMaxScheme = 32;
constexpr uint32_t kMaxLocalPart = 64;
constexpr uint32_t kMaxIdentifier = 128;
constexpr uint32_t kMaxVariable = 64;

constexpr bool IsAsciiLetter(char32_t c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsAsciiDigit(char32_t c) { return c >= '0' && c <= '9'; }
constexpr bool IsAsciiAlnum(char32_t c) { return IsAsciiLetter(c) || IsAsciiDigit(c); }

bool IsDigit(char32_t c) { return c < 0x80 ? IsAsciiDigit(c) : (CharFlags(c) & kCharDigit) != 0; }
bool IsMark(char32_t c) { return c >= 0x300 && (CharFlags(c) & kCharMark) != 0; }

// Letters that form identifiers and keep digits that touch them: the cased alphabets. In other scripts a digit
// beside a letter is a number with a particle ("2023년", "في2023").
bool IsJoiningLetter(char32_t c) { return c < 0x80 ? IsAsciiLetter(c) : (CharFlags(c) & kCharJoins) != 0; }

bool IsOneOf(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }

// Signs whose absence from a text spares the search for addresses and paths in it.
enum Sign : uint8_t { kAt = 1, kBackslash = 2, kColon = 4, kW = 8 };
constexpr std::array<uint8_t, 128> kSigns = [] {
  std::array<uint8_t, 128> signs{};
  signs['@'] = kAt;
  signs['\\'] = kBackslash;
  signs[':'] = kColon;
  signs['w'] = kW;
  return signs;
}();

// On code points or, for plain ASCII, on bytes.
template <typename Char>
class Finder {
 public:
  using Text = std::basic_string_view<Char>;
  using Unit = std::conditional_t<sizeof(Char) == 1, unsigned char, Char>;

  explicit Finder(Text text) : text_(text), size_(static_cast<uint32_t>(text.size())) {
    uint8_t seen = 0;
    for (Char c : text) seen |= static_cast<Unit>(c) < kSigns.size() ? kSigns[static_cast<Unit>(c)] : 0;
    has_at_ = (seen & kAt) != 0;
    has_backslash_ = (seen & kBackslash) != 0;
    has_url_ = ((seen & kColon) != 0 && Contains("://")) || ((seen & kW) != 0 && Contains("www."));
  }

  void Run(std::vector<Placeable>* found) {
    for (uint32_t i = 0; i < size_;) {
      cls_ = TokenClass::kNumber;
      const uint32_t end = Try(i);
      if (end > i) {
        found->push_back({i, end, cls_});
        last_end_ = end;
        if (cls_ == TokenClass::kVariable) variable_end_ = end;
        i = end;
      } else {
        // The rest of a word starts none: StartsWord is false there.
        const bool inside = IsWordPart(Get(i));
        while (++i < size_ && inside && IsWordPart(Get(i))) {
        }
      }
    }
  }

 private:
  static bool IsWordPart(char32_t c) {
    return c < 0x80 ? IsAsciiAlnum(c) : (CharFlags(c) & (kCharDigit | kCharJoins)) != 0;
  }
  bool Contains(std::string_view what) const {
    for (size_t i = text_.find(static_cast<Char>(what[0])); i != Text::npos;
         i = text_.find(static_cast<Char>(what[0]), i + 1)) {
      if (StandsAt(static_cast<uint32_t>(i), what)) return true;
    }
    return false;
  }
  bool StandsAt(uint32_t i, std::string_view what) const {
    for (char c : what) {
      if (At(i++) != static_cast<char32_t>(c)) return false;
    }
    return true;
  }

  // Past the end there is U+0000, which no rule accepts.
  char32_t At(uint32_t i) const { return i < size_ ? Get(i) : 0; }
  char32_t Get(uint32_t i) const { return static_cast<Unit>(text_[i]); }

  // True if a digit of ASCII stands between `i` and the next space: no identifier is without. REQUIRES: `i` never
  // falls.
  bool DigitAhead(uint32_t i) {
    if (digit_ < i) digit_ = i;
    while (digit_ < size_ && !IsAsciiDigit(Get(digit_))) ++digit_;
    if (space_ < i) space_ = i;
    while (space_ < size_ && Get(space_) != ' ') ++space_;
    return digit_ < space_;
  }

  // Each Try… returns the end of the placeable that starts at `i`, or 0.
  uint32_t Try(uint32_t i) {
    const char32_t c = Get(i);
    switch (c) {
      case '%': return Is(TokenClass::kVariable, Percent(i));
      case '{': return Is(TokenClass::kVariable, Brace(i));
      case '$':
      case '#': return Is(TokenClass::kVariable, Dollar(i));
      case '/':
      case '~':
      case '.':
      case '\\': return Is(TokenClass::kIdentifier, Path(i));
      default: break;
    }
    const bool digit = IsDigit(c);
    if (!digit && !IsJoiningLetter(c)) return 0;
    if (!StartsWord(i)) return 0;
    uint32_t end = 0;
    if (has_url_ && (end = Url(i)) != 0) return Is(TokenClass::kUrl, end);
    if (has_at_ && (end = Email(i)) != 0) return Is(TokenClass::kEmail, end);
    if (has_backslash_ && (end = DrivePath(i)) != 0) return Is(TokenClass::kIdentifier, end);
    if (DigitAhead(i) && (end = Identifier(i)) != 0) return Is(TokenClass::kIdentifier, end);
    return digit ? Is(TokenClass::kNumber, Number(i)) : 0;
  }

  uint32_t Is(TokenClass cls, uint32_t end) {
    cls_ = cls;
    return end;
  }

  // True unless the letter or digit at `i` continues what stands before it.
  bool StartsWord(uint32_t i) const {
    if (i == 0 || i == last_end_) return true;
    const char32_t before = Get(i - 1);
    return before != '_' && !IsDigit(before) && !IsMark(before) && !IsJoiningLetter(before);
  }

  uint32_t Name(uint32_t i) const {
    if (!IsAsciiLetter(At(i)) && At(i) != '_') return i;
    while (IsAsciiAlnum(At(i)) || At(i) == '_') ++i;
    return i;
  }
  uint32_t Digits(uint32_t i) const {
    while (i < size_ && IsDigit(Get(i))) ++i;
    return i;
  }

  // The end of a bracketed name whose opening bracket is at `i`, or 0.
  uint32_t Bracketed(uint32_t i, char32_t close) const {
    const uint32_t limit = i + 1 + kMaxVariable;
    uint32_t j = i + 1;
    while (j < limit && (IsAsciiAlnum(At(j)) || IsOneOf(At(j), U"_.-:,/@#"))) ++j;
    return j > i + 1 && At(j) == close ? j + 1 : 0;
  }

  uint32_t Percent(uint32_t i) const {
    // After a number it is a percent sign ("100%d"); after the variable %1 it starts another.
    if (i > 0 && IsDigit(Get(i - 1)) && i != variable_end_) return 0;
    if (At(i + 1) == '(') {
      const uint32_t end = Bracketed(i + 1, ')');
      return end == 0 ? 0 : (IsAsciiLetter(At(end)) ? end + 1 : end);
    }
    if (At(i + 1) == '{') return Bracketed(i + 1, '}');
    uint32_t end = Name(i + 1);
    if (end > i + 2 || (end == i + 2 && At(i + 1) != '_')) {
      if (end > i + 2 && At(end) == '%' && !IsAsciiAlnum(At(end + 1))) ++end;  // %path%
      return end;
    }
    if (At(i + 1) == '@') return i + 2;
    return Conversion(i + 1);
  }

  // What follows "%": position, flags, width, precision, length, conversion; or a position alone (%1).
  uint32_t Conversion(uint32_t i) const {
    uint32_t j = i;
    while (IsAsciiDigit(At(j))) ++j;
    const bool position = j > i;
    if (position && At(j) == '$') ++j;
    const uint32_t bare = position ? j : 0;
    while (j < i + kMaxVariable && IsOneOf(At(j), U"+-#0123456789.*'")) ++j;
    while (IsOneOf(At(j), U"hlqjzt") && IsAsciiLetter(At(j + 1))) ++j;
    if (IsOneOf(At(j), U"diouxefgacspn@") && At(j) != 0 && !IsAsciiAlnum(At(j + 1))) return j + 1;
    if (bare != 0 && At(bare - 1) != '$') return At(bare) == '%' && !IsAsciiAlnum(At(bare + 1)) ? bare + 1 : bare;
    return 0;
  }

  uint32_t Brace(uint32_t i) const {
    if (At(i + 1) == '}') return i + 2;
    if (At(i + 1) == '{') {
      uint32_t inner = i + 1;
      if (At(inner + 1) == ' ') ++inner;
      uint32_t end = inner + 1;
      while (end < inner + kMaxVariable && (IsAsciiAlnum(At(end)) || IsOneOf(At(end), U"_.-"))) ++end;
      if (end == inner + 1) return 0;
      if (At(end) == ' ') ++end;
      return At(end) == '}' && At(end + 1) == '}' ? end + 2 : 0;
    }
    return Bracketed(i, '}');
  }

  uint32_t Dollar(uint32_t i) const {
    const bool dollar = Get(i) == '$';
    switch (At(i + 1)) {
      case '{': return Bracketed(i + 1, '}');
      case '(': return dollar ? Bracketed(i + 1, ')') : 0;
      case '[': return dollar ? Bracketed(i + 1, ']') : 0;
      default: break;
    }
    if (!dollar || (i > 0 && IsAsciiAlnum(Get(i - 1)))) return 0;  // "us$a"
    const uint32_t end = Name(i + 1);
    return end > i + 1 ? end : 0;
  }

  bool IsPathStart(uint32_t i) const { return i == 0 || i == last_end_ || IsOneOf(Get(i - 1), U" ([{\"'=:,"); }

  uint32_t PathEnd(uint32_t i, std::u32string_view separators, uint32_t* count) const {
    *count = 0;
    while (IsAsciiAlnum(At(i)) || (At(i) != 0 && (IsOneOf(At(i), U"_.~+@%-") || IsOneOf(At(i), separators)))) {
      if (IsOneOf(At(i), separators)) ++*count;
      ++i;
    }
    while (i > 0 && Get(i - 1) == '.') --i;
    return i;
  }

  uint32_t Path(uint32_t i) const {
    if (!IsPathStart(i)) return 0;
    uint32_t separators = 0;
    if (Get(i) == '\\') {
      if (At(i + 1) != '\\' || !IsAsciiAlnum(At(i + 2))) return 0;
      return PathEnd(i, U"\\", &separators);
    }
    uint32_t slash = i;
    while (slash < i + 2 && At(slash) == '.') ++slash;
    if (Get(i) == '~') ++slash;
    if (At(slash) != '/' || !(IsAsciiAlnum(At(slash + 1)) || At(slash + 1) == '.' || At(slash + 1) == '_')) return 0;
    const uint32_t end = PathEnd(i, U"/", &separators);
    return separators >= (slash > i ? 1u : 2u) && end > slash + 1 ? end : 0;
  }

  uint32_t DrivePath(uint32_t i) const {
    if (!IsAsciiLetter(Get(i)) || At(i + 1) != ':' || At(i + 2) != '\\') return 0;
    uint32_t separators = 0;
    return PathEnd(i + 2, U"\\", &separators);
  }

  bool IsUrlChar(char32_t c) const {
    if (IsAsciiAlnum(c)) return true;
    if (c < 0x80) return c != 0 && IsOneOf(c, U"-._~:/?#[]@!$&()*+,;=%");
    return IsJoiningLetter(c);
  }

  uint32_t Url(uint32_t i) const {
    uint32_t start = i;
    const uint32_t limit = i + kMaxScheme;
    while (start < limit && (IsAsciiAlnum(At(start)) || IsOneOf(At(start), U"+-"))) ++start;
    if (At(start) == ':' && At(start + 1) == '/' && At(start + 2) == '/') {
      start += 3;
    } else if (StandsAt(i, "www.") && IsJoiningLetter(At(i + 4))) {
      start = i + 4;
    } else {
      return 0;
    }
    uint32_t end = start;
    int open = 0;
    while (end < size_ && IsUrlChar(Get(end))) {
      open += Get(end) == '(' ? 1 : Get(end) == ')' ? -1 : 0;
      ++end;
    }
    for (; end > start && IsOneOf(Get(end - 1), U".,;:!?)]"); --end) {
      if (Get(end - 1) != ')') continue;
      if (open >= 0) break;  // the bracket belongs to the address
      ++open;
    }
    return end > start ? end : 0;
  }

  uint32_t Email(uint32_t i) const {
    uint32_t at = i;
    const uint32_t limit = i + kMaxLocalPart;
    while (at <= limit && (IsAsciiAlnum(At(at)) || (At(at) != 0 && IsOneOf(At(at), U"._%+-")))) ++at;
    if (at == i || At(at) != '@') return 0;
    uint32_t end = 0;  // after the last complete label but the first
    bool letters = false;
    for (uint32_t label = at + 1; label < at + 256;) {
      uint32_t j = label;
      letters = IsAsciiLetter(At(j));
      while (IsAsciiAlnum(At(j)) || (At(j) == '-' && IsAsciiAlnum(At(j + 1)))) ++j;
      if (j == label) break;
      if (label > at + 1 && letters && j - label >= 2) end = j;
      if (At(j) != '.') break;
      label = j + 1;
    }
    return end;
  }

  // A run of letters and digits with single dots or underscores inside, and what it is made of.
  struct Part {
    uint32_t end = 0;
    uint32_t dots = 0;
    bool letter = false;
    bool digit = false;
    bool letter_then_digit = false;
  };
  Part ScanPart(uint32_t i) const {
    Part part;
    const uint32_t limit = i + kMaxIdentifier;
    while (i < size_ && i < limit) {
      const char32_t c = Get(i);
      if (IsAsciiDigit(c)) {
        part.digit = true;
        part.letter_then_digit |= part.letter;
      } else if (IsJoiningLetter(c)) {
        part.letter = true;
      } else {
        const char32_t next = At(i + 1);
        if ((c != '.' && c != '_') || i == 0 || !(IsAsciiDigit(next) || IsJoiningLetter(next))) break;
        if (c == '.' && IsAsciiDigit(next) && !part.digit) break;  // "fig.3" is a word and a number
        part.dots += c == '.';
      }
      ++i;
    }
    part.end = i < limit ? i : 0;
    return part;
  }

  uint32_t Identifier(uint32_t i) const {
    const Part first = ScanPart(i);
    if (first.end <= i) return 0;
    uint32_t end = Hyphened(i, first);
    if (end == 0 && first.letter_then_digit) end = first.end;
    if (end == 0 && !first.letter && first.dots >= 2 && !IsGroupedOrDate(i, first)) end = first.end;
    // A digit of another script or a mark would be torn off.
    return end != 0 && (IsMark(At(end)) || (end < size_ && IsDigit(Get(end)))) ? 0 : end;
  }

  // "lt-1234", "utf-8", "1.2.3-beta2": hyphens join short letters and parts with digits; "19-year-old" is no
  // identifier.
  uint32_t Hyphened(uint32_t i, const Part& first) const {
    uint32_t end = first.end;
    bool digit = first.digit;
    bool hard = first.letter_then_digit;
    bool short_letters = first.digit || first.end - i <= 3;
    bool all_digits = first.digit;
    while (At(end) == '-' && end - i < kMaxIdentifier) {
      const Part part = ScanPart(end + 1);
      if (part.end <= end + 1) break;
      short_letters &= part.digit || part.end - end - 1 <= 3;
      all_digits &= part.digit;
      digit |= part.digit;
      hard |= part.letter_then_digit;
      end = part.end;
    }
    if (end == first.end || !digit) return 0;
    if (IsAsciiDigit(Get(i)) ? (all_digits && hard) : short_letters) return end;
    return 0;
  }

  // 1.234.567 (thousands) or 12.05.2024.
  bool IsGroupedOrDate(uint32_t i, const Part& run) const {
    std::array<uint32_t, 4> lengths{};
    uint32_t groups = 0;
    bool thousands = true;
    for (uint32_t j = i; j < run.end; ++groups) {
      const uint32_t k = Digits(j);
      if (groups < lengths.size()) lengths[groups] = k - j;
      thousands &= groups == 0 ? k - j <= 3 : k - j == 3;
      j = k + 1;
    }
    return thousands || (groups == 3 && lengths[0] <= 2 && lengths[1] <= 2 && lengths[2] == 4);
  }

  bool SeparatorAt(uint32_t i) const {
    return IsOneOf(At(i), U".,\u066B\u066C") && i + 1 < size_ && IsDigit(Get(i + 1));
  }

  uint32_t Number(uint32_t i) const {
    const uint32_t whole = Digits(i);
    uint32_t end = whole;
    const Part run = ScanPart(i);
    if (!run.letter && run.dots == 2 && IsGroupedOrDate(i, run) && Digits(whole + 1) - (whole + 1) != 3) {
      end = run.end;  // a date
    } else if (const uint32_t grouped = Grouped(i, whole); grouped != 0) {
      end = grouped;
    } else if (SeparatorAt(whole) && !(i >= 2 && SeparatorAt(i - 1) && IsDigit(Get(i - 2)))) {  // not in "1,2,3"
      const uint32_t fraction = Digits(whole + 1);
      if (!SeparatorAt(fraction)) end = fraction;
    }
    return IsMark(At(end)) ? 0 : end;
  }

  // The end of a number in digit groups (thousands, or the Indian 12,34,567) with its decimal part; 0 if it is none.
  uint32_t Grouped(uint32_t i, uint32_t whole) const {
    const char32_t mark = At(whole);
    if (whole - i > 3 || !IsOneOf(mark, U".,' \u066C") || mark == 0) return 0;
    uint32_t end = whole;
    uint32_t groups = 0;
    uint32_t length = 0;
    while (At(end) == mark && end + 1 < size_ && IsDigit(Get(end + 1))) {
      const uint32_t next = Digits(end + 1);
      length = next - (end + 1);
      if (length != 3 && !(length == 2 && mark == ',')) return 0;
      ++groups;
      end = next;
    }
    if (groups == 0 || length != 3) return 0;
    bool decimal = false;
    if (SeparatorAt(end)) {
      const uint32_t fraction = Digits(end + 1);
      if (SeparatorAt(fraction)) return 0;
      end = fraction;
      decimal = true;
    }
    if (mark != ' ') return end;
    const bool surely = groups >= 2 || decimal || Get(whole + 1) == '0';
    return surely && Get(i) != '0' ? end : 0;
  }

  const Text text_;
  const uint32_t size_;
  bool has_at_ = false;
  bool has_backslash_ = false;
  bool has_url_ = false;
  uint32_t digit_ = 0;
  uint32_t space_ = 0;
  TokenClass cls_ = TokenClass::kNumber;
  uint32_t last_end_ = 0xFFFFFFFF;
  uint32_t variable_end_ = 0xFFFFFFFF;
};

}  // namespace

bool MayHavePlaceables(std::string_view ascii) {
  static constexpr std::array<bool, 128> kStarters = [] {
    std::array<bool, 128> starters{};
    for (char c : std::string_view("0123456789%{$#/~\\@")) starters[static_cast<unsigned char>(c)] = true;
    return starters;
  }();
  for (char c : ascii) {
    if (kStarters[static_cast<unsigned char>(c) & 0x7F]) return true;
  }
  return ascii.find("www.") != std::string_view::npos;
}

void FindPlaceables(std::u32string_view text, std::vector<Placeable>* found) { Finder<char32_t>(text).Run(found); }

void FindPlaceables(std::string_view ascii, std::vector<Placeable>* found) { Finder<char>(ascii).Run(found); }

}  // namespace reprise
