// One constructor per document format, for document.cc only: callers use ParseDocument. `bytes` is checked UTF-8.
#ifndef REPRISE_FORMATS_DOCUMENT_FACTORIES_H_
#define REPRISE_FORMATS_DOCUMENT_FACTORIES_H_

#include <memory>
#include <string>

#include "base/status.h"
#include "formats/document.h"

namespace reprise {

using ParsedDocument = absl::StatusOr<std::unique_ptr<Document>>;

ParsedDocument NewTextDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewMarkdownDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewHtmlDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewXliffDocument(const DocumentOptions& options, std::string bytes);
ParsedDocument NewPoDocument(const DocumentOptions& options, std::string bytes);

}  // namespace reprise

#endif  // REPRISE_FORMATS_DOCUMENT_FACTORIES_H_
