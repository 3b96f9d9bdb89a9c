// A localized document -> XLIFF 1.2 (transitional), for translation tools.
//
// A <group> per paragraph, a <trans-unit> per sentence with the id p<paragraph>-s<sentence>, an <alt-trans> per
// proposal with match-quality (percent) and origin (the memory). A filled proposal is also the <target> in state
// needs-review-translation; a sentence without one has no <target>. What XLIFF has no attribute for stands in
// attributes of the namespace urn:reprise:xliff:1 on <alt-trans>: band, origin, unit, below-threshold ("yes"), penalty
// (the sum of points) and penalties ("name=points (detail); ...").
#ifndef REPRISE_FORMATS_XLIFF_WRITER_H_
#define REPRISE_FORMATS_XLIFF_WRITER_H_

#include <cstdint>

#include "base/status.h"
#include "formats/localized.h"
#include "formats/unit_stream.h"

namespace reprise {

// Writes the document. Returns the number of characters that XML cannot hold and that were written as U+FFFD.
// Error: what the sink returned. Safe to call concurrently with different sinks.
absl::StatusOr<uint64_t> WriteXliff(const LocalizedDocument& document, ByteSink* sink);

}  // namespace reprise

#endif  // REPRISE_FORMATS_XLIFF_WRITER_H_
