// The files that `localize`, `pretranslate` and `analyze` read.
//
//   ASSIGN_OR_RETURN(const auto rules, ReadSrx(command.srx, "en"));
//   ASSIGN_OR_RETURN(const auto document, ReadDocument("guide.md", {.source_locale = "en", .rules = rules}));
//
// Safe to call concurrently.
#ifndef REPRISE_CLIENT_DOCUMENT_FILE_H_
#define REPRISE_CLIENT_DOCUMENT_FILE_H_

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/status.h"
#include "formats/document.h"
#include "text/sentence_rules.h"

namespace reprise::client {

// What FILE may be, for --help.
inline constexpr char kDocumentHelp[] = "Plain text, Markdown, HTML, XLIFF or PO, in UTF-8";

// The document of a file; the name among the options is the path's. Errors: NOT_FOUND; RESOURCE_EXHAUSTED above 64 MiB;
// UNKNOWN if it cannot be read; those of ParseDocument. Places that could not be read are named on stderr.
absl::StatusOr<std::unique_ptr<Document>> ReadDocument(const std::string& path, DocumentOptions options);

// Adds --srx FILE, which goes to *path.
void AddSrxOption(CLI::App* verb, std::string* path);
// The rules of an SRX file for the language of `locale`, which is canonical; null if `path` is empty. Errors:
// NOT_FOUND; UNKNOWN if it cannot be read; those of ParseSrx.
absl::StatusOr<std::shared_ptr<const SentenceRules>> ReadSrx(const std::string& path, const std::string& locale);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_DOCUMENT_FILE_H_
