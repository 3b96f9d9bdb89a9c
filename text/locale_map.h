// What a caller knows better than a file about the locale tags in it: "english" means "en", "zh" means "zh-TW".
//
//   LocaleMap map;
//   RETURN_IF_ERROR(map.Add("english", "en-US"));
//   map.Canonical("ENGLISH") -> "en-US";  map.Canonical("pt_br") -> "pt-BR", as CanonicalLocale
//
// A tag is mapped as a whole ("en" leaves "en-US" alone), once (no chains), with letter case and `_` for `-` folded, as
// it is written or in its canonical form. Plain value: const methods are safe to call concurrently.
#ifndef REPRISE_TEXT_LOCALE_MAP_H_
#define REPRISE_TEXT_LOCALE_MAP_H_

#include <map>
#include <string>
#include <string_view>

#include "base/status.h"

namespace reprise {

class LocaleMap {
 public:
  static constexpr size_t kMaxEntries = 100;

  // Maps tags that are written as `from` to `to`. Errors: INVALID_ARGUMENT if `from` is empty, longer than 64 bytes or
  // holds control characters, if `to` is no locale, or if `from` is mapped to another locale already;
  // RESOURCE_EXHAUSTED beyond kMaxEntries. The message names neither field nor option.
  absl::Status Add(std::string_view from, std::string_view to);

  bool empty() const { return entries_.empty(); }
  // What was added, folded, with canonical locales; the same for maps that do the same.
  const std::map<std::string, std::string, std::less<>>& entries() const { return entries_; }

  // What a tag is mapped to; null if it is not mapped. Valid until the map changes.
  const std::string* Find(std::string_view tag) const;
  // The locale that a tag means: mapped as written, else what `canonicalize` makes of it, mapped. Error: that of
  // `canonicalize`.
  absl::StatusOr<std::string> Canonical(std::string_view tag,
                                        absl::StatusOr<std::string> (*canonicalize)(std::string_view)) const;
  // The same by CanonicalLocale.
  absl::StatusOr<std::string> Canonical(std::string_view tag) const;

 private:
  std::map<std::string, std::string, std::less<>> entries_;
};

}  // namespace reprise

#endif  // REPRISE_TEXT_LOCALE_MAP_H_
