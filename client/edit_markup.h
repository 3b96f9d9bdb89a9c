// The stored source with the edits that lead from the text asked for to it, for people. The direction is that of the
// API's edit script and of the HTML report.
//
//   stored "The talks last two days.", query "The talks last three days."
//   -> "The talks last [-three-]{+two+} days."
//
// Pure, safe to call concurrently.
#ifndef REPRISE_CLIENT_EDIT_MARKUP_H_
#define REPRISE_CLIENT_EDIT_MARKUP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/terminal.h"

namespace reprise::client {

// One step of the edit script that a match carries: ranges of code points in the query and in the stored text.
struct EditSpan {
  bool equal = false;  // the same token on both sides
  uint32_t query_begin = 0, query_end = 0;
  uint32_t stored_begin = 0, stored_end = 0;
};

// [-…-] stands in the query alone, {+…+} in the stored text alone. Steps that follow each other are shown as one. With
// colours the brackets stay: colour alone tells some readers nothing. Ranges outside the texts are cut to them.
std::string MarkEdits(std::string_view query, std::string_view stored, const std::vector<EditSpan>& edits,
                      const Terminal& terminal);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_EDIT_MARKUP_H_
