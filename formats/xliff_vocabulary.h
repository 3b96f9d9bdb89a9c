// What the XLIFF readers and writers agree on: the names in our own namespace, the states of both versions, and the
// properties that carry what XLIFF has no place for. Written to files that people keep: never change a name, only add.
//
// 1.2: <reprise:prop name="NAME">VALUE</reprise:prop> in <trans-unit>; 2.x: <mda:meta type="NAME"> in a metaGroup of
// the category "reprise". A unit with the property `contexts` was written by us: it is read back as it was. Safe to
// call concurrently.
#ifndef REPRISE_FORMATS_XLIFF_VOCABULARY_H_
#define REPRISE_FORMATS_XLIFF_VOCABULARY_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "text/locale_map.h"
#include "text/segment.h"

namespace reprise::xliff {

inline constexpr std::string_view kNamespace = "urn:reprise:xliff:1";
inline constexpr std::string_view kNamespace12 = "urn:oasis:names:tc:xliff:document:1.2";
inline constexpr std::string_view kNamespace2 = "urn:oasis:names:tc:xliff:document:2.0";
inline constexpr std::string_view kNamespaceMetadata = "urn:oasis:names:tc:xliff:metadata:2.0";
inline constexpr std::string_view kNamespaceMatches = "urn:oasis:names:tc:xliff:matches:2.0";
inline constexpr std::string_view kCategory = "reprise";

// Attributes of inline elements, in our namespace: a code's type and a pair id that the element itself does not say.
inline constexpr std::string_view kCodeType = "reprise:type";
inline constexpr std::string_view kCodePair = "reprise:pair";

// Marks a unit of ours; the number of its contexts.
inline constexpr std::string_view kContexts = "contexts";

using Property = std::pair<std::string, std::string>;

// Calls on_property(name, value) for all that the pair's XLIFF elements do not say.
void WriteProperties(const Unit& unit, const Variant& source, const Variant& target,
                     const std::function<void(std::string_view, std::string_view)>& on_property);

// The reverse, on a unit with the two variants source and target; `map` says what locales mean. A property that is not
// understood is passed over; a time that is none is told to `warnings`, too.
void ApplyProperties(const std::vector<Property>& properties, const LocaleMap& map, Unit* unit,
                     std::vector<std::string>* warnings);

// A state of 1.2: `state` and `state-qualifier` of <target>, `approved` of <trans-unit>.
struct State12 {
  const char* state = "";
  const char* qualifier = "";
  bool approved = false;
};
State12 ToState12(VariantStatus status);
VariantStatus StatusFromState12(std::string_view state, std::string_view qualifier, bool approved);
// kMachine for a qualifier that says so, else kUnspecified.
Origin OriginFromQualifier(std::string_view qualifier);

// "yes" as the attributes of the tools say it.
bool IsYes(std::string_view value);

// `state` and `state-qualifier` of a target that was filled in from a match of this score. From 100 on somebody has to
// review it; below, to translate it.
struct FilledState12 {
  const char* state = "";
  const char* qualifier = "";
};
FilledState12 StateOfFilled12(int score, bool by_key);

// 2.x: the `subState` of a target that was filled in from a match of 100 and more, in the state "initial". `learn`
// takes it for a translation if anybody changed it.
inline constexpr std::string_view kNeedsReview = "reprise:needs-review";

// A state of 2.x: `state` and `subState` of <segment>.
struct State2 {
  const char* state = "";
  const char* sub_state = "";
};
State2 ToState2(VariantStatus status);
VariantStatus StatusFromState2(std::string_view state, std::string_view sub_state);

// What SDLXLIFF (`conf` and `origin` of <sdl:seg>) and MQXLIFF (`mq:status`) say; kUnspecified if nothing.
VariantStatus StatusFromSdl(std::string_view conf);
Origin OriginFromSdl(std::string_view origin);
VariantStatus StatusFromMemoq(std::string_view status);

}  // namespace reprise::xliff

#endif  // REPRISE_FORMATS_XLIFF_VOCABULARY_H_
