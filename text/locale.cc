#include "text/locale.h"

#include <unicode/locid.h>
#include <unicode/uloc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace reprise {
namespace {

constexpr size_t kMaxTag = 64;

bool IsAlnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

absl::Status BadTag(std::string_view tag, std::string_view why) {
  std::string shown;
  for (char c : tag.substr(0, kMaxTag)) shown += (c >= 0x20 && c < 0x7f) ? c : '?';  // the tag is hostile text
  std::string message = "locale \"" + shown + "\" ";
  message.append(why);
  message += "; give a BCP 47 tag such as \"en\", \"pt-BR\" or \"zh-Hant\"";
  return InvalidArgument(message);
}

// "x-" and then subtags of 1 to 8 letters or digits.
bool IsPrivateUse(std::string_view tag) {
  if (tag.size() < 3 || tag.substr(0, 2) != "x-") return false;
  size_t length = 0;
  for (char c : tag.substr(2)) {
    if (c == '-') {
      if (length == 0) return false;
      length = 0;
    } else if (++length > 8) {
      return false;
    }
  }
  return length > 0;
}

// An ICU locale of a tag; bogus if the tag is not well-formed to its last byte.
icu::Locale ParseTag(const std::string& tag) {
  char id[ULOC_FULLNAME_CAPACITY];
  int32_t parsed = 0;
  UErrorCode status = U_ZERO_ERROR;
  uloc_forLanguageTag(tag.c_str(), id, sizeof(id), &parsed, &status);
  icu::Locale locale;
  if (U_FAILURE(status) || status == U_STRING_NOT_TERMINATED_WARNING || static_cast<size_t>(parsed) != tag.size()) {
    locale.setToBogus();
    return locale;
  }
  return icu::Locale(id);
}

// A short string without an allocation.
struct ShortTag {
  static constexpr size_t kMax = 23;
  uint8_t size = 0;
  std::array<char, kMax> bytes{};

  // REQUIRES: text.size() <= kMax.
  void Set(std::string_view text) {
    size = static_cast<uint8_t>(text.size());
    text.copy(bytes.data(), text.size());
  }
  std::string_view View() const { return {bytes.data(), size}; }
};

// What a thread found for the tags it asked for last. A memory has a few locales and asks for them with every unit, and
// an answer of ICU costs about a microsecond. Strange tags push each other out and no more.
class TagCache {
 public:
  // The answer by value: the entry may be another's after the next Put.
  std::optional<ShortTag> Get(std::string_view tag) const {
    if (tag.empty() || tag.size() > ShortTag::kMax) return std::nullopt;
    for (const Entry& entry : sets_[SetOf(tag)].ways) {
      if (entry.tag.View() == tag) return entry.answer;
    }
    return std::nullopt;
  }
  // REQUIRES: Get(tag) finds nothing.
  void Put(std::string_view tag, std::string_view answer) {
    if (tag.empty() || tag.size() > ShortTag::kMax || answer.size() > ShortTag::kMax) return;
    Set& set = sets_[SetOf(tag)];
    Entry& entry = set.ways[set.oldest++ % kWays];
    entry.tag.Set(tag);
    entry.answer.Set(answer);
  }

 private:
  // Several tags of one hash live side by side, so that two that are asked for in turn stay.
  static constexpr size_t kSets = 32;
  static constexpr size_t kWays = 4;
  struct Entry {
    ShortTag tag;  // empty: none
    ShortTag answer;
  };
  struct Set {
    std::array<Entry, kWays> ways;
    uint32_t oldest = 0;
  };
  static size_t SetOf(std::string_view tag) {
    uint32_t hash = 0;
    for (char c : tag) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
    return (hash ^ (hash >> 15)) % kSets;
  }

