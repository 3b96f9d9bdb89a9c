// Where the parts of one XLIFF unit stand in its bytes, by expat: what a draft needs to put a target in. Private to
// formats/.
//
//   ASSIGN_OR_RETURN(const XliffLayout layout, LayOutXliff(xml, 17, false, ""));
//   xml.substr(layout.parts[0].source.end)    // what follows </source>
//
// Safe to call concurrently.
#ifndef REPRISE_FORMATS_XLIFF_LAYOUT_H_
#define REPRISE_FORMATS_XLIFF_LAYOUT_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"

namespace reprise {

// Bytes [begin, end) of the unit; begin = end = 0 if there are none.
struct ByteRange {
  size_t begin = 0;
  size_t end = 0;
  bool empty() const { return begin == end; }
};

// An element with a text, and the markup of each of its codes in order.
struct XliffTextLayout {
  ByteRange element;
  ByteRange start_tag;
  std::vector<ByteRange> codes;
  // 1.2: the insides of its <mrk mtype="seg">, by mid, and their codes.
  struct Segment {
    std::string mid;
    ByteRange inside;
    std::vector<ByteRange> codes;
  };
  std::vector<Segment> segments;
};

// 1.2: the <trans-unit>; 2.x: one <segment>.
struct XliffPartLayout {
  ByteRange start_tag;
  XliffTextLayout source, seg_source, target;
};

struct XliffLayout {
  std::vector<XliffPartLayout> parts;  // 1.2: one
};

// `xml` is a whole <trans-unit> or <unit>, in line `line` of its file. Error: INVALID_ARGUMENT if it is not
// well-formed.
absl::StatusOr<XliffLayout> LayOutXliff(std::string_view xml, uint64_t line, bool version2, const std::string& prefix);

}  // namespace reprise

#endif  // REPRISE_FORMATS_XLIFF_LAYOUT_H_
