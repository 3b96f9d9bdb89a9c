// Abbreviations after which a full stop ends no sentence, by language. Private to text/; SplitSentences uses them.
#ifndef REPRISE_TEXT_ABBREVIATIONS_H_
#define REPRISE_TEXT_ABBREVIATIONS_H_

#include <string>
#include <string_view>

namespace reprise {

// True if `word` (key form, without its last full stop: "mr", "z.b", "т.е") is an abbreviation that something always
// follows. `language` is the language subtag. Languages without a list of their own use English's, for names and
// units in Latin script. Safe to call concurrently.
bool IsAbbreviation(std::string_view language, std::string_view word);

// True if "3." before `next` (key form) is an ordinal: German, Polish and their like write "3. mai".
bool IsOrdinalContext(std::string_view language, std::string_view next);

// True if `next` (key form) commonly opens a sentence, so that "U.S." before it ends one.
bool OpensSentence(std::string_view language, std::string_view next);

}  // namespace reprise

#endif  // REPRISE_TEXT_ABBREVIATIONS_H_
