#include "text/locale_map.h"

#include <algorithm>

#include "text/locale.h"

namespace reprise {
namespace {

constexpr size_t kMaxTag = 64;

std::string Folded(std::string_view tag) {
  std::string folded(tag);
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return folded;
}

}  // namespace

absl::Status LocaleMap::Add(std::string_view from, std::string_view to) {
  if (from.empty()) return InvalidArgument("names no tag to map; give it as the file writes it");
  if (from.size() > kMaxTag) return InvalidArgument("maps a tag of more than 64 bytes; no file has such");
  if (std::any_of(from.begin(), from.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return InvalidArgument("maps a tag with control characters; give it as the file writes it");
  }
  ASSIGN_OR_RETURN(std::string locale, CanonicalLocale(to));
  const auto [at, added] = entries_.emplace(Folded(from), locale);
  if (!added && at->second != locale) {
    return InvalidArgument("maps \"" + at->first + "\" to " + at->second + " and to " + locale + "; give one of them");
  }
  if (entries_.size() <= kMaxEntries) return absl::OkStatus();
  entries_.erase(at);
  return ResourceExhausted("has more than " + std::to_string(kMaxEntries) + " entries");
}

const std::string* LocaleMap::Find(std::string_view tag) const {
  if (entries_.empty() || tag.size() > kMaxTag) return nullptr;
  const auto it = entries_.find(Folded(tag));
  return it == entries_.end() ? nullptr : &it->second;
}

absl::StatusOr<std::string> LocaleMap::Canonical(std::string_view tag,
                                                 absl::StatusOr<std::string> (*canonicalize)(std::string_view)) const {
  if (const std::string* mapped = Find(tag)) return *mapped;
  absl::StatusOr<std::string> canonical = canonicalize(tag);
  if (entries_.empty() || !canonical.ok()) return canonical;
  if (const std::string* mapped = Find(*canonical)) return *mapped;
  return canonical;
}

absl::StatusOr<std::string> LocaleMap::Canonical(std::string_view tag) const { return Canonical(tag, CanonicalLocale); }

}  // namespace reprise
