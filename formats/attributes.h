// Keeping what a file says about a unit in its attributes, within what a memory takes.
//
//   KeepAttribute("xliff:maxwidth", "20", &unit.attributes);
//
// A memory refuses a unit whose attributes are too many or too long; a side remark must not cost the translation, so a
// value that does not fit is dropped. Safe to call concurrently.
#ifndef REPRISE_FORMATS_ATTRIBUTES_H_
#define REPRISE_FORMATS_ATTRIBUTES_H_

#include <string>
#include <string_view>

#include "text/segment.h"

namespace reprise {

// What a memory takes (engine/checks.cc): keys, values of one key, bytes of a key or value.
inline constexpr size_t kKeptAttributes = 64;
inline constexpr size_t kKeptAttributeBytes = 1024;

// Appends the value to those of `key`. False if it was dropped because it does not fit.
inline bool KeepAttribute(std::string_view key, std::string_view value, Attributes* attributes) {
  if (key.empty() || key.size() > kKeptAttributeBytes || value.size() > kKeptAttributeBytes) return false;
  const auto it = attributes->find(std::string(key));
  if (it == attributes->end()) {
    if (attributes->size() >= kKeptAttributes) return false;
    (*attributes)[std::string(key)].emplace_back(value);
    return true;
  }
  if (it->second.size() >= kKeptAttributes) return false;
  it->second.emplace_back(value);
  return true;
}

// The only value of `key`; "" if there is none or more than one.
inline std::string OnlyValue(const Attributes& attributes, const std::string& key) {
  const auto it = attributes.find(key);
  return it != attributes.end() && it->second.size() == 1 ? it->second.front() : std::string();
}

// Adds a line to a note.
inline void AppendNote(std::string_view text, std::string* note) {
  if (!note->empty()) note->push_back('\n');
  note->append(text);
}

}  // namespace reprise

#endif  // REPRISE_FORMATS_ATTRIBUTES_H_
