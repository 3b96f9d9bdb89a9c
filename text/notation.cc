#include "text/notation.h"

#include <unicode/locid.h>
#include <unicode/numberformatter.h>
#include <unicode/plurrule.h>
#include <unicode/uchar.h>

#include <algorithm>
#include <utility>

#include "text/normalize.h"
#include "text/notation_habit.h"
#include "text/utf8.h"

namespace reprise {
namespace {

bool IsDigit(char32_t c) { return u_isdigit(static_cast<UChar32>(c)); }
uint32_t DigitOf(char32_t c) { return static_cast<uint32_t>(u_charDigitValue(static_cast<UChar32>(c))); }
bool IsSpace(char32_t c) { return u_isUWhiteSpace(static_cast<UChar32>(c)); }
bool IsLetter(char32_t c) { return u_isalpha(static_cast<UChar32>(c)); }
bool IsApostrophe(char32_t c) { return c == '\'' || c == 0x2019; }

constexpr char32_t kArabicDecimal = 0x066B;
constexpr char32_t kArabicGroup = 0x066C;

// A written number cut into runs of digits and the signs between them.
struct Runs {
  bool ok = false;
  char32_t zero = 0;                // of the digits
  std::vector<std::string> digits;  // as ASCII
  std::vector<char32_t> signs;      // one fewer
};

Runs CutRuns(std::u32string_view text) {
  Runs runs;
  bool inside = false;
  for (char32_t c : text) {
    if (!IsDigit(c)) {
      if (!inside) return runs;
      runs.signs.push_back(c);
      inside = false;
      continue;
    }
    const char32_t zero = c - DigitOf(c);
    if (runs.zero != 0 && runs.zero != zero) return runs;
    runs.zero = zero;
    if (!inside) runs.digits.emplace_back();
    runs.digits.back() += static_cast<char>('0' + DigitOf(c));
    inside = true;
  }
  runs.ok = inside;
  return runs;
}

std::string Joined(const std::vector<std::string>& digits, size_t count) {
  std::string all;
  for (size_t i = 0; i < count; ++i) all += digits[i];
  return all;
}

Decimal MakeDecimal(std::string_view whole, std::string_view fraction) {
  Decimal decimal;
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1), ++decimal.zeros;
  decimal.whole = whole;
  decimal.fraction = fraction;
  return decimal;
}

bool AllSame(const std::vector<char32_t>& signs, size_t count) {
  return std::all_of(signs.begin(), signs.begin() + static_cast<ptrdiff_t>(count),
                     [&signs](char32_t c) { return c == signs[0]; });
}

// True if the one sign of a number is that of its decimal part; none if it may be either.
std::optional<bool> IsDecimalSign(const Runs& runs, const Habit& habit) {
  const char32_t sign = runs.signs[0];
  if (sign == kArabicDecimal) return true;
  if (sign == kArabicGroup || IsSpace(sign) || IsApostrophe(sign)) return false;
  const bool like_group = runs.digits[1].size() == 3 && runs.digits[0].size() <= 3 && runs.digits[0] != "0";
  if (sign == habit.decimal) return true;
  if (sign == habit.group) return !like_group;
  if (like_group) return std::nullopt;
  return true;
}

// The value of a written number, and whether it shows groups.
std::optional<Decimal> ReadNumber(std::u32string_view text, const Habit& habit, bool* grouped) {
  const Runs runs = CutRuns(text);
  *grouped = false;
  if (!runs.ok) return std::nullopt;
  const size_t last = runs.digits.size() - 1;
  if (last == 0) return MakeDecimal(runs.digits[0], "");
  if (last == 1) {
    const std::optional<bool> decimal = IsDecimalSign(runs, habit);
    if (!decimal) return std::nullopt;
    *grouped = !*decimal;
    return *decimal ? MakeDecimal(runs.digits[0], runs.digits[1]) : MakeDecimal(Joined(runs.digits, 2), "");
  }
  *grouped = true;
  if (AllSame(runs.signs, last)) return MakeDecimal(Joined(runs.digits, last + 1), "");
  if (!AllSame(runs.signs, last - 1)) return std::nullopt;
  return MakeDecimal(Joined(runs.digits, last), runs.digits[last]);
}

// How a text writes a number whose value is known.
struct Style {
  char32_t zero = '0';
  char32_t decimal = 0;  // 0: not shown
  char32_t group = 0;
  bool shows_groups = false;  // true also if it shows that there are none
  uint32_t primary = 0, secondary = 0;
  bool groups_four = false;
};

std::optional<Style> StyleOf(std::u32string_view text, const Decimal& value) {
  const Runs runs = CutRuns(text);
  if (!runs.ok) return std::nullopt;
  size_t wholes = runs.digits.size();
  Style style;
  style.zero = runs.zero;
  if (!value.fraction.empty()) {
    if (wholes < 2 || runs.digits.back() != value.fraction) return std::nullopt;
    style.decimal = runs.signs.back();
    --wholes;
  }
  const Decimal mine = MakeDecimal(Joined(runs.digits, wholes), value.fraction);
  if (!mine.SameValue(value)) return std::nullopt;
  if (wholes == 1) {
    style.shows_groups = value.whole.size() > 4;
    return style;
  }
  if (!AllSame(runs.signs, wholes - 1) || runs.signs[0] == style.decimal) return std::nullopt;
  style.group = runs.signs[0];
  style.shows_groups = true;
  style.primary = static_cast<uint32_t>(runs.digits[wholes - 1].size());
  style.secondary = wholes > 2 ? static_cast<uint32_t>(runs.digits[wholes - 2].size()) : 0;
  style.groups_four = value.whole.size() == 4;
  return style;
}

std::u32string InDigits(std::string_view ascii, char32_t zero) {
  std::u32string out;
  for (char c : ascii) out += zero + static_cast<char32_t>(c - '0');
  return out;
}

std::u32string WriteNumber(const Decimal& value, Style style, bool grouped, const Habit& habit) {
  if (style.decimal == 0) style.decimal = habit.decimal;
  const bool own_groups = style.group != 0;
  if (!own_groups) style.group = habit.group == style.decimal ? (habit.group == '.' ? ',' : '.') : habit.group;
  const uint32_t primary = style.primary != 0 ? style.primary : habit.primary;
  const uint32_t secondary = style.secondary != 0 ? style.secondary : habit.secondary;
  bool groups = own_groups || (grouped && !style.shows_groups);
  if (value.whole.size() == 4 && !style.groups_four && !habit.groups_four) groups = false;
  const std::u32string digits = InDigits(value.whole, style.zero);
  std::u32string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    const size_t left = digits.size() - i;
    if (groups && i > 0 && (left == primary || (left > primary && (left - primary) % secondary == 0))) {
      out += style.group;
    }
    out += digits[i];
  }
  if (!value.fraction.empty()) out += style.decimal + InDigits(value.fraction, style.zero);
  return out;
}

