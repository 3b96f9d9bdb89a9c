// How the answer to one query is printed: as a line of JSON or as text for people.
//
// Pure, safe to call concurrently.
#ifndef REPRISE_CLIENT_MATCH_OUTPUT_H_
#define REPRISE_CLIENT_MATCH_OUTPUT_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "client/edit_markup.h"
#include "client/terminal.h"
#include "reprise/v1/matches.pb.h"

namespace reprise::client {

// What was asked.
struct Asked {
  std::string query;
  std::string source_locale;
  std::string target_locale;
};

// {"query","source_locale","target_locale","total","matches":[…]}; "total" is null if it was not asked for.
std::string LookupJson(const Asked& asked, const v1::LookupResponse& response);
// The same object for a query that failed: "total" null, no matches, and "error":{"code","message"}.
std::string LookupErrorJson(const Asked& asked, const absl::Status& status);

// The matches, best first, each with its edits, target, origin, memory and penalties; each line ended.
std::string LookupText(const Asked& asked, const v1::LookupResponse& response, const Terminal& terminal);

// The edit script of a match; words that share a stem but differ count as changed.
std::vector<EditSpan> EditSpansOf(const v1::Match& match);

// "alignment -1, fallback -1 (pt-PT for pt-BR)"; "" without penalties.
std::string PenaltyText(const v1::Match& match);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_MATCH_OUTPUT_H_
