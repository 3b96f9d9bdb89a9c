// Locale tags: BCP 47, canonical, as keys and as preferences.
//
//   CanonicalLocale("zh_CN") -> "zh-CN";  "EN-US" -> "en-US";  "iw" -> "he"
//   LocaleFallback("en", "en-US") -> kSameLanguage
//
// Built on ICU's locale data; pure functions, safe to call concurrently. Each thread keeps its last answers for short
// tags (up to 23 bytes), so that asking again needs neither ICU nor, up to 15 bytes, an allocation.
#ifndef REPRISE_TEXT_LOCALE_H_
#define REPRISE_TEXT_LOCALE_H_

#include <string>
#include <string_view>

#include "base/status.h"

namespace reprise {

// The canonical form of a tag: `_` for `-` accepted, case mended, deprecated codes replaced (iw -> he, in -> id).
// Error: INVALID_ARGUMENT that quotes the tag and says what a tag looks like (empty, over 64 bytes, not BCP 47,
// unknown language of other than 2-3 letters, "und"). Private-use "x-..." is accepted.
absl::StatusOr<std::string> CanonicalLocale(std::string_view tag);

// How a stored locale serves a wanted one; both canonical. Scripts are compared after ICU's likely subtags.
enum class LocaleMatch {
  kNone,          // other language, or another script
  kSame,          // the same tag
  kSameLanguage,  // same language and script, other region or variant
};
LocaleMatch MatchLocale(std::string_view wanted, std::string_view stored);

// True if both are of one language, whatever their scripts (zh-CN and zh-TW). Both canonical.
bool SameLanguage(std::string_view a, std::string_view b);

// True if a stored locale serves a wanted one in a lookup: the same language and script, or, with `other_scripts`, the
// same language.
inline bool ServesLocale(std::string_view wanted, std::string_view stored, bool other_scripts) {
  return MatchLocale(wanted, stored) != LocaleMatch::kNone || (other_scripts && SameLanguage(wanted, stored));
}

// "en-Latn" for "en-US": language and likely script. Locales with equal groups match as kSameLanguage at least.
std::string LocaleGroup(std::string_view locale);

// True for Chinese and Japanese: no spaces between sentences, wide punctuation.
bool WritesWide(std::string_view locale);

// True for locales written from right to left (ar, he, fa, ...).
bool IsRightToLeft(std::string_view locale);

}  // namespace reprise

#endif  // REPRISE_TEXT_LOCALE_H_
