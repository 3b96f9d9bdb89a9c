// One <trans-unit> of XLIFF 1.2 or one <unit> of XLIFF 2.x -> its segments, by expat. Private to the XLIFF reader.
//
//   XliffUnitParser parser;
//   parser.set_version2(true);
//   absl::StatusOr<XliffUnit> unit = parser.Parse("<unit id=\"1\"><segment>...</unit>", 17);
//
// Translations on offer (alt-trans, the matches module) are never segments; `proposals` has them on request. The parser
// is used again for each unit; what one unit did to it cannot reach the next. Not thread-safe.
#ifndef REPRISE_FORMATS_XLIFF_UNIT_PARSER_H_
#define REPRISE_FORMATS_XLIFF_UNIT_PARSER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/xliff_vocabulary.h"
#include "formats/xml_markup.h"
#include "text/segment.h"

namespace reprise {

// A segment as the file has it.
struct XliffSegment {
  std::string id;  // 1.2: `mid` of its <mrk mtype="seg">; 2.x: `id` of <segment>; may be empty
  Content source;
  Content target;
  bool has_target = false;
  XmlAttributes attributes;  // 2.x: of <segment>; 1.2: of the vendor's element for this segment
};

struct XliffNote {
  std::string text;
  std::string about;  // "source", "target" or anything else
};

// A translation on offer. Read leniently, to be compared with the target and for nothing else.
struct XliffProposal {
  std::string segment;  // the segment that it is for; "" = the unit's
  double quality = 0;   // percent, 0 if it is not said
  std::string text;     // of its target
  size_t codes = 0;     // how many codes stand in it
};

struct XliffUnit {
  XmlAttributes attributes;              // of <trans-unit> or <unit>
  XmlAttributes target_attributes;       // of 1.2's <target>
  std::string source_lang, target_lang;  // xml:lang of the texts, as written; may be empty
  std::vector<XliffSegment> segments;
  std::vector<XliffNote> notes;
  std::vector<xliff::Property> contexts;    // 1.2: context-type and text
  std::vector<xliff::Property> properties;  // our own, see xliff_vocabulary.h
  std::vector<XliffProposal> proposals;     // in the file's order; empty unless asked for
};

class XliffUnitParser {
 public:
  XliffUnitParser();
  ~XliffUnitParser();
  XliffUnitParser(const XliffUnitParser&) = delete;
  XliffUnitParser& operator=(const XliffUnitParser&) = delete;

  // Which version's elements are expected; 1.2 at first.
  void set_version2(bool version2);
  // The prefix of XLIFF's own elements with its colon, "" at first.
  void set_prefix(std::string prefix);
  // Whether units bring their proposals; no at first.
  void set_proposals(bool proposals);

  // `line` is the file's line of the first byte. Error: INVALID_ARGUMENT that says what is wrong, with the line if it
  // is another one than the unit's.
  absl::StatusOr<XliffUnit> Parse(std::string_view xml, uint64_t line);

  struct Impl;  // for expat's callbacks

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_XLIFF_UNIT_PARSER_H_
