#include "text/placeables.h"

#include <algorithm>
#include <string_view>

#include <unicode/uchar.h>

namespace reprise {
namespace {

constexpr size_t kMaxName = 64;  // of a variable; a longer one is text

bool IsLower(UChar32 c) { return c >= 'a' && c <= 'z'; }
bool IsAsciiDigit(UChar32 c) { return c >= '0' && c <= '9'; }
bool IsAlnum(UChar32 c) { return IsLower(c) || IsAsciiDigit(c); }
bool IsDigit(UChar32 c) { return IsAsciiDigit(c) || (c >= 0x80 && u_charType(c) == U_DECIMAL_DIGIT_NUMBER); }
bool IsOneOf(UChar32 c, std::string_view set) {
  return c > 0 && c < 0x80 && set.find(static_cast<char>(c)) != std::string_view::npos;
}
// A letter of a script that is written with spaces between words: what may not touch a number or an identifier.
bool IsWordLetter(UChar32 c) {
  if (c < 0x80) return IsLower(c);
  return u_isalpha(c) && !u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC) && (c < 0x3040 || c > 0x30FF) &&
         (c < 0xAC00 || c > 0xD7A3) && (c < 0x0E00 || c > 0x0E7F);
}

class Scanner {
 public:
  explicit Scanner(const std::vector<UChar32>& key) : key_(key) {}

  std::vector<Placeable> Find() {
    std::vector<Placeable> out;
    for (size_t i = 0; i < key_.size();) {
      Placeable p{TokenClass::kWord, i, i};
      if (AtStart(i) && (Url(i, &p) || Email(i, &p) || Variable(i, &p) || Path(i, &p) || Identifier(i, &p) ||
                         Number(i, &p))) {
        out.push_back(p);
        i = p.end;
      } else {
        ++i;
      }
    }
    return out;
  }

 private:
  UChar32 At(size_t i) const { return i < key_.size() ? key_[i] : 0; }
  // Not in the middle of a word or number.
  bool AtStart(size_t i) const {
    if (i == 0) return true;
    UChar32 before = key_[i - 1];
    if (IsOneOf(key_[i], "%${")) return true;
    return !(IsWordLetter(before) || IsDigit(before));
  }
  bool Matches(size_t i, std::string_view text) const {
    for (size_t k = 0; k < text.size(); ++k) {
      if (At(i + k) != static_cast<UChar32>(text[k])) return false;
    }
    return true;
  }
  template <typename Pred>
  size_t Run(size_t i, Pred pred) const {
    while (i < key_.size() && pred(key_[i])) ++i;
    return i;
  }
  static bool Take(TokenClass cls, size_t begin, size_t end, Placeable* out) {
    *out = {cls, begin, end};
    return end > begin;
  }

  bool Url(size_t i, Placeable* out) const {
    if (!IsLower(At(i))) return false;
    size_t scheme = i;
    while (scheme < i + 12 && IsLower(At(scheme))) ++scheme;
    size_t body;
    if (Matches(scheme, "://")) {
      body = scheme + 3;
    } else if (Matches(i, "www.")) {
      body = i + 4;
    } else {
      return false;
    }
    size_t end = Run(body, [](UChar32 c) { return c > ' ' && !IsOneOf(c, "<>\"") && c < 0x2000; });
    while (end > body && IsOneOf(key_[end - 1], ".,;:!?)'")) --end;
    return end > body && Take(TokenClass::kUrl, i, end, out);
  }

  bool Email(size_t i, Placeable* out) const {
    size_t at = i;
    while (at < i + kMaxName && (IsAlnum(At(at)) || IsOneOf(At(at), "._+-"))) ++at;
    if (at == i || At(at) != '@') return false;
    size_t end = Run(at + 1, [](UChar32 c) { return IsAlnum(c) || c == '.' || c == '-'; });
    while (end > at + 1 && !IsAlnum(key_[end - 1])) --end;
    size_t dot = end;
    while (dot > at + 1 && IsLower(key_[dot - 1])) --dot;
    return end - dot >= 2 && dot > at + 2 && key_[dot - 1] == '.' && Take(TokenClass::kEmail, i, end, out);
  }

  // {name}, (name), [name] from the bracket at i; the place behind it or i.
  size_t Bracketed(size_t i, UChar32 open, UChar32 close) const {
    if (At(i) != open) return i;
    size_t k = i + 1;
    while (k < key_.size() && k - i <= kMaxName && (IsAlnum(key_[k]) || IsOneOf(key_[k], "_.-:$"))) ++k;
    return k > i + 1 && At(k) == close ? k + 1 : i;
  }

