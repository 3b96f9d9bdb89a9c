// Whether two words are likely forms of one: what a search that forgives inflection and typing errors takes.
//
//   AreWordForms("update", "updating")    // true: but for short endings they begin alike
//   AreWordForms("receive", "recieve")    // true: two letters changed places
//   AreWordForms("house", "mouse")        // true as well: it cannot know
//   AreWordForms("run", "runner")         // false: too short to tell
//
// Pure function, safe to call concurrently.
#ifndef REPRISE_TEXT_WORD_FORMS_H_
#define REPRISE_TEXT_WORD_FORMS_H_

#include <string_view>

namespace reprise {

// True if the words are equal; or begin alike for at least four letters and two thirds of the shorter, with endings
// of at most three letters; or are so many edits apart (a letter left out, put in, replaced, or two neighbours changed
// over): one in words of four to seven letters, two in longer ones, by the shorter word. REQUIRES: folded UTF-8.
bool AreWordForms(std::string_view a, std::string_view b);

}  // namespace reprise

#endif  // REPRISE_TEXT_WORD_FORMS_H_
