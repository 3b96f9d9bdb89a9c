// The matches of all segments of a document, for one or several target locales, in one stream.
//
//   v1::LookupStreamRequest first;   // memories and options
//   ASSIGN_OR_RETURN(auto localized, LookUpDocument(session, first, *document, "guide.md", "en", {"de", "ja"}));
#ifndef REPRISE_CLIENT_DOCUMENT_LOOKUP_H_
#define REPRISE_CLIENT_DOCUMENT_LOOKUP_H_

#include <string>
#include <vector>

#include "base/status.h"
#include "client/session.h"
#include "formats/document.h"
#include "formats/localized.h"
#include "reprise/v1/matches.pb.h"

namespace reprise::client {

// One localized document a locale, in their order, each with all segments. Locked segments are not looked up. One that
// cannot be (too long, nothing but invisible characters) has no match and is named on stderr. Error: the stream's.
// REQUIRES: canonical locales; `session` is connected.
absl::StatusOr<std::vector<LocalizedDocument>> LookUpDocument(Session* session, const v1::LookupStreamRequest& first,
                                                              const Document& document, const std::string& name,
                                                              const std::string& from,
                                                              const std::vector<std::string>& locales);

// The decision for every segment of a localized document; what `document` cannot hold is not filled in.
std::vector<FillDecision> DecideFills(const Document& document, const LocalizedDocument& localized, int limit);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_DOCUMENT_LOOKUP_H_