  bool Variable(size_t i, Placeable* out) const {
    UChar32 c = At(i);
    if (c == '{') {
      size_t end = Bracketed(i, '{', '}');
      if (end == i && At(i + 1) == '{') {
        size_t inner = Bracketed(i + 1, '{', '}');
        if (inner != i + 1 && At(inner) == '}') end = inner + 1;
      }
      return end != i && Take(TokenClass::kVariable, i, end, out);
    }
    if (c == '$') {
      for (auto [open, close] : {std::pair<UChar32, UChar32>('{', '}'), {'(', ')'}, {'[', ']'}}) {
        size_t end = Bracketed(i + 1, open, close);
        if (end != i + 1) return Take(TokenClass::kVariable, i, end, out);
      }
      return false;
    }
    return c == '%' && Percent(i, out);
  }

  // %s %-5.2lf %1$s %1 %(name)s %name
  bool Percent(size_t i, Placeable* out) const {
    if (i > 0 && IsDigit(key_[i - 1])) return false;  // "50%"
    size_t k = Bracketed(i + 1, '(', ')');
    bool named = k != i + 1;
    size_t digits = Run(k, IsAsciiDigit);
    bool numbered = digits > k;
    k = digits;
    if (At(k) == '$') ++k;
    k = Run(k, [](UChar32 c) { return IsOneOf(c, "#0+-"); });
    k = Run(k, [](UChar32 c) { return IsAsciiDigit(c) || c == '.'; });
    size_t conversion = k;
    while (conversion < k + 2 && IsOneOf(At(conversion), "hlzjt")) ++conversion;
    if (IsOneOf(At(conversion), "diouxefgcspn@") && !IsAlnum(At(conversion + 1)) && At(conversion + 1) != '_') {
      return Take(TokenClass::kVariable, i, conversion + 1, out);
    }
    if (named) return false;
    if (numbered && !IsWordLetter(At(digits))) return Take(TokenClass::kVariable, i, digits, out);
    size_t name = Run(i + 1, [](UChar32 c) { return IsAlnum(c) || c == '_'; });
    return IsLower(At(i + 1)) && name - i <= kMaxName && Take(TokenClass::kVariable, i, name, out);
  }

  bool Path(size_t i, Placeable* out) const {
    size_t k = i;
    if (IsLower(At(k)) && At(k + 1) == ':' && IsOneOf(At(k + 2), "\\/")) k += 2;
    int parts = 0;
    while (IsOneOf(At(k), "/\\")) {
      size_t end = Run(k + 1, [](UChar32 c) { return IsAlnum(c) || IsOneOf(c, "_.~+-"); });
      if (end == k + 1) break;
      ++parts;
      k = end;
    }
    while (k > i && IsOneOf(key_[k - 1], ".,")) --k;
    return parts >= 2 && Take(TokenClass::kIdentifier, i, k, out);
  }

  // Letters and digits mixed: lt-1234, v2.9.1, 192.168.0.1, utf-8, mp3. Parts joined by - _ . belong to it if they hold
  // a digit or are short, so that "covid-19 vaccine" stays a word and a number.
  bool Identifier(size_t i, Placeable* out) const {
    if (!IsAlnum(At(i))) return false;
    size_t end = i;
    bool letters = false, digits = false;
    int numeric_parts = 0;
    for (size_t k = i; IsAlnum(At(k));) {
      size_t part = Run(k, IsAlnum);
      bool part_letters = std::any_of(&key_[k], &key_[k] + (part - k), IsLower);
      bool part_digits = std::any_of(&key_[k], &key_[k] + (part - k), IsAsciiDigit);
      if (!part_digits && part - k > 3) break;
      letters |= part_letters;
      digits |= part_digits;
      numeric_parts += !part_letters;
      end = part;
      if (!IsOneOf(At(part), "-_.")) break;
      // A dot joins parts with digits alone, else it may end a sentence.
      if (At(part) == '.' && !IsAsciiDigit(At(part + 1))) break;
      k = part + 1;
    }
    if (end == i || IsWordLetter(At(end)) || IsDigit(At(end))) return false;
    bool dotted = !letters && numeric_parts >= 3 && At(Run(i, IsAsciiDigit)) == '.';
    if (!digits || !(letters || dotted)) return false;
    return Take(TokenClass::kIdentifier, i, end, out);
  }

  bool Number(size_t i, Placeable* out) const {
    if (!IsDigit(At(i))) return false;
    size_t end = Run(i, IsDigit);
    size_t first = end - i;
    // "10 000": groups of three after at most three digits, and nothing else.
    if (first <= 3) {
      size_t k = end;
      while (At(k) == ' ' && IsDigit(At(k + 1)) && Run(k + 1, IsDigit) == k + 4) k += 4;
      end = k;
    }
    while ((IsOneOf(At(end), ".,'") || At(end) == 0x066B || At(end) == 0x066C) && IsDigit(At(end + 1))) {
      end = Run(end + 1, IsDigit);
    }
    return Take(TokenClass::kNumber, i, end, out);
  }

  const std::vector<UChar32>& key_;
};

}  // namespace

std::vector<Placeable> FindPlaceables(const std::vector<UChar32>& key) { return Scanner(key).Find(); }

}  // namespace reprise
