// One constructor per document format, for document.cc only (callers use ParseDocument; `bytes` is checked UTF-8), and
// what these formats share. Safe to call concurrently.
#ifndef REPRISE_FORMATS_DOCUMENT_FACTORIES_H_
#define REPRISE_FORMATS_DOCUMENT_FACTORIES_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "formats/document.h"

namespace reprise {

using ParsedDocument = absl::StatusOr<std::unique_ptr<Document>>;

ParsedDocument NewTextDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewMarkdownDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewHtmlDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewXliffDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewPoDocument(const DocumentOptions& options, std::string bytes);

// Where the text begins: behind a byte order mark, if there is one.
inline size_t TextStart(std::string_view bytes) { return bytes.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0; }

// Whether two canonical locales are of one language, whatever their script and region.
inline bool SameLanguage(std::string_view a, std::string_view b) {
  return a.substr(0, a.find('-')) == b.substr(0, b.find('-'));
}

}  // namespace reprise

#endif  // REPRISE_FORMATS_DOCUMENT_FACTORIES_H_
