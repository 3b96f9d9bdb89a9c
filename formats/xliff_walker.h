// The way through an XLIFF file that all its readers share: root, files, groups, units cut apart. Private to formats/.
//
//   class Reader : public XliffWalker { absl::Status UnitFound(std::string_view xml, uint64_t line) override; ... };
//   RETURN_IF_ERROR(reader.Walk(utf8));   // as often as there are bytes
//   RETURN_IF_ERROR(reader.EndWalk());
//
// The root's version decides which elements are expected. Not thread-safe.
#ifndef REPRISE_FORMATS_XLIFF_WALKER_H_
#define REPRISE_FORMATS_XLIFF_WALKER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "formats/xliff_unit_parser.h"
#include "formats/xml_markup.h"
#include "formats/xml_splitter.h"

namespace reprise {

class XliffWalker : private XmlSplitter::Handler {
 public:
  XliffWalker() : splitter_("trans-unit", this) {}
  ~XliffWalker() override = default;
  XliffWalker(const XliffWalker&) = delete;
  XliffWalker& operator=(const XliffWalker&) = delete;

  // Takes the next bytes, UTF-8. Error: INVALID_ARGUMENT with the line, or what a hook answered.
  absl::Status Walk(std::string_view utf8) { return splitter_.Feed(utf8); }
  // Error: INVALID_ARGUMENT if the file is cut off or is no XLIFF.
  absl::Status EndWalk();

 protected:
  // What was found, with its tag, in file order. A non-OK answer ends the walk. Lines count from 1.
  virtual absl::Status RootFound(const XmlAttributes& attributes, std::string_view tag) = 0;
  // A <file> begins; its attributes, or why its tag is not well-formed.
  virtual absl::Status FileFound(const absl::StatusOr<XmlAttributes>& attributes, std::string_view tag,
                                 uint64_t line) = 0;
  // </file>, and once more at </xliff>.
  virtual absl::Status FileEnded() = 0;
  virtual absl::Status UnitFound(std::string_view xml, uint64_t line) = 0;
  // A unit that cannot be taken: what was kept of it, and its first tag as far as it is known.
  virtual absl::Status UnitBroken(std::string_view xml, std::string_view start_tag, uint64_t line,
                                  std::string_view reason) = 0;

  XliffUnitParser& parser() { return parser_; }
  bool version2() const { return version2_; }
  const std::string& prefix() const { return prefix_; }
  // Whether the unit at hand is to be translated, by its own attribute or those of its groups and file.
  bool IsWanted(const XliffUnit& unit) const;
  // Where the unit at hand, or the tag of the <xliff> or <file> at hand, begins in the walked bytes.
  size_t unit_offset() const { return static_cast<size_t>(splitter_.unit_offset()); }
  size_t tag_offset() const { return static_cast<size_t>(splitter_.tag_offset()); }

  static absl::Status LineError(uint64_t line, std::string_view problem);
  // The value of an attribute; "" if it is not there.
  static std::string Get(const XmlAttributes& attributes, const char* name);

 private:
  std::string_view Local(std::string_view name) const;
  absl::Status OnOuterTag(std::string_view tag, uint64_t line) override;
  absl::Status Root(std::string_view tag, std::string_view name, uint64_t line);
  absl::Status BeginFile(std::string_view tag, uint64_t line);
  absl::Status EndFile();
  absl::Status BeginGroup(std::string_view tag, uint64_t line);
  absl::Status OnOuterText(uint64_t line) override;
  absl::Status OnProlog(std::string_view markup, uint64_t line) override;
  absl::Status OnBrokenUnit(std::string_view xml, std::string_view start_tag, uint64_t line,
                            std::string_view reason) override;
  absl::Status OnUnitBytes(std::string_view xml, uint64_t line) override;
  absl::Status CheckPlace(uint64_t line) const;

  XmlSplitter splitter_;
  XliffUnitParser parser_;
  std::string prefix_;  // of XLIFF's own elements, with its colon
  bool version2_ = false;
  bool seen_root_ = false;
  bool in_file_ = false;
  bool closed_ = false;
  std::vector<bool> translate_ = {true};  // of the file and its open groups
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_XLIFF_WALKER_H_
