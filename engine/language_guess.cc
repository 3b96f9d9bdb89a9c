#include "engine/language_guess.h"

#include <cld2/public/encodings.h>

#include <cstdio>  // which CLD2's own header forgets
#include <string_view>
#include <vector>

#include <cld2/public/compact_lang_det.h>

#include "text/tokenize.h"
#include "text/utf8.h"

namespace reprise {
namespace {

constexpr int kFewestBytes = 40;  // of letters: less is guessed wrongly too often
constexpr int kLeastPercent = 95;

std::string_view LanguageOf(std::string_view locale) { return locale.substr(0, locale.find('-')); }

// Written so by CLD2.
std::string_view Modern(std::string_view language) {
  if (language == "iw") return "he";
  if (language == "tl") return "fil";
  if (language == "jw") return "jv";
  return language;
}

// The words alone: markup, addresses and variables are in no language.
std::string WordsOf(const std::string& text) {
  std::string plain;
  bool tag = false;
  for (const char c : text) {
    if (c == '<') tag = text.find('>') != std::string::npos;
    plain += tag ? ' ' : c;
    if (c == '>') tag = false;
  }
  std::string words;
  uint32_t point = 0;
  size_t byte = 0;
  for (const Token& token : Tokenize({.text = plain, .codes = {}})) {
    if (token.cls != TokenClass::kWord) continue;
    for (; point < token.begin; ++point) NextCodePoint(plain, &byte);
    const size_t begin = byte;
    for (; point < token.end; ++point) NextCodePoint(plain, &byte);
    words.append(words.empty() ? "" : " ").append(plain, begin, byte - begin);
  }
  return words;
}

// Languages that are too alike to be told apart by a sentence.
const std::vector<std::vector<std::string_view>>& Groups() {
  static const auto* const groups =
      new std::vector<std::vector<std::string_view>>{{"nb", "nn", "no", "da", "sv"},
                                                     {"sr", "hr", "bs", "sh", "sl", "mk", "bg"},
                                                     {"id", "ms", "jv", "su"},
                                                     {"cs", "sk"},
                                                     {"es", "gl", "ca", "pt", "oc"},
                                                     {"ru", "be", "uk"},
                                                     {"nl", "af", "li", "fy"},
                                                     {"zh", "yue"},
                                                     {"hi", "mr", "ne"},
                                                     {"fa", "ps", "ur", "ckb"},
                                                     {"az", "tr", "tk"}};
  return *groups;
}

}  // namespace

std::string GuessLanguage(const std::string& text, const std::string& locale) {
  const std::string words = WordsOf(text);
  CLD2::Language best[3];
  int percent[3] = {};
  int bytes = 0;
  bool reliable = false;
  const std::string expected(LanguageOf(locale));
  const CLD2::Language language = CLD2::ExtDetectLanguageSummary(
      words.data(), static_cast<int>(words.size()), /*is_plain_text=*/true, /*tld_hint=*/nullptr,
      CLD2::UNKNOWN_ENCODING, CLD2::GetLanguageFromName(expected.c_str()), best, percent, &bytes, &reliable);
  if (!reliable || bytes < kFewestBytes || percent[0] < kLeastPercent || language != best[0]) return "";
  return std::string(Modern(LanguageOf(CLD2::LanguageCode(language))));
}

bool MayBeOf(const std::string& language, const std::string& locale) {
  const std::string_view expected = LanguageOf(locale);
  if (language == expected) return true;
  for (const std::vector<std::string_view>& group : Groups()) {
    bool one = false, other = false;
    for (std::string_view member : group) {
      one = one || member == language;
      other = other || member == expected;
    }
    if (one && other) return true;
  }
  return false;
}

}  // namespace reprise
