// Cuts an XML file of translations (UTF-8 bytes, any chunking) into its units before any XML parser sees them: the <tu>
// of TMX, the <trans-unit> and <unit> of XLIFF.
//
//   XmlSplitter splitter("tu", &handler);   // calls handler for each unit, and for what stands outside of units
//
// An XML parser stops for good at the first ill-formed byte, which would cost the rest of the file. This lexer knows
// just enough of XML (tags, quotes, comments, CDATA, processing instructions, DOCTYPE) to find where each
// unit begins and ends, so that every unit can be parsed by itself and a broken one harms no other:
// - a `<` inside a tag ends the tag (XML forbids it there, so a quote was lost): the damage ends at the next tag;
// - a unit inside a unit means that the first one was never closed;
// - a unit of more than kMaxTokenBytes is dropped while it is read, and a comment that made it so long is cut there.
//
// Time is linear in the input, memory bounded by kMaxTokenBytes. The events do not depend on the chunking.
// Not thread-safe.
#ifndef REPRISE_FORMATS_XML_SPLITTER_H_
#define REPRISE_FORMATS_XML_SPLITTER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/status.h"

namespace reprise {

class XmlSplitter {
 public:
  // What was found, in file order; `line` counts from 1. Views live for the call. A non-OK answer stops the splitter.
  class Handler {
   public:
    virtual ~Handler() = default;
    // A whole unit, such as "<tu ...>...</tu>"; may be ill-formed inside.
    virtual absl::Status OnUnitBytes(std::string_view xml, uint64_t line) = 0;
    // A unit that has no end or is too long: `xml` is what was kept of it, `start_tag` the first tag in it.
    virtual absl::Status OnBrokenUnit(std::string_view xml, std::string_view start_tag, uint64_t line,
                                      std::string_view reason) = 0;
    // A tag outside any unit, "<header ...>" or "</body>".
    virtual absl::Status OnOuterTag(std::string_view tag, uint64_t line) = 0;
    // A processing instruction or document type declaration outside any unit, whole.
    virtual absl::Status OnProlog(std::string_view markup, uint64_t line) = 0;
    // Text that is not white space, outside any unit: the first character's line.
    virtual absl::Status OnOuterText(uint64_t line) = 0;
  };

  // `unit_element` is the name of the units' tags; `handler` outlives the object.
  XmlSplitter(std::string_view unit_element, Handler* handler) : unit_element_(unit_element), handler_(handler) {}

  // For files whose root says what the units are. Not while a unit is open.
  void set_unit_element(std::string_view name) { unit_element_ = std::string(name); }

  absl::Status Feed(std::string_view bytes);
  // Reports a unit that the end of the file cut off. Error: INVALID_ARGUMENT if a tag, comment or the like is open.
  absl::Status Finish();
  // The line that was reached.
  uint64_t line() const { return line_; }
  // Where the unit that OnUnitBytes is called with, and the tag that OnOuterTag is called with, began: bytes since the
  // start.
  uint64_t unit_offset() const { return unit_offset_; }
  uint64_t tag_offset() const { return tag_offset_; }

 private:
  enum class State : uint8_t { kText, kLess, kTag, kBang, kComment, kCdata, kInstruction, kDoctype };

  void BeginTag();
  absl::Status Step(char c);
  absl::Status StepLess(char c);
  absl::Status StepBang(char c);
  absl::Status StepTag(char c);
  absl::Status StepSpan(char c);
  absl::Status StepDoctype(char c);
  absl::Status Text(std::string_view text);
  absl::Status EndTag();
  absl::Status EndSpan();
  absl::Status BeginUnit();
  absl::Status Append(std::string_view bytes);
  absl::Status BreakUnit(std::string_view reason);
  std::string_view TagName() const;

  std::string unit_element_;
  Handler* const handler_;
  State state_ = State::kText;
  uint64_t line_ = 1;
  uint64_t offset_ = 0;  // bytes taken
  uint64_t tag_offset_ = 0;
  uint64_t unit_offset_ = 0;
  std::string tag_;            // the markup that is being read, from its `<`
  uint64_t tag_line_ = 1;      // where it began
  bool tag_too_long_ = false;  // tag_ holds only its start
  char quote_ = 0;             // inside a quoted string of a tag or DOCTYPE
  int run_ = 0;                // `-`, `]` or `?` just seen, towards the end of a comment and its like
  int brackets_ = 0;           // inside the internal subset of a DOCTYPE
  bool seen_tag_ = false;      // from then on a DOCTYPE is no more than an odd tag
  bool in_unit_ = false;
  bool unit_broken_ = false;  // was reported; read on to its end
  std::string unit_;
  size_t unit_tag_bytes_ = 0;  // length of the start tag at the front of unit_
  uint64_t unit_line_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_XML_SPLITTER_H_
