// One <tu>...</tu> -> one Unit, by expat. Private to the TMX reader.
//
//   TmxUnitParser parser;
//   absl::StatusOr<Unit> unit = parser.Parse("<tu><tuv xml:lang=\"en\">...</tu>", 17);
//
// The parser is used again for each unit; what one unit did to it cannot reach the next. Not thread-safe.
#ifndef REPRISE_FORMATS_TMX_UNIT_PARSER_H_
#define REPRISE_FORMATS_TMX_UNIT_PARSER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "text/locale_map.h"
#include "text/segment.h"

namespace reprise {

class TmxUnitParser {
 public:
  TmxUnitParser();
  ~TmxUnitParser();
  TmxUnitParser(const TmxUnitParser&) = delete;
  TmxUnitParser& operator=(const TmxUnitParser&) = delete;

  // The header's source locale (canonical, "" if unknown or *all*), for units that do not say.
  void set_default_source_locale(std::string locale) { default_source_locale_ = std::move(locale); }

  // What locale tags mean; call it before the first Parse.
  void set_locale_map(LocaleMap map);

  // `line` is the file's line of the first byte. Error: INVALID_ARGUMENT that says what is wrong, with the line if it
  // is another one than the unit's.
  absl::StatusOr<Unit> Parse(std::string_view xml, uint64_t line);

  // What was not understood in the unit that was parsed last, though the unit is good.
  const std::vector<std::string>& warnings() const;

  struct Impl;  // for expat's callbacks

 private:
  std::unique_ptr<Impl> impl_;
  std::string default_source_locale_;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_TMX_UNIT_PARSER_H_
