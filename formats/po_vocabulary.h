// The attribute names that the PO reader gives and the PO writer takes, and the shape of a gettext locale name.
// Stored in memories: never change a name, only add. Safe to call concurrently.
#ifndef REPRISE_FORMATS_PO_VOCABULARY_H_
#define REPRISE_FORMATS_PO_VOCABULARY_H_

#include <string>
#include <string_view>

#include "base/status.h"

namespace reprise::po {

inline constexpr char kFlags[] = "po:flags";               // "c-format", "python-format", ...; not "fuzzy"
inline constexpr char kReferences[] = "po:references";     // "src/main.c:12", one value each
inline constexpr char kExtracted[] = "po:extracted";       // the lines of `#.`
inline constexpr char kPluralIndex[] = "po:plural-index";  // the N of msgstr[N]; several where the texts are equal
inline constexpr char kMsgid[] = "po:msgid";               // the message's msgid, where the unit's text is another
inline constexpr char kMsgidPlural[] = "po:msgid-plural";  // the same of msgid_plural

// "pt_BR", "sr@latin", "ca@valencia" -> canonical BCP 47. Error: INVALID_ARGUMENT that quotes it.
absl::StatusOr<std::string> LocaleFromGettext(std::string_view name);
// "pt-BR" -> "pt_BR", "sr-Latn" -> "sr@latin"; the tag itself where gettext has no shape for it.
std::string LocaleToGettext(std::string_view locale);
// The Plural-Forms header of a locale; "" if it is not known here.
std::string_view PluralForms(std::string_view locale);

}  // namespace reprise::po

#endif  // REPRISE_FORMATS_PO_VOCABULARY_H_