// Groups the number tokens of one text.
class Finder {
 public:
  Finder(std::string_view text, const std::vector<Token>& tokens, std::string_view locale)
      : points_(ToCodePoints(text)), tokens_(tokens), habit_(HabitOf(locale)) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      if (tokens[i].cls == TokenClass::kNumber) numbers_.push_back(i);
    }
  }

  std::vector<Numeral> Run() {
    std::vector<Numeral> found;
    for (size_t i = 0; i < numbers_.size();) {
      Numeral numeral;
      size_t used = Date(i, &numeral);
      if (used == 0) used = Time(i, &numeral);
      if (used == 0) used = Number(i, &numeral);
      numeral.first_token = numbers_[i];
      if (numeral.last_token == 0) numeral.last_token = numbers_[i + used - 1];
      numeral.begin = Of(i).begin;
      numeral.end = tokens_[numeral.last_token].end;
      numeral.text = points_.substr(numeral.begin, numeral.end - numeral.begin);
      found.push_back(std::move(numeral));
      i += used;
    }
    return found;
  }

 private:
  const Token& Of(size_t number) const { return tokens_[numbers_[number]]; }
  std::u32string_view Text(size_t number) const {
    return std::u32string_view(points_).substr(Of(number).begin, Of(number).end - Of(number).begin);
  }
  // What stands between a number and the next; "" at the end.
  std::u32string_view Gap(size_t number) const {
    if (number + 1 >= numbers_.size() || Of(number + 1).begin < Of(number).end) return {};
    return std::u32string_view(points_).substr(Of(number).end, Of(number + 1).begin - Of(number).end);
  }

  // The value of a run of at most four digits; -1 if it is something else.
  static int Small(std::u32string_view text) {
    if (text.empty() || text.size() > 4) return -1;
    int value = 0;
    for (char32_t c : text) {
      if (!IsDigit(c)) return -1;
      value = 10 * value + static_cast<int>(DigitOf(c));
    }
    return value;
  }

  // True if the signs between three numbers may join a date: one mark, the same twice, perhaps with a space behind it,
  // or, behind a year, the letters of scripts that name the fields (年, 년).
  static bool JoinsDate(std::u32string_view a, std::u32string_view b, bool year_first) {
    if (a.empty() || b.empty() || a.size() > 2 || b.size() > 2) return false;
    if (a == b && (a[0] == '/' || a[0] == '-' || a[0] == '.') && (a.size() == 1 || IsSpace(a[1]))) return true;
    const auto names = [](char32_t c) {
      return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_IDEOGRAPHIC) || (c >= 0xAC00 && c <= 0xD7A3);
    };
    return year_first && names(a[0]) && names(b[0]);
  }

  size_t Date(size_t i, Numeral* out) const {
    std::vector<std::u32string_view> parts;
    char32_t mark = 0;
    size_t used = 1;
    if (const std::u32string_view text = Text(i); std::count(text.begin(), text.end(), U'.') == 2) {
      const size_t first = text.find('.'), second = text.rfind('.');
      parts = {text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
      mark = '.';
    } else if (parts = Slashed(i); !parts.empty()) {
      parts.insert(parts.begin(), text);
      mark = '/';
      out->last_token = numbers_[i] + 1;
    } else if (i + 2 < numbers_.size() && JoinsDate(Gap(i), Gap(i + 1), text.size() == 4)) {
      parts = {text, Text(i + 1), Text(i + 2)};
      mark = Gap(i)[0];
      used = 3;
      if (Gap(i + 2) == Gap(i)) return 0;  // four numbers
    } else {
      return 0;
    }
    if (SetDate(parts, mark, out)) return used;
    out->last_token = 0;
    return 0;
  }

  // The "04" and "2024" of a token "/04/2024" right behind the number: to the tokenizer that is a path.
  std::vector<std::u32string_view> Slashed(size_t i) const {
    const size_t next = numbers_[i] + 1;
    if (next >= tokens_.size() || tokens_[next].cls != TokenClass::kIdentifier) return {};
    if (tokens_[next].begin != Of(i).end) return {};
    const std::u32string_view text =
        std::u32string_view(points_).substr(tokens_[next].begin, tokens_[next].end - tokens_[next].begin);
    const size_t second = text.rfind(U'/');
    if (text[0] != '/' || second == 0 || std::count(text.begin(), text.end(), U'/') != 2) return {};
    return {text.substr(1, second - 1), text.substr(second + 1)};
  }

  static bool SetDate(const std::vector<std::u32string_view>& parts, char32_t mark, Numeral* out) {
    const int a = Small(parts[0]), b = Small(parts[1]), c = Small(parts[2]);
    const auto within = [](int value, int most) { return value >= 1 && value <= most; };
    if (a < 0 || b < 0 || c < 0 || parts[1].size() > 2) return false;
    out->kind = Numeral::Kind::kDate;
    const auto width = [&parts](int i) { return static_cast<uint32_t>(parts[static_cast<size_t>(i)].size()); };
    if (parts[0].size() == 4 && parts[2].size() <= 2) {
      out->fields = {a, b, c};
      out->widths = {4, width(1), width(2)};
      return within(b, 12) && within(c, 31);
    }
    if (parts[0].size() > 2 || (parts[2].size() != 4 && (parts[2].size() != 2 || mark == '-'))) return false;
    const bool day_first = b <= 12 && (a > 12 || mark == '.' || a == b);
    if (day_first || b <= 12) {
      out->fields = {c, b, a};
      out->widths = {width(2), width(1), width(0)};
    } else {
      out->fields = {c, a, b};
      out->widths = {width(2), width(0), width(1)};
    }
    out->ambiguous = (!day_first && b <= 12) || parts[2].size() == 2;
    return within(out->fields[1], 12) && within(out->fields[2], 31);
  }

  static bool IsColon(std::u32string_view gap) { return gap == U":" || gap == U"\uFF1A"; }

  size_t Time(size_t i, Numeral* out) const {
    if (!IsColon(Gap(i))) return 0;
    if (i > 0 && IsColon(Gap(i - 1))) return 0;
    const int hour = Small(Text(i)), minute = Small(Text(i + 1));
    if (hour < 0 || hour > 24 || Text(i).size() > 2 || minute < 0 || minute > 59 || Text(i + 1).size() != 2) return 0;
    out->kind = Numeral::Kind::kTime;
    out->fields = {hour, minute, -1};
    out->widths = {static_cast<uint32_t>(Text(i).size()), 2, 0};
    size_t used = 2;
    if (IsColon(Gap(i + 1))) {
      out->fields[2] = Small(Text(i + 2));
      out->widths[2] = 2;
      used = 3;
      if (out->fields[2] < 0 || out->fields[2] > 59 || Text(i + 2).size() != 2) return 0;
    }
    out->half = HalfAfter(Of(i + used - 1).end);
    return used;
  }

  // What the letters behind a time say, "PM" or "p. m.".
  Numeral::Half HalfAfter(uint32_t at) const {
    while (at < points_.size() && IsSpace(points_[at])) ++at;
    uint32_t end = at;
    constexpr uint32_t kLongest = 12;
    while (end < points_.size() && end < at + kLongest && (IsLetter(points_[end]) || points_[end] == '.')) ++end;
    const std::string word = WithoutPoints(FromCodePoints(points_.substr(at, end - at)));
    if (word.empty()) return Numeral::Half::kNone;
    if (word == habit_.morning || word == "am") return Numeral::Half::kMorning;
    return word == habit_.afternoon || word == "pm" ? Numeral::Half::kAfternoon : Numeral::Half::kNone;
  }

  // A number, with the groups that a space keeps apart.
  size_t Number(size_t i, Numeral* out) const {
    size_t used = 1;
    const std::u32string_view first = Text(i);
    if (first.size() <= 3 && Small(first) > 0 && DigitOf(first[0]) != 0) {
      while (JoinsGroup(i + used - 1, Gap(i))) {
        const std::u32string_view next = Text(i + used);
        ++used;
        if (next.size() > 3) break;  // with a decimal part
      }
    }
    const Token& last = Of(i + used - 1);
    const std::u32string_view text = std::u32string_view(points_).substr(Of(i).begin, last.end - Of(i).begin);
    out->number = ReadNumber(text, habit_, &out->grouped);
    out->part = IsPart(Of(i).begin, last.end);
    return used;
  }

  // True if a superscript, a fraction or the like touches it.
  bool IsPart(uint32_t begin, uint32_t end) const {
    const auto odd = [this](size_t at) {
      const int8_t type = u_charType(static_cast<UChar32>(points_[at]));
      return type == U_OTHER_NUMBER || type == U_LETTER_NUMBER;
    };
    return (begin > 0 && odd(begin - 1)) || (end < points_.size() && odd(end));
  }

  bool JoinsGroup(size_t i, std::u32string_view gap) const {
    if (gap.size() != 1 || Gap(i) != gap || !IsSpace(gap[0])) return false;
    if (gap[0] == ' ' && !IsSpace(habit_.group)) return false;
    const std::u32string_view next = Text(i + 1);
    size_t digits = 0;
    while (digits < next.size() && IsDigit(next[digits])) ++digits;
    return digits == 3 && (next.size() == 3 || next[3] == habit_.decimal);
  }

  const std::u32string points_;
  const std::vector<Token>& tokens_;
  const Habit& habit_;
  std::vector<size_t> numbers_;  // tokens
};

