// The words of a concordance query, and where a text holds them.
//
// A query is terms: words, and "quoted phrases". A text is *atoms*: its tokens, those of scripts without spaces cut
// into characters. A term is one pattern an atom, which must stand side by side; so 大学 is found inside
// 北京大学生运动会. What the query writes without a space in between must stand so in the text; between other words,
// punctuation is passed over unless the term has some itself. `x*`, `*x` and `*x*` stand for the words that begin, end
// or hold so, a `*` alone for any one word.
//
//   ASSIGN_OR_RETURN(std::vector<Term> terms, ParseTerms("press \"save butt*\""));
//   AtomText text("Press the “Save” buttons.", false);
//   std::vector<TextRange> ranges;
//   FindTerm(terms[1], text, &ranges);   // ranges == {{11, 24}}
//
// Plain values and pure functions, safe to call concurrently.
#ifndef REPRISE_TEXT_TERMS_H_
#define REPRISE_TEXT_TERMS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "text/tokenize.h"

namespace reprise {

// Code points [begin, end) of a raw text.
struct TextRange {
  uint32_t begin = 0;
  uint32_t end = 0;

  bool operator==(const TextRange&) const = default;
};

enum class AtomKind : uint8_t { kWord, kCharacter, kMark, kPlaceable };

struct Atom {
  AtomKind kind = AtomKind::kWord;
  bool glued = false;    // nothing stands between it and the atom before it
  bool unknown = false;  // a placeable of which only the kind is known
  std::string text;      // folded; if case matters, as it is written, in NFC
  TextRange range;
};

// What one atom must be.
struct AtomPattern {
  AtomKind kind = AtomKind::kWord;
  bool glued = false;       // to the atom of the pattern before it
  bool open_front = false;  // more may stand before `text` in the atom
  bool open_back = false;   // or after it
  bool any = false;         // every atom but a mark
  bool fuzzy = false;       // other forms of the word and words with typing errors too (text/word_forms.h)
  std::string text;         // folded
  std::string exact;        // as it is written, in NFC

  // True if the pattern takes the atom; `match_case`: whether the atom's text is as it is written.
  bool Takes(const Atom& atom, bool match_case) const;
  // True if it takes an atom of its kind with this text. REQUIRES: !any.
  bool TakesText(std::string_view atom_text, bool match_case) const;
};

struct Term {
  std::vector<AtomPattern> patterns;
  bool has_marks = false;
};

// The atoms of a text. REQUIRES: valid UTF-8.
class AtomText {
 public:
  AtomText(std::string_view raw, bool match_case);
  // Of the words of an index row: `glued` is true throughout, placeables are unknown, ranges are empty.
  AtomText() = default;
  void Clear() { atoms_.clear(); }
  void AddWord(std::string_view key, TokenClass cls);

  const std::vector<Atom>& atoms() const { return atoms_; }
  bool match_case() const { return match_case_; }

 private:
  std::vector<Atom> atoms_;
  bool match_case_ = false;
};

// What becomes of a token in a text: its kind. kCharacter for a word that is cut into characters.
AtomKind AtomKindOf(std::string_view key, TokenClass cls);

// The terms of a query; `fuzzy`: words without a `*` take other forms of themselves too. Errors: INVALID_ARGUMENT if
// there is none but `*`, a `*` stands within a word, or a quotation mark is not closed. REQUIRES: valid UTF-8.
absl::StatusOr<std::vector<Term>> ParseTerms(std::string_view query, bool fuzzy = false);

// True if the text holds the term; then appends where, all that do not overlap from the left, unless `ranges` is null.
bool FindTerm(const Term& term, const AtomText& text, std::vector<TextRange>* ranges);

}  // namespace reprise

#endif  // REPRISE_TEXT_TERMS_H_
