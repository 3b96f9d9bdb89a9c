// A localized document -> XLIFF 1.2 or 2.1, for translation tools. docs/localize.md ("What `localize` writes") has both
// shapes.
//
// 1.2 (transitional): a <group> per paragraph, a <trans-unit> per sentence with the id p<paragraph>-s<sentence>, an
// <alt-trans> per proposal with match-quality (percent) and origin (the memory). A filled proposal is also the <target>
// in state needs-review-translation; a sentence without one has no <target>.
// 2.1: a <group> per paragraph, a <unit> of one <segment> per sentence, the proposals as <mtc:match>. A filled proposal
// is also the <target>, in state initial with the subState reprise:needs-review.
//
// What XLIFF has no attribute for stands in attributes of the namespace urn:reprise:xliff:1 on the proposal: band,
// origin, unit, below-threshold ("yes"), penalty (the sum of points) and penalties ("name=points (detail); ...");
// in 2.1 also score, as matchQuality ends at 100.
#ifndef REPRISE_FORMATS_XLIFF_WRITER_H_
#define REPRISE_FORMATS_XLIFF_WRITER_H_

#include <cstdint>

#include "base/status.h"
#include "formats/localized.h"
#include "formats/unit_stream.h"

namespace reprise {

enum class XliffVersion : uint8_t { k12, k21 };

// Writes the document. Returns the number of characters that XML cannot hold and that were written as U+FFFD.
// Error: what the sink returned. Safe to call concurrently with different sinks.
absl::StatusOr<uint64_t> WriteXliff(const LocalizedDocument& document, XliffVersion version, ByteSink* sink);

}  // namespace reprise

#endif  // REPRISE_FORMATS_XLIFF_WRITER_H_
