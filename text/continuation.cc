#include "text/continuation.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "text/char_fold.h"
#include "text/letter_case.h"
#include "text/notation.h"

namespace reprise {
namespace {

// So much of what was typed is compared with the inside of a text.
constexpr size_t kMaxAgreement = 64;
// What is offered at once: words, or characters of scripts without spaces.
constexpr size_t kMaxWords = 5;
constexpr size_t kMaxCharacters = 12;

char32_t Simple(char32_t c) {
  if (IsSpaceMark(c)) return U' ';
  return static_cast<char32_t>(u_foldCase(static_cast<UChar32>(c), U_FOLD_CASE_DEFAULT));
}

std::string_view WithoutLeadingSpace(std::string_view text) {
  const std::u32string points = ToCodePoints(text);
  size_t lead = 0;
  while (lead < points.size() && IsSpaceMark(points[lead])) ++lead;
  return text.substr(FromCodePoints(std::u32string_view(points).substr(0, lead)).size());
}

bool IsWordLike(const Token& token) { return token.cls == TokenClass::kWord || IsPlaceable(token.cls); }

// True for a word of two or more cased letters that are all capitals.
bool IsCapitals(std::u32string_view word) {
  size_t upper = 0;
  for (char32_t c : word) {
    const LetterCase letter = CaseOf(c);
    if (letter == LetterCase::kLower) return false;
    upper += letter == LetterCase::kUpper;
  }
  return upper >= 2;
}

bool HasLower(std::u32string_view word) {
  return std::any_of(word.begin(), word.end(), [](char32_t c) { return CaseOf(c) == LetterCase::kLower; });
}

}  // namespace

SimpleText::SimpleText(std::string_view text) : points(ToCodePoints(text)) {
  folded.reserve(points.size());
  for (char32_t c : points) folded.push_back(Simple(c));
  starts.assign(points.size() + 1, false);
  tokens = Tokenize({.text = std::string(text), .codes = {}});
  for (const Token& token : tokens) starts[token.begin] = true;
}

TypedText::TypedText(std::string_view typed) : text_(WithoutLeadingSpace(typed)) {
  partial_ = size();
  if (text_.tokens.empty()) return;
  const Token& last = text_.tokens.back();
  if (IsWordLike(last) && last.end == size()) partial_ = last.begin;
}

ContinuableText::ContinuableText(std::string_view text, std::string_view locale) : text_(text), locale_(locale) {}

size_t ContinuableText::Agreement(const TypedText& typed, size_t at) const {
  const SimpleText& asked = typed.text();
  const size_t n = typed.size(), most = std::min({n, at, kMaxAgreement});
  size_t length = 0;
  while (length < most && asked.folded[n - 1 - length] == text_.folded[at - 1 - length]) ++length;
  for (; length > 0; --length) {
    const size_t begin = at - length;
    if (!text_.starts[begin]) continue;
    if (IsSpaceless(text_.points[begin])) return length;
    if (!asked.starts[n - length] || n - length > typed.partial()) continue;
    // A word of either side at least: marks and spaces alone say nothing.
    if (typed.partial() < n || std::any_of(asked.tokens.begin(), asked.tokens.end(),
                                           [&](const Token& t) { return t.begin >= n - length && IsWordLike(t); })) {
      return length;
    }
  }
  return 0;
}

std::vector<Continuation> ContinuableText::Find(const TypedText& typed) const {
  std::vector<Continuation> found;
  const size_t n = typed.size();
  if (n == 0) {
    if (size() > 0) found.push_back({.at = 0, .words = 0, .whole = true});
    return found;
  }
  const SimpleText& asked = typed.text();
  const bool whole = n < text_.folded.size() && text_.folded.compare(0, n, asked.folded) == 0;
  for (size_t at = 1; at < text_.points.size(); ++at) {
    const size_t length = Agreement(typed, at);
    const bool here = whole && at == n;
    if (length == 0 && !here) continue;
    uint32_t words = 0;
    for (const Token& token : asked.tokens) {
      words += IsWordLike(token) && token.begin >= n - length && token.begin < typed.partial();
    }
    found.push_back({static_cast<uint32_t>(at), words, here});
  }
  return found;
}

std::vector<uint32_t> ContinuableText::Ends(uint32_t at, bool rest) const {
  uint32_t all = size();
  while (all > at && IsSpaceMark(text_.points[all - 1])) --all;
  std::vector<uint32_t> ends;
  if (rest) ends.push_back(all);
  auto token = std::find_if(text_.tokens.begin(), text_.tokens.end(), [at](const Token& t) { return t.end > at; });
  uint32_t phrase = at;
  size_t words = 0, characters = 0;
  uint32_t word = 0;
  for (; token != text_.tokens.end() && words < kMaxWords && characters < kMaxCharacters; ++token) {
    const bool ends_clause = token->cls == TokenClass::kPunctuation && IsEndMark(text_.points[token->begin]);
    if (ends_clause && words + characters > 0) break;
    phrase = std::min(token->end, all);
    if (!IsWordLike(*token)) continue;
    if (IsSpaceless(text_.points[token->begin])) {
      characters += token->end - token->begin;
    } else if (++words == 1 && characters == 0) {
      word = phrase;
    }
  }
  ends.push_back(phrase);
  if (word > 0) ends.push_back(word);
  ends.erase(std::remove_if(ends.begin(), ends.end(), [at](uint32_t end) { return end <= at; }), ends.end());
  ends.erase(std::unique(ends.begin(), ends.end()), ends.end());
  return ends;
}

std::string ContinuableText::Appended(const TypedText& typed, uint32_t at, uint32_t end) const {
  std::u32string part = text_.points.substr(at, end - at);
  const auto token = std::find_if(text_.tokens.begin(), text_.tokens.end(),
                                  [at](const Token& t) { return t.begin < at && at < t.end; });
  if (token == text_.tokens.end() || token->cls != TokenClass::kWord) return FromCodePoints(part);
  const std::u32string_view stored = std::u32string_view(text_.points).substr(token->begin, token->end - token->begin);
  const bool capitals = IsCapitals(typed.word()), stored_capitals = IsCapitals(stored);
  LetterCase wanted = LetterCase::kNone;
  if (capitals && !stored_capitals) wanted = LetterCase::kUpper;
  if (stored_capitals && HasLower(typed.word())) wanted = LetterCase::kLower;
  if (wanted == LetterCase::kNone) return FromCodePoints(part);
  const size_t inside = std::min<size_t>(token->end, end) - at;
  std::u32string adapted;
  for (size_t i = 0; i < inside; ++i) adapted += WithCase(part.substr(i, 1), wanted, locale_);
  return FromCodePoints(adapted.append(part.substr(inside)));
}

bool ContinuableText::StandsIn(const TypedText& typed) const {
  return typed.text().folded.find(text_.folded) != std::u32string::npos;
}

}  // namespace reprise