// Where the fields of a date or time stand in its text: runs of digits.
struct Span {
  size_t begin = 0, end = 0;
};
std::vector<Span> DigitSpans(std::u32string_view text) {
  std::vector<Span> spans;
  for (size_t i = 0; i < text.size();) {
    size_t j = i;
    while (j < text.size() && IsDigit(text[j])) ++j;
    if (j > i) spans.push_back({i, j});
    i = std::max(j, i + 1);
  }
  return spans;
}

int ValueOf(std::u32string_view text, const Span& span) {
  int value = 0;
  for (size_t i = span.begin; i < span.end && span.end - span.begin <= 4; ++i) {
    value = 10 * value + static_cast<int>(DigitOf(text[i]));
  }
  return value;
}

// Which field (0 year, 1 month, 2 day) each of the three runs of a date is, by the known value. Several orders fit if
// day and month are equal.
std::vector<std::array<size_t, 3>> OrdersOf(std::u32string_view text, const std::array<int, 3>& fields) {
  static constexpr std::array<std::array<size_t, 3>, 3> kOrders{{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}}};
  const std::vector<Span> spans = DigitSpans(text);
  std::vector<std::array<size_t, 3>> fitting;
  if (spans.size() != 3) return fitting;
  for (const auto& order : kOrders) {
    bool fits = true;
    for (size_t i = 0; i < 3; ++i) fits = fits && ValueOf(text, spans[i]) == fields[order[i]];
    if (fits) fitting.push_back(order);
  }
  return fitting;
}

