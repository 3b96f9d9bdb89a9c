#include "text/tokenize.h"

#include <array>
#include <utility>

#include "text/char_class.h"
#include "text/normalize.h"
#include "text/placeables.h"
#include "text/utf8.h"
#include "text/word_break.h"

namespace reprise {
namespace {

// In ASCII a stem is that of an alphabet whatever the word: its length in bytes.
constexpr uint32_t kAsciiStem = 5;

// Makes the tokens of one text in key form after the other. The vectors keep their capacity between texts.
class Builder {
 public:
  void Build(std::string_view key, std::vector<TokenSpan>* tokens) {
    key_ = key;
    tokens_ = tokens;
    tokens->clear();
    placeables_.clear();
    if (IsAscii(key)) {
      BuildAscii();
    } else {
      BuildGeneral();
    }
  }

 private:
  void BuildAscii() {
    if (MayHavePlaceables(key_)) FindPlaceables(key_, &placeables_);
    uint32_t at = 0;
    for (const Placeable& p : placeables_) {
      AsciiWords(at, p.begin);
      tokens_->push_back({p.begin, p.end, p.end, 1, p.cls});
      at = p.end;
    }
    AsciiWords(at, static_cast<uint32_t>(key_.size()));
  }

  void AsciiWords(uint32_t begin, uint32_t end) {
    const std::string_view span = key_.substr(0, end);
    for (uint32_t i = begin; i < end;) {
      if (span[i] == ' ') {
        ++i;
        continue;
      }
      if (!IsAsciiWordStart(span[i])) {
        tokens_->push_back({i, i + 1, i + 1, 1, TokenClass::kPunctuation});
        ++i;
        continue;
      }
      const AsciiWord word = ScanAsciiWord(span, i);
      if (word.letters > 0) {
        tokens_->push_back({i, word.end, std::min(i + kAsciiStem, word.end), word.letters, TokenClass::kWord});
      } else {
        for (uint32_t j = i; j < word.end; ++j) tokens_->push_back({j, j + 1, j + 1, 1, TokenClass::kPunctuation});
      }
      i = word.end;
    }
  }

  void BuildGeneral() {
    const uint32_t any = Decode();
    if ((any & kCharTrigger) != 0 || key_.find("www.") != std::string_view::npos) {
      FindPlaceables(std::u32string_view(points_.data(), size_), &placeables_);
    }
    has_apart_ = (any & (kCharOwnWord | kCharAt)) != 0;
    needs_icu_ = (any & kCharNeedsIcu) != 0;
    uint32_t at = 0;
    for (const Placeable& p : placeables_) {
      Words(at, p.begin);
      Add(p.cls, p.begin, p.end, p.end, 1);
      at = p.end;
    }
    Words(at, size_);
  }

  // Fills the arrays; returns the flags that any code point has.
  uint32_t Decode() {
    if (points_.size() <= key_.size()) {
      points_.resize(2 * key_.size() + 64);
      flags_.resize(points_.size());
      bytes_.resize(points_.size());
    }
    const CharPage& ascii = char_pages.PageOf(0);
    uint32_t any = 0;
    uint32_t n = 0;
    for (size_t i = 0; i < key_.size(); ++n) {
      bytes_[n] = static_cast<uint32_t>(i);
      const auto byte = static_cast<unsigned char>(key_[i]);
      if (byte < 0x80) {
        points_[n] = byte;
        flags_[n] = ascii[byte];
        ++i;
      } else {
        points_[n] = NextCodePoint(key_, &i);
        flags_[n] = CharFlags(points_[n]);
      }
      any |= flags_[n];
    }
    bytes_[n] = static_cast<uint32_t>(key_.size());
    size_ = n;
    return any;
  }

  bool Is(uint32_t i, uint32_t flag) const { return (flags_[i] & flag) != 0; }

  void Add(TokenClass cls, uint32_t begin, uint32_t end, uint32_t stem_end, uint32_t weight) {
    tokens_->push_back({bytes_[begin], bytes_[end], bytes_[stem_end], weight, cls});
  }
  void AddMark(uint32_t begin, uint32_t end) { Add(TokenClass::kPunctuation, begin, end, end, 1); }
  void AddWord(uint32_t begin, uint32_t end, uint32_t weight) {
    uint32_t letter = begin;
    while (letter < end && !Is(letter, kCharLetter)) ++letter;
    const uint32_t length = StemLengthOf(flags_[letter == end ? begin : letter]);
    Add(TokenClass::kWord, begin, end, length != 0 && length < end - begin ? begin + length : end, weight);
  }

