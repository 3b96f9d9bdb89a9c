#include "text/segmentation.h"

#include <unicode/brkiter.h>
#include <unicode/locid.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utext.h>

#include <cstdlib>
#include <map>
#include <memory>

#include "text/abbreviations.h"
#include "text/locale.h"
#include "text/normalize.h"
#include "text/utf8.h"

namespace reprise {
namespace {

bool IsSpace(char32_t c) { return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_WHITE_SPACE); }

bool IsLineEnd(char32_t c) { return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029; }

// The sentence iterator of a language for this thread.
icu::BreakIterator& SentenceIterator(const std::string& language) {
  constexpr size_t kMaxKept = 32;
  thread_local std::map<std::string, std::unique_ptr<icu::BreakIterator>> kept;
  auto found = kept.find(language);
  if (found != kept.end()) return *found->second;
  if (kept.size() >= kMaxKept) kept.clear();
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<icu::BreakIterator> made(
      icu::BreakIterator::createSentenceInstance(icu::Locale(language.c_str()), status));
  if (U_FAILURE(status) || made == nullptr) std::abort();  // ICU's data is linked in; unknown languages get the root's
  return *kept.emplace(language, std::move(made)).first->second;
}

std::string LanguageOf(std::string_view locale) {
  const absl::StatusOr<std::string> canonical = CanonicalLocale(locale);
  if (!canonical.ok() || canonical->compare(0, 2, "x-") == 0) return "root";
  return canonical->substr(0, canonical->find('-'));
}

struct Span {
  size_t begin = 0;
  size_t end = 0;
};

// Code points before byte `at`, from the nearest: 0 at the start.
char32_t Previous(std::string_view text, size_t* at) {
  if (*at == 0) return 0;
  do --*at;
  while (*at > 0 && (static_cast<unsigned char>(text[*at]) & 0xC0) == 0x80);
  size_t i = *at;
  return NextCodePoint(text, &i);
}

// `span` without the white space at its ends.
Span Trim(std::string_view text, Span span) {
  while (span.begin < span.end) {
    size_t next = span.begin;
    if (!IsSpace(NextCodePoint(text, &next))) break;
    span.begin = next;
  }
  while (span.begin < span.end) {
    size_t before = span.end;
    if (!IsSpace(Previous(text, &before))) break;
    span.end = before;
  }
  return span;
}

bool IsWordCharacter(char32_t c) {
  return u_isalnum(static_cast<UChar32>(c)) || (U_MASK(u_charType(static_cast<UChar32>(c))) & U_GC_M_MASK) != 0;
}

// The last word of a trimmed piece without its full stop ("Mr." -> "Mr", "(z.B." -> "z.B"); empty if the piece does
// not end in a full stop. A word longer than any abbreviation is cut, which is as good as its whole.
std::string_view LastWord(std::string_view piece) {
  constexpr size_t kMaxWord = 64;
  if (piece.empty() || piece.back() != '.') return {};
  const size_t end = piece.size() - 1;
  size_t begin = end;
  while (begin > 0 && end - begin < kMaxWord) {
    size_t before = begin;
    const char32_t c = Previous(piece, &before);
    if (!IsWordCharacter(c) && c != '.' && c != '-' && c != 0xBA && c != 0x640) break;
    begin = before;
  }
  return piece.substr(begin, end - begin);
}

// The first word of `text`, in key form.
std::string FirstWord(std::string_view text) {
  constexpr size_t kMaxWord = 64;
  size_t end = 0;
  while (end < text.size() && end < kMaxWord) {
    size_t next = end;
    if (!IsWordCharacter(NextCodePoint(text, &next))) break;
    end = next;
  }
  return KeyForm(text.substr(0, end));
}

// "J", "А": a capital that stands for a name. The English "I" is a word.
bool IsInitial(std::string_view word, const std::string& language) {
  if (word.empty() || (language == "en" && word == "I")) return false;
  size_t i = 0;
  const char32_t c = NextCodePoint(word, &i);
  return i == word.size() && u_isupper(static_cast<UChar32>(c));
}

// "U.S", "e.V": letters and full stops by turns.
bool IsAcronym(std::string_view word) {
  size_t letters = 0;
  for (size_t i = 0; i < word.size();) {
    if (!u_isalpha(static_cast<UChar32>(NextCodePoint(word, &i)))) return false;
    ++letters;
    if (i == word.size()) break;
    if (word[i] != '.') return false;
    if (++i == word.size()) return false;
  }
  return letters >= 2;
}

bool IsSmallNumber(std::string_view word) {
  if (word.empty() || word.size() > 2) return false;
  for (char c : word) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

bool StartsWithHiragana(std::string_view text) {
  size_t i = 0;
  const char32_t c = text.empty() ? 0 : NextCodePoint(text, &i);
  return c >= 0x3041 && c <= 0x3096;
}

bool EndsWithCornerBracket(std::string_view text) {
  return text.size() >= 3 && (text.substr(text.size() - 3) == "」" || text.substr(text.size() - 3) == "』");
}

// True if the sentence goes on over the boundary that ICU sees between two trimmed pieces.
bool GoesOn(std::string_view piece, std::string_view next, const std::string& language) {
  // A quotation inside a sentence: 「はい。」と言った。
  if (language == "ja" && EndsWithCornerBracket(piece) && StartsWithHiragana(next)) return true;
  const std::string_view word = LastWord(piece);
  if (word.empty()) return false;
  const std::string key = KeyForm(word);
  const std::string first = FirstWord(next);
  if (IsAcronym(word)) return !OpensSentence(language, first);
  if (IsAbbreviation(language, key) || IsInitial(word, language)) return true;
  return IsSmallNumber(word) && IsOrdinalContext(language, first);
}

// The boundaries that ICU finds in one line, as bytes.
std::vector<size_t> Boundaries(std::string_view line, const std::string& language) {
  std::vector<size_t> found;
  icu::BreakIterator& sentences = SentenceIterator(language);
  UErrorCode status = U_ZERO_ERROR;
  UText text = UTEXT_INITIALIZER;
  utext_openUTF8(&text, line.data(), static_cast<int64_t>(line.size()), &status);
  sentences.setText(&text, status);
  if (U_SUCCESS(status)) {
    sentences.first();
    for (int32_t end = sentences.next(); end != icu::BreakIterator::DONE; end = sentences.next()) {
      found.push_back(static_cast<size_t>(end));
    }
  }
  if (found.empty() || found.back() != line.size()) found.push_back(line.size());
  utext_close(&text);
  return found;
}

// The mark that opens a quotation which `c` closes in German and its like; 0 if `c` only ever opens.
char32_t OpenerOf(char32_t c) {
  switch (c) {
    case 0x201C: return 0x201E;  // „ “
    case 0x2018: return 0x201A;  // ‚ ‘
    case 0x00AB: return 0x00BB;  // » «
    case 0x2039: return 0x203A;  // › ‹
    default: return 0;
  }
}

bool Contains(std::string_view text, char32_t c) {
  std::string mark;
  AppendCodePoint(c, &mark);
  return text.find(mark) != std::string_view::npos;
}

// Where the sentence that starts at `start` ends if ICU says `boundary`: ICU takes any quotation mark or bracket after
// the full stop for a closing one, and a French one after a space for no part of the sentence.
size_t MendBoundary(std::string_view line, size_t start, size_t boundary, const std::string& language) {
  constexpr std::string_view kGuillemet = "»";
  if (boundary >= line.size() || boundary <= start) return boundary;
  if (language == "fr" && line.substr(boundary, kGuillemet.size()) == kGuillemet) return boundary + kGuillemet.size();
  constexpr int kMaxMoved = 8;  // marks; bounds the work on hostile text
  for (int moved = 0; moved < kMaxMoved && boundary > start; ++moved) {
    size_t before = boundary;
    const char32_t c = Previous(line, &before);
    const int8_t category = u_charType(static_cast<UChar32>(c));
    if (category != U_START_PUNCTUATION && category != U_INITIAL_PUNCTUATION) break;
    const char32_t opener = OpenerOf(c);
    if (opener != 0 && Contains(line.substr(start, before - start), opener)) break;
    if (before == start) break;
    boundary = before;
  }
  return boundary;
}

// The sentences of one line, trimmed; none if it is blank.
std::vector<Span> SplitLine(std::string_view line, const std::string& language) {
  std::vector<Span> sentences;
  size_t start = 0;
  for (size_t found : Boundaries(line, language)) {
    const size_t boundary = MendBoundary(line, start, found, language);
    if (boundary <= start) continue;
    const Span span = Trim(line, {start, boundary});
    start = boundary;
    if (span.begin == span.end) continue;
    if (!sentences.empty()) {
      Span& last = sentences.back();
      if (GoesOn(line.substr(last.begin, last.end - last.begin), line.substr(span.begin), language)) {
        last.end = span.end;
        continue;
      }
    }
    sentences.push_back(span);
  }
  return sentences;
}

// The sentences of one line by rules; none if it is blank.
absl::StatusOr<std::vector<Span>> SplitLine(std::string_view line, const SentenceRules& rules) {
  ASSIGN_OR_RETURN(std::vector<size_t> boundaries, rules.Boundaries(line));
  boundaries.push_back(line.size());
  std::vector<Span> sentences;
  size_t start = 0;
  for (size_t boundary : boundaries) {
    const Span span = Trim(line, {start, boundary});
    start = boundary;
    if (span.begin < span.end) sentences.push_back(span);
  }
  return sentences;
}

// Cuts `text` into lines and those by `split`: line -> spans, or why not.
template <typename Split>
absl::StatusOr<std::vector<Sentence>> SplitLines(std::string_view text, const Split& split) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  std::vector<Sentence> sentences;
  uint32_t paragraph = 0;
  size_t done = 0;  // bytes that are in a sentence or its `before`
  size_t line_begin = text.substr(0, kByteOrderMark.size()) == kByteOrderMark ? kByteOrderMark.size() : 0;
  while (line_begin < text.size()) {
    size_t line_end = line_begin;
    size_t next_line = line_begin;
    while (next_line < text.size()) {
      line_end = next_line;
      if (IsLineEnd(NextCodePoint(text, &next_line))) break;
      line_end = next_line;
    }
    const std::string_view line = text.substr(line_begin, line_end - line_begin);
    uint32_t number = 0;
    const absl::StatusOr<std::vector<Span>> spans = split(line);
    if (!spans.ok()) return spans.status();
    for (const Span& span : *spans) {
      if (number == 0) ++paragraph;
      Sentence& sentence = sentences.emplace_back();
      sentence.paragraph = paragraph;
      sentence.sentence = ++number;
      sentence.text = std::string(line.substr(span.begin, span.end - span.begin));
      sentence.before = std::string(text.substr(done, line_begin + span.begin - done));
      done = line_begin + span.end;
    }
    line_begin = next_line;
  }
  return sentences;
}

}  // namespace

std::vector<Sentence> SplitSentences(std::string_view text, std::string_view locale) {
  const std::string language = LanguageOf(locale);
  const auto split = [&language](std::string_view line) -> absl::StatusOr<std::vector<Span>> {
    return SplitLine(line, language);
  };
  return *SplitLines(text, split);  // nothing of the built-in fails
}

absl::StatusOr<std::vector<Sentence>> SplitSentences(std::string_view text, const SentenceRules& rules) {
  return SplitLines(text, [&rules](std::string_view line) { return SplitLine(line, rules); });
}

}  // namespace reprise