// `text` with its runs of digits replaced: run i gets fields[order[i]].
std::u32string WriteFields(const Numeral& target, const Numeral& query, const std::array<size_t, 3>& order) {
  const std::vector<Span> spans = DigitSpans(target.text);
  // One field below ten shows whether they are padded; if none does, the query's habit is as good as any.
  bool padded = false, shown = false;
  for (size_t i = 0; i < spans.size(); ++i) {
    const size_t width = spans[i].end - spans[i].begin;
    if (width == 4 || ValueOf(target.text, spans[i]) >= 10) continue;
    if (target.kind == Numeral::Kind::kTime && i > 0) continue;
    shown = true;
    padded |= width == 2;
  }
  std::u32string out;
  size_t at = 0;
  for (size_t i = 0; i < spans.size(); ++i) {
    out += target.text.substr(at, spans[i].begin - at);
    at = spans[i].end;
    const size_t field = order[i];
    const char32_t first = target.text[spans[i].begin];
    std::string digits = std::to_string(query.fields[field]);
    const bool always = target.kind == Numeral::Kind::kTime && i > 0;
    const bool pad = always || (shown ? padded : query.widths[field] == 2);
    if (digits.size() == 1 && pad) digits.insert(digits.begin(), '0');
    out += InDigits(digits, first - DigitOf(first));
  }
  return out + target.text.substr(at);
}

