#include "tests/text/reference.h"

#include <unicode/brkiter.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <limits>
#include <memory>

#include "text/utf8.h"

namespace reprise::reference {
namespace {

using Text = std::u32string;

Text Decode(std::string_view text) {
  Text out;
  for (size_t i = 0; i < text.size();) out.push_back(NextCodePoint(text, &i));
  return out;
}

Text Decode(const icu::UnicodeString& text) {
  Text out;
  for (int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    out.push_back(static_cast<char32_t>(text.char32At(i)));
  }
  return out;
}

icu::UnicodeString ToIcu(const Text& text) {
  return icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                       static_cast<int32_t>(text.size()));
}

const icu::Normalizer2& NfkcCasefold() {
  UErrorCode status = U_ZERO_ERROR;
  return *icu::Normalizer2::getNFKCCasefoldInstance(status);
}

Text RawDecomposition(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString raw;
  icu::Normalizer2::getNFKCInstance(status)->getRawDecomposition(static_cast<UChar32>(c), raw);
  return Decode(raw);
}

bool Has(char32_t c, UProperty property) { return u_hasBinaryProperty(static_cast<UChar32>(c), property); }

bool IsProtected(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  const int type = u_getIntPropertyValue(point, UCHAR_DECOMPOSITION_TYPE);
  if (type == U_DT_SUPER || type == U_DT_SUB || type == U_DT_FRACTION) return true;
  if (type == U_DT_NONE || type == U_DT_CANONICAL) return false;
  if (u_getIntPropertyValue(point, UCHAR_NUMERIC_TYPE) == U_NT_NONE) return false;
  const UBlockCode block = ublock_getCode(point);
  return type == U_DT_CIRCLE || block == UBLOCK_ENCLOSED_ALPHANUMERICS ||
         block == UBLOCK_ENCLOSED_ALPHANUMERIC_SUPPLEMENT;
}

bool IsOneOf(char32_t c, std::u32string_view set) { return set.find(c) != set.npos; }

char32_t Unify(char32_t c) {
  if (IsProtected(c)) return c;
  if (Has(c, UCHAR_WHITE_SPACE)) return ' ';
  if (IsOneOf(c, U"'\u2018\u2019\u201A\u201B\u2039\u203A\u00B4\u02BC\u05F3\uFF07")) return '\'';
  if (c == 0x05F4 || Has(c, UCHAR_QUOTATION_MARK)) return '"';
  if (Has(c, UCHAR_DASH) && !IsOneOf(c, U"\u2053\u2E17\u2E40\u301C\u3030\u30A0")) return '-';
  return c == 0x22EF ? 0x2026 : c;
}

bool BecomesAscii(char32_t c) { return Unify(c) < 0x80 && Unify(c) != c; }

// True if the code point never interacts with what stands before it.
bool IsBoundary(char32_t c) {
  if (IsProtected(c) || BecomesAscii(c)) return true;
  for (char32_t part : RawDecomposition(c)) {
    if (IsProtected(part)) return true;
  }
  return NfkcCasefold().hasBoundaryBefore(static_cast<UChar32>(Unify(c)));
}

void Emit(char32_t c, Text* out) {
  if (c != ' ' || (!out->empty() && out->back() != ' ')) out->push_back(c);
}

// The code points from in[i] on that are folded as one; returns their end.
size_t FoldRun(const Text& in, size_t i, Text* out) {
  if (IsProtected(in[i]) || BecomesAscii(in[i])) {
    // What stands alone; a run may still start here.
    if (IsProtected(in[i]) || i + 1 == in.size() || IsBoundary(in[i + 1])) {
      Emit(Unify(in[i]), out);
      return i + 1;
    }
  } else {
    const Text raw = RawDecomposition(in[i]);
    for (char32_t part : raw) {
      if (!IsProtected(part)) continue;
      for (char32_t each : raw) Emit(each, out);  // ㎡ is m²: one level only
      return i + 1;
    }
  }
  Text run(1, Unify(in[i]));
  size_t end = i + 1;
  for (; end < in.size() && !IsBoundary(in[end]); ++end) run.push_back(Unify(in[end]));
  UErrorCode status = U_ZERO_ERROR;
  for (char32_t c : Decode(NfkcCasefold().normalize(ToIcu(run), status))) Emit(Unify(c), out);
  return end;
}

UScriptCode ScriptOf(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &status);
}

bool InCategory(char32_t c, uint32_t mask) { return (U_MASK(u_charType(static_cast<UChar32>(c))) & mask) != 0; }
bool IsLetter(char32_t c) { return InCategory(c, U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK); }
bool IsMark(char32_t c) { return InCategory(c, U_GC_M_MASK); }
bool IsRegionalIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }
bool Clings(char32_t c) { return IsMark(c) || Has(c, UCHAR_EMOJI_MODIFIER); }