  // Words between two placeables: Han and Kana one by one, the rest by UAX #29. "@" is a mark always: whether it is a
  // letter differs between versions of the root locale's rules.
  void Words(uint32_t begin, uint32_t end) {
    uint32_t at = begin;
    for (uint32_t i = begin; has_apart_ && i < end;) {
      const bool at_sign = Is(i, kCharAt);
      if (!at_sign && !Is(i, kCharOwnWord)) {
        ++i;
        continue;
      }
      Broken(at, i);
      uint32_t next = i + 1;
      while (next < end && Is(next, kCharMark)) ++next;
      if (at_sign) {
        AddMark(i, next);
      } else {
        AddWord(i, next, next - i);
      }
      at = i = next;
    }
    Broken(at, end);
  }

  // What needs ICU goes to it together with what surrounds it, from a space to a space: there is always a boundary
  // before a space (if no other stands before it), and no rule looks across.
  void Broken(uint32_t begin, uint32_t end) {
    if (!needs_icu_) return ByRules(begin, end);
    uint32_t first = begin;
    while (first < end && !Is(first, kCharNeedsIcu)) ++first;
    if (first == end) return ByRules(begin, end);
    uint32_t last = end - 1;
    while (!Is(last, kCharNeedsIcu)) --last;
    while (first > begin && !IsBoundarySpace(first)) --first;
    for (++last; last < end && !IsBoundarySpace(last); ++last) {
    }
    ByRules(begin, first);
    segments_.clear();
    BreakWordsIcu(std::u32string_view(points_.data() + first, last - first), &segments_);
    for (const WordSegment& segment : segments_) Segment(first + segment.begin, first + segment.end);
    ByRules(last, end);
  }
  bool IsSpace(uint32_t i) const { return WordClassOf(flags_[i]) == WordClass::kSpace; }
  bool IsBoundarySpace(uint32_t i) const { return i > 0 && IsSpace(i) && !IsSpace(i - 1); }

  void ByRules(uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end;) {
      const uint32_t next = WordEnd(flags_.data(), i, end);
      Segment(i, next);
      i = next;
    }
  }

  // One segment of UAX #29: a word if it has letters, else marks one by one.
  void Segment(uint32_t begin, uint32_t end) {
    while (begin < end && points_[begin] == ' ') ++begin;  // a mark may cling to a space
    uint32_t letters = 0;
    bool word = false;
    for (uint32_t i = begin; i < end; ++i) {
      const bool letter = Is(i, kCharScored);
      letters += letter;
      word |= letter && (i == begin || !Is(i, kCharMark));
    }
    if (word) return AddWord(begin, end, letters);
    for (uint32_t i = begin; i < end;) {
      uint32_t next = i + 1;
      if (Is(i, kCharRegional) && next < end && Is(next, kCharRegional)) ++next;  // a flag
      while (next < end && Is(next, kCharClings)) ++next;
      AddMark(i, next);
      i = next;
    }
  }

  std::string_view key_;
  std::vector<TokenSpan>* tokens_ = nullptr;
  // Of each code point of a text that is not ASCII; the first size_ are valid (of bytes_, one more).
  uint32_t size_ = 0;
  bool has_apart_ = false;  // there may be an own word or "@" in it
  bool needs_icu_ = false;
  std::vector<char32_t> points_;
  std::vector<uint32_t> flags_;
  std::vector<uint32_t> bytes_;
  std::vector<Placeable> placeables_;
  std::vector<WordSegment> segments_;
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
  uint32_t first = 0;
  for (size_t i = 0; i < word.size();) {
    const bool start = i == 0;
    const uint32_t flags = CharFlags(NextCodePoint(word, &i));
    if (start || (flags & kCharLetter) != 0) first = flags;
    if ((flags & kCharLetter) != 0) break;
  }
  const uint32_t length = StemLengthOf(first);
  if (length == 0) return std::string(word);
  size_t end = 0;
  for (uint32_t count = 0; end < word.size() && count < length; ++count) NextCodePoint(word, &end);
  return std::string(word.substr(0, end));
}

void TokenizeKeyForm(std::string_view key_form, std::vector<TokenSpan>* tokens) {
  thread_local Builder builder;
  builder.Build(key_form, tokens);
}

std::vector<Token> TokenizeKeyForm(std::string_view key_form) {
  thread_local std::vector<TokenSpan> spans;
  TokenizeKeyForm(key_form, &spans);
  std::vector<Token> tokens;
  tokens.reserve(spans.size());
  size_t byte = 0;
  uint32_t point = 0;
  const auto point_at = [&](uint32_t offset) {
    point += static_cast<uint32_t>(CodePointCount(key_form.substr(byte, offset - byte)));
    byte = offset;
    return point;
  };
  for (const TokenSpan& span : spans) {
    Token& token = tokens.emplace_back();
    token.cls = span.cls;
    token.key = key_form.substr(span.begin, span.end - span.begin);
    token.index_key = IndexKey(key_form, span);
    token.weight = span.weight;
    token.begin = point_at(span.begin);
    token.end = point_at(span.end);
  }
  return tokens;
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
