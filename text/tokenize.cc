// Placeables first, then UAX #29 on what lies between them, then Han and Kana by the character.
#include "text/tokenize.h"

#include <memory>

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include "text/folding.h"
#include "text/normalize.h"
#include "text/placeables.h"

namespace reprise {
namespace {

bool IsLetter(UChar32 c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
  return (U_MASK(u_charType(c)) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

bool IsMark(UChar32 c) { return c >= 0x300 && (U_MASK(u_charType(c)) & U_GC_M_MASK) != 0; }

UScriptCode ScriptOf(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  return uscript_getScript(c, &status);
}

// Written without spaces and read by the character.
bool IsHanOrKana(UChar32 c) {
  if (c < 0x2E80) return false;
  if (c == 0x30FC || c == 0x3005 || c == 0x3006) return true;  // marks that lengthen or repeat
  UScriptCode script = ScriptOf(c);
  return script == USCRIPT_HAN || script == USCRIPT_HIRAGANA || script == USCRIPT_KATAKANA;
}

// Letters of a stem in a script; 0 = the whole word.
size_t StemLength(UScriptCode script) {
  switch (script) {
    case USCRIPT_HANGUL: return 2;
    case USCRIPT_ARABIC:
    case USCRIPT_HEBREW: return 3;
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR: return 0;
    default: return 5;
  }
}

std::string StemOf(const UChar32* word, size_t size) {
  size_t k = 5;
  for (size_t i = 0; i < size; ++i) {
    if (word[i] < 0x250 && IsLetter(word[i])) break;
    if (!IsLetter(word[i])) continue;
    UScriptCode script = ScriptOf(word[i]);
    if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED) continue;
    k = StemLength(script);
    break;
  }
  std::string stem;
  for (size_t i = 0; i < size && (k == 0 || i < k); ++i) AppendUtf8(&stem, word[i]);
  return stem;
}

class KeyTokenizer {
 public:
  explicit KeyTokenizer(const std::vector<UChar32>& key) : key_(key) {}

  std::vector<Token> Run() {
    size_t at = 0;
    for (const Placeable& p : FindPlaceables(key_)) {
      Break(at, p.begin);
      Token token = Make(p.cls, p.begin, p.end);
      token.weight = 1;
      token.index_key = std::string(1, static_cast<char>('0' + static_cast<int>(p.cls)));
      tokens_.push_back(std::move(token));
      at = p.end;
    }
    Break(at, key_.size());
    return std::move(tokens_);
  }

 private:
  Token Make(TokenClass cls, size_t begin, size_t end) const {
    Token token;
    token.cls = cls;
    for (size_t i = begin; i < end; ++i) AppendUtf8(&token.key, key_[i]);
    token.begin = static_cast<uint32_t>(begin);
    token.end = static_cast<uint32_t>(end);
    return token;
  }

  void AddWord(size_t begin, size_t end) {
    if (begin == end) return;
    Token token = Make(TokenClass::kWord, begin, end);
    for (size_t i = begin; i < end; ++i) token.weight += IsLetter(key_[i]);
    token.index_key = StemOf(&key_[begin], end - begin);
    tokens_.push_back(std::move(token));
  }

  void AddPunctuation(size_t at) {
    Token token = Make(TokenClass::kPunctuation, at, at + 1);
    token.index_key = token.key;
    token.weight = 1;
    tokens_.push_back(std::move(token));
  }

  // One piece between two word breaks.
  void AddPiece(size_t begin, size_t end) {
    bool word = false;
    for (size_t i = begin; i < end; ++i) word = word || IsLetter(key_[i]);
    if (!word) {
      for (size_t i = begin; i < end; ++i) {
        if (key_[i] != ' ') AddPunctuation(i);
      }
      return;
    }
    size_t start = begin;
    for (size_t i = begin; i < end;) {
      if (!IsHanOrKana(key_[i])) {
        ++i;
        continue;
      }
      AddSpaced(start, i);
      size_t next = i + 1;
      while (next < end && IsMark(key_[next])) ++next;
      AddWord(i, next);
      start = i = next;
    }
    AddSpaced(start, end);
  }

  // A stretch that may hold white space (a mark after a space) or, after Han, nothing but signs.
  void AddSpaced(size_t begin, size_t end) {
    size_t start = begin;
    bool letters = false;
    for (size_t i = begin; i <= end; ++i) {
      if (i < end && key_[i] != ' ') {
        letters = letters || IsLetter(key_[i]);
        continue;
      }
      if (letters) {
        AddWord(start, i);
      } else {
        for (size_t k = start; k < i; ++k) AddPunctuation(k);
      }
      letters = false;
      start = i + 1;
    }
  }

  void Break(size_t begin, size_t end) {
    if (begin >= end) return;
    if (BreakAscii(begin, end)) return;
    static thread_local std::unique_ptr<icu::BreakIterator> words = [] {
      UErrorCode status = U_ZERO_ERROR;
      return std::unique_ptr<icu::BreakIterator>(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    }();
    icu::UnicodeString text;
    for (size_t i = begin; i < end; ++i) text.append(key_[i]);
    words->setText(text);
    size_t at = begin;
    for (int32_t from = words->first(), to = words->next(); to != icu::BreakIterator::DONE; to = words->next()) {
      size_t piece_end = at + static_cast<size_t>(text.countChar32(from, to - from));
      AddPiece(at, piece_end);
      at = piece_end;
      from = to;
    }
  }

  // What ICU's root rules give for ASCII: letters and digits run on; ' and . join letters, ' . , ; join digits, _ joins
  // all (a test compares the two). False, and nothing added, if the stretch holds anything else than ASCII.
  bool BreakAscii(size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      if (key_[i] >= 0x80 || key_[i] < 0x20) return false;
    }
    auto letter = [](UChar32 c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    auto digit = [](UChar32 c) { return c >= '0' && c <= '9'; };
    for (size_t i = begin; i < end;) {
      if (!letter(key_[i]) && !digit(key_[i]) && key_[i] != '_') {
        if (key_[i] != ' ') AddPunctuation(i);
        ++i;
        continue;
      }
      size_t k = i + 1;
      for (; k < end; ++k) {
        UChar32 c = key_[k], before = key_[k - 1], after = k + 1 < end ? key_[k + 1] : 0;
        if (letter(c) || digit(c) || c == '_') continue;
        bool joins = (c == '\'' || c == '.') && ((letter(before) && letter(after)) || (digit(before) && digit(after)));
        joins = joins || ((c == ',' || c == ';') && digit(before) && digit(after));
        if (!joins) break;
      }
      AddPiece(i, k);
      i = k;
    }
    return true;
  }

  const std::vector<UChar32>& key_;
  std::vector<Token> tokens_;
};

Token CodeToken(const Code& code) {
  Token token;
  token.cls = TokenClass::kCode;
  token.key = std::string(1, static_cast<char>('0' + static_cast<int>(code.kind))) + code.data;
  token.begin = token.end = code.position;
  return token;
}

}  // namespace

std::string Stem(std::string_view word) {
  std::vector<UChar32> points = DecodeUtf8(word);
  return StemOf(points.data(), points.size());
}

std::vector<Token> TokenizeKeyForm(std::string_view key_form) { return KeyTokenizer(DecodeUtf8(key_form)).Run(); }

std::vector<Token> Tokenize(const Content& content) {
  MappedKeyForm mapped = KeyFormWithMap(content.text);
  std::vector<Token> out;
  size_t code = 0;
  for (Token& token : TokenizeKeyForm(mapped.key)) {
    uint32_t begin = mapped.raw_begin[token.begin], end = mapped.raw_end[token.end - 1];
    // A code inside a token stands behind it: it never splits a word.
    while (code < content.codes.size() && content.codes[code].position <= begin) {
      out.push_back(CodeToken(content.codes[code++]));
    }
    token.begin = begin;
    token.end = end;
    out.push_back(std::move(token));
  }
  while (code < content.codes.size()) out.push_back(CodeToken(content.codes[code++]));
  return out;
}

std::string BareForm(const std::vector<Token>& tokens) {
  std::string out;
  for (const Token& token : tokens) {
    if (token.cls != TokenClass::kWord) continue;
    if (!out.empty()) out.push_back(' ');
    out += token.key;
  }
  return out;
}

uint32_t TotalWeight(const std::vector<Token>& tokens) {
  uint32_t sum = 0;
  for (const Token& token : tokens) sum += token.weight;
  return sum;
}

}  // namespace reprise