// Emoji modifiers are 1F3FB to 1F3FF; Han and Kana are one token a character.
bool IsOwnWord(char32_t c) {
  if (c == 0x30FC) return true;
  const UScriptCode script = ScriptOf(c);
  return (script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA) && IsLetter(c);
}

size_t StemLength(char32_t letter) {
  constexpr size_t kAll = std::numeric_limits<size_t>::max();
  if (letter < 0x590) return 5;
  switch (ScriptOf(letter)) {
    case USCRIPT_HANGUL: return 2;
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW: return 3;
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR: return kAll;
    default: return letter == 0x30FC ? kAll : 5;
  }
}

class Builder {
 public:
  explicit Builder(std::string_view key) : text_(Decode(key)) {
    for (size_t i = 0; i < key.size(); NextCodePoint(key, &i)) bytes_.push_back(static_cast<uint32_t>(i));
    bytes_.push_back(static_cast<uint32_t>(key.size()));
  }

  std::vector<TokenSpan> Build() {
    std::vector<Placeable> placeables;
    reference::FindPlaceables(text_, &placeables);
    size_t at = 0;
    for (const Placeable& placeable : placeables) {
      Words(at, placeable.begin);
      Add(placeable.cls, placeable.begin, placeable.end, 1);
      at = placeable.end;
    }
    Words(at, text_.size());
    return tokens_;
  }

 private:
  void Add(TokenClass cls, size_t begin, size_t end, size_t weight) {
    size_t stem_end = end;
    if (cls == TokenClass::kWord) {
      size_t letter = begin;
      while (letter < end && !InCategory(text_[letter], U_GC_L_MASK)) ++letter;
      const size_t length = StemLength(text_[letter == end ? begin : letter]);
      if (length < end - begin) stem_end = begin + length;
    }
    tokens_.push_back({bytes_[begin], bytes_[end], bytes_[stem_end], static_cast<uint32_t>(weight), cls});
  }

  void Words(size_t begin, size_t end) {
    size_t at = begin;
    for (size_t i = begin; i < end;) {
      if (text_[i] != '@' && !IsOwnWord(text_[i])) {
        ++i;
        continue;
      }
      Broken(at, i);
      size_t next = i + 1;
      while (next < end && IsMark(text_[next])) ++next;
      const bool at_sign = text_[i] == '@';
      Add(at_sign ? TokenClass::kPunctuation : TokenClass::kWord, i, next, at_sign ? 1 : next - i);
      at = i = next;
    }
    Broken(at, end);
  }

  void Broken(size_t begin, size_t end) {
    UErrorCode status = U_ZERO_ERROR;
    thread_local const std::unique_ptr<icu::BreakIterator> iterator(
        icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    icu::BreakIterator& words = *iterator;
    const icu::UnicodeString text = ToIcu(text_.substr(begin, end - begin));
    words.setText(text);
    int32_t from = 0;
    for (int32_t to = words.next(); to != icu::BreakIterator::DONE; from = to, to = words.next()) {
      const size_t length = static_cast<size_t>(text.countChar32(from, to - from));
      Segment(begin, begin + length);
      begin += length;
    }
  }

  void Segment(size_t begin, size_t end) {
    while (begin < end && text_[begin] == ' ') ++begin;
    size_t letters = 0;
    bool word = false;
    for (size_t i = begin; i < end; ++i) {
      letters += IsLetter(text_[i]);
      word |= IsLetter(text_[i]) && (i == begin || !IsMark(text_[i]));
    }
    if (word) return Add(TokenClass::kWord, begin, end, letters);
    for (size_t i = begin; i < end;) {
      size_t next = i + 1;
      if (IsRegionalIndicator(text_[i]) && next < end && IsRegionalIndicator(text_[next])) ++next;
      while (next < end && Clings(text_[next])) ++next;
      Add(TokenClass::kPunctuation, i, next, 1);
      i = next;
    }
  }

  Text text_;
  std::vector<uint32_t> bytes_;
  std::vector<TokenSpan> tokens_;
};

}  // namespace

std::string KeyForm(std::string_view text) {
  Text now = Decode(text);
  for (int round = 0; round < 16; ++round) {
    Text next;
    for (size_t i = 0; i < now.size();) i = FoldRun(now, i, &next);
    if (!next.empty() && next.back() == ' ') next.pop_back();
    const bool done = next == now;
    now.swap(next);
    if (done) break;
  }
  std::string key;
  for (char32_t c : now) AppendCodePoint(c, &key);
  return key;
}

std::vector<TokenSpan> TokenizeKeyForm(std::string_view key_form) { return Builder(key_form).Build(); }

size_t FirstBadByte(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const size_t at = i;
    // A decoded U+FFFD is bad unless it was written so.
    const char32_t c = NextCodePoint(text, &i);
    if (c == 0 || (c == 0xFFFD && text.substr(at, i - at) != "\xEF\xBF\xBD")) return at;
  }
  return text.size();
}

}  // namespace reprise::reference
