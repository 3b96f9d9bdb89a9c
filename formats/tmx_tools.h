// What other tools write into TMX <prop>s for contexts, origin and status (docs/formats.md has the table), read and
// written.
//
//   TmxToolProps props;
//   if (props.Take(0, "x-ContextContent", "Before. |  | Davor. | ")) ...   // of the <tu>; 1 and on: of the nth <tuv>
//   props.Apply(&unit);                                                   // once the whole unit is known
//
// Not thread-safe.
#ifndef REPRISE_FORMATS_TMX_TOOLS_H_
#define REPRISE_FORMATS_TMX_TOOLS_H_

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "formats/unit_stream.h"
#include "text/segment.h"

namespace reprise {

class TmxToolProps {
 public:
  // True if a property of that type means something here: it was taken and need not be kept as an attribute. `place` is
  // 0 for the <tu>, n for its nth <tuv>.
  static bool IsKnown(std::string_view type);
  bool Take(size_t place, std::string_view type, std::string_view value);
  // Gives the unit what was taken. Contexts that it has already stay alone.
  void Apply(Unit* unit) const;
  void Clear() { props_.clear(); }

 private:
  struct Prop {
    size_t place;
    std::string type;
    std::string value;
  };
  static void SetSide(const Prop& prop, const std::string& locale, std::map<std::string, Neighbour>* side);
  void ApplyToContexts(const std::string& source, Unit* unit) const;

  std::vector<Prop> props_;
};

// Calls on_prop(type, value) for what the flavor writes on <tu>, or on the <tuv> of that variant.
using OnTmxProp = std::function<void(std::string_view type, std::string_view value)>;
void WriteToolUnitProps(TmxFlavor flavor, const Unit& unit, const OnTmxProp& on_prop);
void WriteToolVariantProps(TmxFlavor flavor, const Unit& unit, const Variant& variant, const OnTmxProp& on_prop);

}  // namespace reprise

#endif  // REPRISE_FORMATS_TMX_TOOLS_H_
