// A localized document -> one self-contained HTML page: sentences and proposals side by side, what differs coloured,
// score, origin and penalties, counts by band on top. No scripts, nothing is loaded; texts carry lang and dir.
#ifndef REPRISE_FORMATS_HTML_REPORT_H_
#define REPRISE_FORMATS_HTML_REPORT_H_

#include <cstdint>

#include "base/status.h"
#include "formats/localized.h"
#include "formats/unit_stream.h"

namespace reprise {

// Writes the page. Returns the number of characters that were written as U+FFFD (controls, bytes that are not UTF-8).
// Error: what the sink returned. Safe to call concurrently with different sinks.
absl::StatusOr<uint64_t> WriteHtmlReport(const LocalizedDocument& document, ByteSink* sink);

}  // namespace reprise

#endif  // REPRISE_FORMATS_HTML_REPORT_H_
