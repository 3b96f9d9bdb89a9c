// Parts of a content: a sentence of a paragraph, some words of a sentence.
//
//   SliceContent({.text = "Save the file. Close it."}, 15, 24).text == "Close it."
//
// Pure, safe to call concurrently.
#ifndef REPRISE_TEXT_SLICE_H_
#define REPRISE_TEXT_SLICE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "text/segment.h"

namespace reprise {

// The code points [begin, end) with the codes in between: those that stand inside, pairs that are whole and at most
// touch the ends, and at the ends of the content itself what stands there. Half a pair is left out, and so is a code
// without a partner between this slice and the next. REQUIRES: begin <= end, valid UTF-8.
//
// CodesWithin says which of content.codes these are.
std::vector<size_t> CodesWithin(const Content& content, uint32_t begin, uint32_t end);
Content SliceContent(const Content& content, uint32_t begin, uint32_t end);

}  // namespace reprise

#endif  // REPRISE_TEXT_SLICE_H_
