// Which language a text is written in, where that is beyond doubt (by CLD2): what finds texts in the wrong language.
//
//   GuessLanguage("Wählen Sie eine Datei aus, die Sie öffnen möchten.", "fr") == "de"
//   GuessLanguage("OK", "fr") == ""
//
// Pure function, safe to call concurrently.
#ifndef REPRISE_ENGINE_LANGUAGE_GUESS_H_
#define REPRISE_ENGINE_LANGUAGE_GUESS_H_

#include <string>

namespace reprise {

// The language of the words of a text as a BCP 47 language subtag; "" if they are too few, or it is not clear. `locale`
// (canonical) is the language that is expected: of languages that resemble each other it is preferred.
// REQUIRES: valid UTF-8.
std::string GuessLanguage(const std::string& text, const std::string& locale);

// True if a text that was guessed to be in `language` may well be of `locale`: the same language, or one that a guess
// cannot tell from it (the Scandinavian ones, Serbian and Croatian, Malay and Indonesian, ...).
bool MayBeOf(const std::string& language, const std::string& locale);

}  // namespace reprise

#endif  // REPRISE_ENGINE_LANGUAGE_GUESS_H_