std::optional<std::u32string> RewriteDate(const Numeral& target, const Numeral& stored, const Numeral& query,
                                          std::string* why) {
  if (stored.ambiguous || query.ambiguous) {
    *why = "ambiguous date";
    return std::nullopt;
  }
  const auto orders = OrdersOf(target.text, stored.fields);
  const bool same_either_way = query.fields[1] == query.fields[2];
  const bool points = target.text.find('.') != std::u32string::npos;  // day first wherever it is used
  if (orders.empty() || (orders.size() > 1 && !same_either_way && !points)) {
    *why = "order of day and month not clear";
    return std::nullopt;
  }
  return WriteFields(target, query, orders[0]);
}

std::optional<std::u32string> RewriteTime(const Numeral& target, const Numeral& stored, const Numeral& query,
                                          std::string* why) {
  const bool twelve = stored.fields[0] == 12 || query.fields[0] == 12;
  const bool as_many = (stored.fields[2] < 0) == (query.fields[2] < 0);
  if (stored.half != query.half || (stored.half == Numeral::Half::kMorning && twelve) || !as_many) {
    *why = "another clock";
    return std::nullopt;
  }
  return WriteFields(target, query, {0, 1, 2});
}

}  // namespace

std::vector<Numeral> FindNumerals(std::string_view text, const std::vector<Token>& tokens, std::string_view locale) {
  return Finder(text, tokens, locale).Run();
}

