// Character references of HTML and Markdown: "&eacute;", "&#233;", "&#xE9;" -> "é". Safe to call concurrently.
#ifndef REPRISE_FORMATS_ENTITIES_H_
#define REPRISE_FORMATS_ENTITIES_H_

#include <optional>
#include <string>
#include <string_view>

namespace reprise {

// The bytes of the reference at the front of `text`, with & and ;, as far as its shape goes; 0 if none is there.
size_t ReferenceLength(std::string_view text);

// What a whole reference stands for, by the names of HTML 5. Nothing if no character has that name, or if it is one
// that text does not hold (NUL, a surrogate).
std::optional<std::string> DecodeReference(std::string_view reference);

}  // namespace reprise

#endif  // REPRISE_FORMATS_ENTITIES_H_
