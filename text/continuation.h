// Where a text goes on from what somebody has typed: the text side of completions (match/completion.h).
//
//   TypedText typed("Bitte die Dat");
//   ContinuableText text("Die Datei wurde gespeichert, danke.", "de");
//   text.Find(typed);          // {{.at = 7, .words = 1}}: behind "Die Dat"
//   text.Ends(7, false);       // {27, 9}: the end of the clause, the end of the word
//   text.Appended(typed, 7, 9) == "ei"
//
// Letters are compared without case, white space as one kind. In scripts with spaces what agrees begins with a whole
// word on both sides and takes in all of the word under way; in those without, with a word of the text.
// Plain values, immutable once made; safe to use concurrently.
#ifndef REPRISE_TEXT_CONTINUATION_H_
#define REPRISE_TEXT_CONTINUATION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokenize.h"

namespace reprise {

// A text without case and with one kind of space, by code points, and where its tokens stand.
struct SimpleText {
  std::u32string points;
  std::u32string folded;      // as many
  std::vector<Token> tokens;  // of the text
  std::vector<bool> starts;   // by code point: a token begins here

  // REQUIRES: valid UTF-8.
  explicit SimpleText(std::string_view text);
};

// What was typed so far, up to the cursor. White space before it does not count.
class TypedText {
 public:
  // REQUIRES: valid UTF-8.
  explicit TypedText(std::string_view typed);

  const SimpleText& text() const { return text_; }
  size_t size() const { return text_.points.size(); }
  // Where the word under way begins; size() if the last one has ended.
  size_t partial() const { return partial_; }
  std::u32string_view word() const { return std::u32string_view(text_.points).substr(partial_); }

 private:
  SimpleText text_;
  size_t partial_ = 0;
};

struct Continuation {
  uint32_t at = 0;     // code points of the text before it
  uint32_t words = 0;  // whole words before the one under way that agree
  bool whole = false;  // all that was typed stands there, and nothing before it

  bool operator==(const Continuation&) const = default;
};

class ContinuableText {
 public:
  // `locale`: the rules of its case. REQUIRES: valid UTF-8.
  ContinuableText(std::string_view text, std::string_view locale);

  // Every place, in text order; none at its end. Of nothing typed: the beginning.
  std::vector<Continuation> Find(const TypedText& typed) const;
  // The ends of what may be offered from there, the longest first, all behind `at`: the whole rest, if asked for; some
  // words or the end of the clause; the end of the word, in scripts with spaces.
  std::vector<uint32_t> Ends(uint32_t at, bool rest) const;
  // The code points [at, end) as they go on from what was typed: the rest of a word in the case of its beginning.
  std::string Appended(const TypedText& typed, uint32_t at, uint32_t end) const;
  // True if all of it stands in what was typed.
  bool StandsIn(const TypedText& typed) const;
  uint32_t size() const { return static_cast<uint32_t>(text_.points.size()); }

 private:
  // The longest agreement of the text before `at` with the end of what was typed; 0 if there is none that counts.
  size_t Agreement(const TypedText& typed, size_t at) const;

  const SimpleText text_;
  const std::string locale_;
};

}  // namespace reprise

#endif  // REPRISE_TEXT_CONTINUATION_H_