bool SameValue(const Numeral& a, const Numeral& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == Numeral::Kind::kNumber) return a.number && b.number && a.number->SameValue(*b.number);
  return !a.ambiguous && !b.ambiguous && a.fields == b.fields && a.half == b.half;
}

bool Writes(const Numeral& target, const Numeral& stored) {
  if (target.text == stored.text) return true;
  if (stored.kind == Numeral::Kind::kNumber) {
    return target.kind == stored.kind && stored.number && StyleOf(target.text, *stored.number).has_value();
  }
  if (target.kind != stored.kind) return false;
  if (stored.kind == Numeral::Kind::kTime) return target.fields == stored.fields;
  return !OrdersOf(target.text, stored.fields).empty();
}

std::optional<std::u32string> Rewrite(const Numeral& target, const Numeral& stored, const Numeral& query,
                                      std::string_view locale, std::string* why) {
  if (query.kind != stored.kind) {
    *why = "another kind";
    return std::nullopt;
  }
  if (stored.kind == Numeral::Kind::kDate) return RewriteDate(target, stored, query, why);
  if (stored.kind == Numeral::Kind::kTime) return RewriteTime(target, stored, query, why);
  if (stored.part || query.part || target.part) {
    *why = "notation not clear";
    return std::nullopt;
  }
  const bool as_it_is = target.text == stored.text && CutRuns(stored.text).digits.size() > 1;
  if (as_it_is) return query.text;
  if (!stored.number || !query.number) {
    *why = "notation not clear";
    return std::nullopt;
  }
  const std::optional<Style> style = StyleOf(target.text, *stored.number);
  if (!style) {
    *why = "notation not clear";
    return std::nullopt;
  }
  Decimal value = *query.number;
  const Runs runs = CutRuns(target.text);
  const bool zeros = runs.digits[0].size() > 1 && runs.digits[0][0] == '0';
  if (zeros) value.whole.insert(0, value.zeros, '0');
  return WriteNumber(value, *style, query.grouped, HabitOf(locale));
}

std::string PluralCategory(const Decimal& number, std::string_view locale) {
  const Habit& habit = HabitOf(locale);
  if (habit.plural == nullptr) return "other";
  std::string out;
  constexpr size_t kPlain = 9;  // digits of an int32_t, which needs no formatting
  if (number.fraction.empty() && number.whole.size() <= kPlain) {
    return habit.plural->select(static_cast<int32_t>(std::stol(number.whole))).toUTF8String(out);
  }
  // The rules look at the last digits, and at whether a number is small.
  constexpr size_t kEnough = 18;
  std::string digits = number.whole;
  if (digits.size() > kEnough) digits = "1" + digits.substr(digits.size() - kEnough + 1);
  const std::string fraction = number.fraction.substr(0, kEnough);
  if (!fraction.empty()) digits += "." + fraction;
  UErrorCode status = U_ZERO_ERROR;
  const auto places = static_cast<int32_t>(fraction.size());
  const icu::number::FormattedNumber formatted =
      icu::number::NumberFormatter::withLocale(icu::Locale::getRoot())
          .precision(icu::number::Precision::fixedFraction(places))
          .formatDecimal({digits.data(), static_cast<int32_t>(digits.size())}, status);
  const icu::UnicodeString category = habit.plural->select(formatted, status);
  return U_FAILURE(status) ? "other" : category.toUTF8String(out);
}

std::u32string ToCodePoints(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (size_t i = 0; i < text.size();) points.push_back(NextCodePoint(text, &i));
  return points;
}

std::string FromCodePoints(std::u32string_view points) {
  std::string text;
  for (char32_t c : points) AppendCodePoint(c, &text);
  return text;
}

}  // namespace reprise
