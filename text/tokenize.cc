#include "text/tokenize.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "text/normalize.h"
#include "text/placeables.h"
#include "text/utf8.h"
#include "text/word_break.h"

namespace reprise {
namespace {

uint32_t CategoryMask(char32_t c) { return U_MASK(u_charType(static_cast<UChar32>(c))); }

// A letter of the score: a code point of L, M or N.
bool IsLetter(char32_t c) {
  if (c < 0x80) return IsAsciiWordStart(static_cast<char>(c)) && c != '_';
  return (CategoryMask(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

bool IsMark(char32_t c) { return c >= 0x300 && (CategoryMask(c) & U_GC_M_MASK) != 0; }

// What clings to the symbol before it: marks and the skin tones of emoji.
bool Clings(char32_t c) {
  return IsMark(c) || (c > 0xFFFF && u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_EMOJI_MODIFIER));
}

bool IsRegionalIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }

UScriptCode ScriptOf(char32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(static_cast<UChar32>(c), &status);
}

// Han and Kana, where each character is a token. The prolonged sound mark belongs to both Kana.
bool IsOwnWord(char32_t c) {
  constexpr char32_t kFirstCjk = 0x2E80;
  constexpr char32_t kProlongedSound = 0x30FC;
  if (c < kFirstCjk) return false;
  if (c == kProlongedSound) return true;
  const UScriptCode script = ScriptOf(c);
  return (script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA) && IsLetter(c);
}

// Length of a stem in code points, by the script of the word's first letter.
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

// Index keys of placeables: U+0001 and the digit of the class, which no word and no mark can be.
std::string ClassKey(TokenClass cls) { return {'\x01', static_cast<char>('0' + static_cast<int>(cls))}; }

// Builds the tokens of one text in key form.
class Builder {
 public:
  explicit Builder(std::string_view key) : key_(key) { tokens_.reserve(key.size() / 5 + 2); }

  std::vector<Token> BuildAscii() {
    if (MayHavePlaceables(key_)) {
      text_.assign(key_.begin(), key_.end());
      FindPlaceables(text_, &placeables_);
    }
    uint32_t at = 0;
    for (const Placeable& placeable : placeables_) {
      AsciiWords(at, placeable.begin);
      AddPlaceable(placeable);
      at = placeable.end;
    }
    AsciiWords(at, static_cast<uint32_t>(key_.size()));
    return std::move(tokens_);
  }

  std::vector<Token> Build() {
    text_.reserve(key_.size());
    bytes_.reserve(key_.size() + 1);
    for (size_t i = 0; i < key_.size();) {
      bytes_.push_back(static_cast<uint32_t>(i));
      text_.push_back(NextCodePoint(key_, &i));
    }
    bytes_.push_back(static_cast<uint32_t>(key_.size()));
    FindPlaceables(text_, &placeables_);
    uint32_t at = 0;
    for (const Placeable& placeable : placeables_) {
      Words(at, placeable.begin);
      AddPlaceable(placeable);
      at = placeable.end;
    }
    Words(at, static_cast<uint32_t>(text_.size()));
    return std::move(tokens_);
  }

 private:
  std::string Slice(uint32_t begin, uint32_t end) const {
    if (bytes_.empty()) return std::string(key_.substr(begin, end - begin));
    return std::string(key_.substr(bytes_[begin], bytes_[end] - bytes_[begin]));
  }

  Token& Add(TokenClass cls, uint32_t begin, uint32_t end, uint32_t weight) {
    Token& token = tokens_.emplace_back();
    token.cls = cls;
    token.key = Slice(begin, end);
    token.weight = weight;
    token.begin = begin;
    token.end = end;
    return token;
  }
  void AddPlaceable(const Placeable& p) { Add(p.cls, p.begin, p.end, 1).index_key = ClassKey(p.cls); }
  void AddMark(uint32_t begin, uint32_t end) {
    Token& token = Add(TokenClass::kPunctuation, begin, end, 1);
    token.index_key = token.key;
  }
  void AddWord(uint32_t begin, uint32_t end, uint32_t weight) {
    Token& token = Add(TokenClass::kWord, begin, end, weight);
    token.index_key = Stem(token.key);
  }

  void AsciiWords(uint32_t begin, uint32_t end) {
    const std::string_view span = key_.substr(0, end);
    for (uint32_t i = begin; i < end;) {
      if (span[i] == ' ') {
        ++i;
        continue;
      }
      const uint32_t next = IsAsciiWordStart(span[i]) ? AsciiWordEnd(span, i) : i + 1;
      uint32_t letters = 0;
      for (uint32_t j = i; j < next; ++j) letters += IsAsciiWordStart(span[j]) && span[j] != '_';
      if (letters > 0) {
        AddWord(i, next, letters);
      } else {
        for (uint32_t j = i; j < next; ++j) AddMark(j, j + 1);
      }
      i = next;
    }
  }

  // Words between two placeables: Han and Kana one by one, the rest by UAX #29. "@" is a mark always: whether it is a
  // letter differs between versions of the root locale's rules.
  void Words(uint32_t begin, uint32_t end) {
    uint32_t at = begin;
    for (uint32_t i = begin; i < end;) {
      const bool at_sign = text_[i] == '@';
      if (!at_sign && !IsOwnWord(text_[i])) {
        ++i;
        continue;
      }
      Broken(at, i);
      uint32_t next = i + 1;
      while (next < end && IsMark(text_[next])) ++next;
      if (at_sign) {
        AddMark(i, next);
      } else {
        AddWord(i, next, next - i);
      }
      at = i = next;
    }
    Broken(at, end);
  }

  void Broken(uint32_t begin, uint32_t end) {
    if (begin == end) return;
    if (end == begin + 1) return Segment(begin, end);
    segments_.clear();
    BreakWordsIcu(std::u32string_view(text_).substr(begin, end - begin), &segments_);
    for (const WordSegment& segment : segments_) Segment(begin + segment.begin, begin + segment.end);
  }

  // One segment of UAX #29: a word if it has letters, else marks one by one.
  void Segment(uint32_t begin, uint32_t end) {
    while (begin < end && text_[begin] == ' ') ++begin;  // a mark may cling to a space
    uint32_t letters = 0;
    bool word = false;
    for (uint32_t i = begin; i < end; ++i) {
      const bool letter = IsLetter(text_[i]);
      letters += letter;
      word |= letter && (i == begin || !IsMark(text_[i]));
    }
    if (word) return AddWord(begin, end, letters);
    for (uint32_t i = begin; i < end;) {
      uint32_t next = i + 1;
      if (IsRegionalIndicator(text_[i]) && next < end && IsRegionalIndicator(text_[next])) ++next;  // a flag
      while (next < end && Clings(text_[next])) ++next;
      AddMark(i, next);
      i = next;
    }
  }

  std::string_view key_;
  std::u32string text_;          // code points of key_; in ASCII only where placeables may be
  std::vector<uint32_t> bytes_;  // byte offset of each code point; empty in ASCII
  std::vector<Placeable> placeables_;
  std::vector<WordSegment> segments_;
  std::vector<Token> tokens_;
};

Token CodeToken(const Code& code) {
  Token token;
  token.cls = TokenClass::kCode;
  token.key = std::to_string(static_cast<int>(code.kind)) + code.data;
  token.begin = token.end = code.position;
  return token;
}

// Puts each code before the first token that starts at or after its position.
std::vector<Token> MergeCodes(std::vector<Token> tokens, const std::vector<Code>& codes) {
  std::vector<Token> merged;
  merged.reserve(tokens.size() + codes.size());
  size_t next = 0;
  for (Token& token : tokens) {
    while (next < codes.size() && codes[next].position <= token.begin) merged.push_back(CodeToken(codes[next++]));
    merged.push_back(std::move(token));
  }
  while (next < codes.size()) merged.push_back(CodeToken(codes[next++]));
  return merged;
}

}  // namespace

std::string Stem(std::string_view word) {
  char32_t first = 0;
  for (size_t i = 0; i < word.size();) {
    const char32_t c = NextCodePoint(word, &i);
    if (first == 0) first = c;
    const bool letter =
        c < 0x80 ? (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') : (CategoryMask(c) & U_GC_L_MASK) != 0;
    if (!letter) continue;
    first = c;
    break;
  }
  const size_t length = StemLength(first);
  size_t end = 0;
  for (size_t count = 0; end < word.size() && count < length; ++count) NextCodePoint(word, &end);
  return std::string(word.substr(0, end));
}

std::vector<Token> TokenizeKeyForm(std::string_view key_form) {
  Builder builder(key_form);
  return IsAscii(key_form) ? builder.BuildAscii() : builder.Build();
}

namespace {

// Byte offsets of code point offsets that never fall.
class ByteOffsets {
 public:
  explicit ByteOffsets(std::string_view text) : text_(text) {}
  uint32_t At(uint32_t point) {
    for (; point_ < point; ++point_) NextCodePoint(text_, &byte_);
    return static_cast<uint32_t>(byte_);
  }

 private:
  std::string_view text_;
  size_t byte_ = 0;
  uint32_t point_ = 0;
};

}  // namespace

void TokenizeKeyForm(std::string_view key_form, std::vector<TokenSpan>* tokens) {
  tokens->clear();
  ByteOffsets offsets(key_form);
  for (const Token& token : TokenizeKeyForm(key_form)) {
    TokenSpan& span = tokens->emplace_back();
    span.begin = offsets.At(token.begin);
    span.end = offsets.At(token.end);
    span.stem_end =
        token.cls == TokenClass::kWord ? span.begin + static_cast<uint32_t>(token.index_key.size()) : span.end;
    span.weight = token.weight;
    span.cls = token.cls;
  }
}

std::string_view IndexKey(std::string_view key_form, const TokenSpan& token) {
  if (!IsPlaceable(token.cls)) return key_form.substr(token.begin, token.stem_end - token.begin);
  // Two bytes for each class.
  static constexpr std::string_view kClassKeys(
      "\x01"
      "0\x01"
      "1\x01"
      "2\x01"
      "3\x01"
      "4\x01"
      "5\x01"
      "6\x01"
      "7");
  return kClassKeys.substr(2 * static_cast<size_t>(token.cls), 2);
}

void BareForm(std::string_view key_form, const std::vector<TokenSpan>& tokens, std::string* bare) {
  bare->clear();
  for (const TokenSpan& token : tokens) {
    if (token.cls != TokenClass::kWord) continue;
    if (!bare->empty()) bare->push_back(' ');
    bare->append(key_form.substr(token.begin, token.end - token.begin));
  }
}

std::vector<Token> Tokenize(const Content& content) {
  const MappedKeyForm mapped = KeyFormWithMap(content.text);
  std::vector<Token> tokens = TokenizeKeyForm(mapped.key);
  for (Token& token : tokens) {
    token.begin = mapped.raw_begin[token.begin];
    token.end = mapped.raw_end[token.end - 1];
  }
  return content.codes.empty() ? tokens : MergeCodes(std::move(tokens), content.codes);
}

std::string BareForm(const std::vector<Token>& tokens) {
  std::string bare;
  for (const Token& token : tokens) {
    if (token.cls != TokenClass::kWord) continue;
    if (!bare.empty()) bare += ' ';
    bare += token.key;
  }
  return bare;
}

uint32_t TotalWeight(const std::vector<Token>& tokens) {
  uint32_t total = 0;
  for (const Token& token : tokens) total += token.weight;
  return total;
}

}  // namespace reprise
