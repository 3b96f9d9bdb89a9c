// The names that our TMX writer and reader agree on: <prop> types for what TMX 1.4 has no element or attribute for.
// Written to files that people keep: never change a name, only add.
#ifndef REPRISE_FORMATS_TMX_VOCABULARY_H_
#define REPRISE_FORMATS_TMX_VOCABULARY_H_

#include <string_view>

namespace reprise::tmx {

inline constexpr std::string_view kOwnPrefix = "x-reprise-";

// On <tu>.
inline constexpr std::string_view kClientKey = "x-reprise-client-key";
inline constexpr std::string_view kGroup = "x-reprise-group";
inline constexpr std::string_view kDroppedContexts = "x-reprise-dropped-contexts";
// A context is its document, then its key and neighbours; each kDocument begins the next context.
inline constexpr std::string_view kDocument = "x-reprise-document";
inline constexpr std::string_view kKey = "x-reprise-key";
// Neighbours: xml:lang is the locale. The text itself, or one of the suffixes below.
inline constexpr std::string_view kPrevious = "x-reprise-prev";
inline constexpr std::string_view kNext = "x-reprise-next";
inline constexpr std::string_view kEdgeSuffix = "-edge";
inline constexpr std::string_view kUnknownSuffix = "-unknown";

// On <tuv>.
inline constexpr std::string_view kOrigin = "x-reprise-origin";  // human, alignment, mt, import
inline constexpr std::string_view kStatus = "x-reprise-status";  // draft, translated, reviewed, final, rejected
inline constexpr std::string_view kLocked = "x-reprise-locked";  // yes
// Microseconds since 1970, where the date attribute's seconds do not say it all.
inline constexpr std::string_view kCreatedUs = "x-reprise-created-us";
inline constexpr std::string_view kChangedUs = "x-reprise-changed-us";
inline constexpr std::string_view kLastUsedUs = "x-reprise-last-used-us";
// What an inline element cannot hold: "index pair-id type equivalent-text", separated by tabs, escaped as in TSV.
inline constexpr std::string_view kCode = "x-reprise-code";

// On both: an attribute whose name is neither a TMX attribute nor "prop:TYPE", and one that has no values.
inline constexpr std::string_view kAttribute = "x-reprise-attribute:";
inline constexpr std::string_view kEmptyAttribute = "x-reprise-empty-attribute:";

// Attributes of the domain that are kept as XML attributes of <tu> and <tuv>; "srclang" and the dates appear among
// the domain's attributes only if they could not be understood.
inline constexpr std::string_view kTuOnlyAttributes[] = {"tuid", "segtype"};
inline constexpr std::string_view kSharedAttributes[] = {"o-encoding", "datatype", "creationtool",
                                                         "creationtoolversion", "o-tmf"};
inline constexpr std::string_view kPropPrefix = "prop:";

}  // namespace reprise::tmx

#endif  // REPRISE_FORMATS_TMX_VOCABULARY_H_
