// Inline HTML -> pieces of a paragraph (slot_document.h). What HTML documents and HTML inside Markdown share. Private
// to formats/; safe to call concurrently.
#ifndef REPRISE_FORMATS_HTML_PIECES_H_
#define REPRISE_FORMATS_HTML_PIECES_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/html_lexer.h"
#include "formats/slot_document.h"

namespace reprise {

// True for elements that stand within a sentence (<b>, <a>, elements of other vocabularies); others end a paragraph.
bool IsInlineHtml(std::string_view name);

// True for inline elements whose content is no language: <code>, <kbd>, <samp>, <var>, <svg>, <math>.
bool IsOpaqueHtml(std::string_view name);

// Gives the tags of one paragraph their numbers as pairs. Not thread-safe.
class HtmlPairs {
 public:
  explicit HtmlPairs(uint32_t* next) : next_(next) {}
  // The piece of an inline tag at [begin, end).
  InlinePiece Tag(const HtmlToken& token, size_t begin, size_t end);

 private:
  uint32_t* next_;                                     // the next number of the paragraph
  std::map<std::string, std::vector<uint32_t>> open_;  // by name
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_HTML_PIECES_H_