  std::array<Set, kSets> sets_{};
};

absl::StatusOr<std::string> ComputeCanonicalLocale(std::string_view tag) {
  if (tag.empty()) return BadTag(tag, "is empty");
  if (tag.size() > kMaxTag) return BadTag(tag, "is longer than 64 bytes");
  std::string hyphened(tag);
  std::replace(hyphened.begin(), hyphened.end(), '_', '-');
  for (char c : hyphened) {
    if (!IsAlnum(c) && c != '-') return BadTag(tag, "has a character other than letters, digits and hyphens");
  }
  std::string lower = hyphened;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (IsPrivateUse(lower)) return lower;
  icu::Locale locale = ParseTag(lower);
  if (locale.isBogus()) return BadTag(tag, "is not well-formed");
  UErrorCode status = U_ZERO_ERROR;
  locale.canonicalize(status);
  std::string canonical;
  if (U_SUCCESS(status)) canonical = locale.toLanguageTag<std::string>(status);
  if (U_FAILURE(status)) return BadTag(tag, "is not well-formed");
  const std::string language = canonical.substr(0, canonical.find('-'));
  if (language == "und") return BadTag(tag, "names no language");
  if (language.size() < 2 || language.size() > 3) return BadTag(tag, "has an unknown language");
  return canonical;
}

std::string ComputeLocaleGroup(std::string_view locale) {
  std::string tag(locale);
  if (IsPrivateUse(tag) || tag.size() > kMaxTag) return tag;
  icu::Locale parsed = ParseTag(tag);
  if (parsed.isBogus()) return tag;
  UErrorCode status = U_ZERO_ERROR;
  parsed.addLikelySubtags(status);
  std::string group = parsed.getLanguage();
  if (*parsed.getScript() != '\0') {
    group += '-';
    group += parsed.getScript();
  }
  return group;
}

TagCache& GroupCache() {
  thread_local TagCache cache;
  return cache;
}

}  // namespace

absl::StatusOr<std::string> CanonicalLocale(std::string_view tag) {
  thread_local TagCache cache;
  if (const auto known = cache.Get(tag)) return std::string(known->View());
  absl::StatusOr<std::string> canonical = ComputeCanonicalLocale(tag);
  if (canonical.ok()) cache.Put(tag, *canonical);
  return canonical;
}

std::string LocaleGroup(std::string_view locale) {
  if (const auto known = GroupCache().Get(locale)) return std::string(known->View());
  std::string group = ComputeLocaleGroup(locale);
  GroupCache().Put(locale, group);
  return group;
}

LocaleMatch MatchLocale(std::string_view wanted, std::string_view stored) {
  if (wanted == stored) return LocaleMatch::kSame;
  const auto wanted_group = GroupCache().Get(wanted);
  const auto stored_group = GroupCache().Get(stored);
  if (wanted_group && stored_group) {
    return wanted_group->View() == stored_group->View() ? LocaleMatch::kSameLanguage : LocaleMatch::kNone;
  }
  return LocaleGroup(wanted) == LocaleGroup(stored) ? LocaleMatch::kSameLanguage : LocaleMatch::kNone;
}

bool SameLanguage(std::string_view a, std::string_view b) {
  if (IsPrivateUse(a) || IsPrivateUse(b)) return a == b;
  const std::string group_a = LocaleGroup(a), group_b = LocaleGroup(b);
  return group_a.substr(0, group_a.find('-')) == group_b.substr(0, group_b.find('-'));
}

bool WritesWide(std::string_view locale) {
  const std::string group = LocaleGroup(locale);
  const auto ends_with = [&group](std::string_view script) {
    return group.size() >= script.size() && std::string_view(group).substr(group.size() - script.size()) == script;
  };
  return ends_with("-Hans") || ends_with("-Hant") || ends_with("-Jpan");
}

bool IsRightToLeft(std::string_view locale) {
  std::string tag(locale);
  if (IsPrivateUse(tag) || tag.size() > kMaxTag) return false;
  icu::Locale parsed = ParseTag(tag);
  return !parsed.isBogus() && parsed.isRightToLeft();
}

}  // namespace reprise
