#include "text/locale.h"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include <unicode/locid.h>
#include <unicode/uscript.h>

namespace reprise {
namespace {

constexpr size_t kMaxTag = 64;

absl::Status BadTag(std::string_view tag) {
  std::string shown;
  for (char c : tag.substr(0, kMaxTag)) shown += (c >= 0x20 && c < 0x7F) ? c : '?';
  return WithReason(InvalidArgument("\"" + shown + "\" is not a language tag; give BCP 47 such as en, pt-BR or zh-Hant"),
                    "BAD_LOCALE");
}

bool IsPrivate(std::string_view tag) { return tag.size() > 2 && (tag[0] == 'x' || tag[0] == 'X') && tag[1] == '-'; }

// The shape of BCP 47: subtags of 1 to 8 letters and digits.
bool HasShape(std::string_view tag) {
  size_t run = 0;
  for (char c : tag) {
    if (c == '-') {
      if (run == 0) return false;
      run = 0;
    } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      if (++run > 8) return false;
    } else {
      return false;
    }
  }
  return run != 0;
}

std::string ComputeGroup(const std::string& locale) {
  if (IsPrivate(locale)) return locale;
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale l = icu::Locale::forLanguageTag(locale, status);
  l.addLikelySubtags(status);
  if (U_FAILURE(status)) return locale;
  return std::string(l.getLanguage()) + "-" + l.getScript();
}

}  // namespace

absl::StatusOr<std::string> CanonicalLocale(std::string_view tag) {
  if (tag.empty() || tag.size() > kMaxTag) return BadTag(tag);
  std::string dashed(tag);
  std::replace(dashed.begin(), dashed.end(), '_', '-');
  if (!HasShape(dashed)) return BadTag(tag);
  if (IsPrivate(dashed)) {
    std::transform(dashed.begin(), dashed.end(), dashed.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return dashed;
  }
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale locale = icu::Locale::forLanguageTag(dashed, status);
  if (U_FAILURE(status) || locale.isBogus()) return BadTag(tag);
  locale.canonicalize(status);
  std::string language = locale.getLanguage();
  if (U_FAILURE(status) || language.size() < 2 || language.size() > 3 || language == "und") return BadTag(tag);
  // ICU drops what it cannot read; a tag of which it dropped something is not a tag.
  std::string out = locale.toLanguageTag<std::string>(status);
  if (U_FAILURE(status) || std::count(out.begin(), out.end(), '-') < std::count(dashed.begin(), dashed.end(), '-')) {
    return BadTag(tag);
  }
  return out;
}

std::string LocaleGroup(std::string_view locale) {
  static std::mutex mu;
  static auto* cache = new std::unordered_map<std::string, std::string>();
  constexpr size_t kMaxCached = 4096;  // tags come from callers: the cache must not grow without end
  std::string key(locale);
  {
    std::lock_guard lock(mu);
    auto it = cache->find(key);
    if (it != cache->end()) return it->second;
  }
  std::string group = ComputeGroup(key);
  std::lock_guard lock(mu);
  if (cache->size() < kMaxCached) cache->emplace(std::move(key), group);
  return group;
}

LocaleMatch MatchLocale(std::string_view wanted, std::string_view stored) {
  if (wanted == stored) return LocaleMatch::kSame;
  return LocaleGroup(wanted) == LocaleGroup(stored) ? LocaleMatch::kSameLanguage : LocaleMatch::kNone;
}

bool IsRightToLeft(std::string_view locale) {
  if (IsPrivate(locale)) return false;
  UErrorCode status = U_ZERO_ERROR;
  return icu::Locale::forLanguageTag(std::string(locale), status).isRightToLeft();
}

}  // namespace reprise
