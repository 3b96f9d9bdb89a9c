// Content -> the inside of <source> and <target>, for the writers of XLIFF 1.2 and 2.1. Private to formats/.
//
//   xml.Raw("<source>"); WriteXliff12Inline(content, &xml); xml.Raw("</source>");
//
// In 2.1 the codes' data stands in the <originalData> of the unit (or match): its elements are named by `letter` and
// number, so that several contents can share one. Safe to call concurrently with different builders.
#ifndef REPRISE_FORMATS_XLIFF_INLINE_H_
#define REPRISE_FORMATS_XLIFF_INLINE_H_

#include <utility>
#include <vector>

#include "formats/xml_builder.h"
#include "text/segment.h"

namespace reprise {

void WriteXliff12Inline(const Content& content, XmlBuilder* xml);

void WriteXliff2Inline(const Content& content, char letter, XmlBuilder* xml);
// <originalData> of these contents; nothing if none has a code.
void WriteXliff2Data(const std::vector<std::pair<const Content*, char>>& contents, XmlBuilder* xml);

}  // namespace reprise

#endif  // REPRISE_FORMATS_XLIFF_INLINE_H_
