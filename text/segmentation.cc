#include "text/segmentation.h"

#include <algorithm>
#include <memory>
#include <set>

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

namespace reprise {
namespace {

// Words before a full stop that do not end a sentence, in lower case; of all languages together, since names and titles
// travel. Single letters are initials and never end one either.
const std::set<std::string>& Abbreviations() {
  static const auto* words = new std::set<std::string>{
      // en
      "mr", "mrs", "ms", "dr", "prof", "sr", "jr", "st", "gen", "col", "lt", "capt", "sgt", "rep", "sen", "gov",
      "hon", "rev", "vs", "no", "vol", "fig", "approx", "e.g", "i.e", "u.s", "u.k", "u.n", "inc", "ltd", "co", "corp",
      "dept", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "cf", "al",
      // de
      "z.b", "d.h", "u.a", "bzw", "ca", "usw", "vgl", "nr", "str", "hr", "fr", "evtl", "ggf", "inkl", "mio", "mrd",
      // fr
      "m", "mm", "mme", "mlle", "me", "p. ex", "env", "cf", "n\xC2\xB0",
      // es, pt, it
      "sra", "srta", "ud", "uds", "ee.uu", "pág", "núm", "dra", "exmo", "av", "sig", "dott", "ing", "avv", "pag",
      // pl, ru
      "np", "itd", "itp", "tzw", "godz", "ul", "mgr", "inż", "г", "гг", "т.е", "т.д", "т.п", "др", "им", "ул", "стр",
      "см", "руб", "млн", "млрд"};
  return *words;
}

// The word before the full stop that ends `text`, in lower case; "" if `text` does not end in one.
std::string LastWord(const icu::UnicodeString& text) {
  int32_t end = text.length();
  while (end > 0 && u_isUWhiteSpace(text[end - 1])) --end;
  if (end == 0 || text[end - 1] != u'.') return "";
  --end;
  int32_t begin = end;
  while (begin > 0 && !u_isUWhiteSpace(text[begin - 1]) && text[begin - 1] != u'(' && text[begin - 1] != u'"') --begin;
  std::string out;
  icu::UnicodeString(text, begin, end - begin).toLower(icu::Locale::getRoot()).toUTF8String(out);
  return out;
}

bool GoesOn(const icu::UnicodeString& sentence) {
  std::string word = LastWord(sentence);
  if (word.empty()) return false;
  if (Abbreviations().count(word) != 0) return true;
  // An initial: one letter.
  icu::UnicodeString w = icu::UnicodeString::fromUTF8(word);
  return w.countChar32() == 1 && u_isalpha(w.char32At(0)) && !u_hasBinaryProperty(w.char32At(0), UCHAR_IDEOGRAPHIC);
}

class Splitter {
 public:
  explicit Splitter(std::string_view locale) {
    UErrorCode status = U_ZERO_ERROR;
    icu::Locale l = icu::Locale::forLanguageTag(std::string(locale), status);
    status = U_ZERO_ERROR;
    breaks_.reset(icu::BreakIterator::createSentenceInstance(l, status));
  }

  void Line(const icu::UnicodeString& line) {
    breaks_->setText(line);
    bool first = true;
    int32_t begin = 0;
    for (int32_t at = breaks_->first(), to = breaks_->next(); to != icu::BreakIterator::DONE; to = breaks_->next()) {
      icu::UnicodeString sentence(line, begin, to - begin);
      at = to;
      if (to < line.length() && GoesOn(sentence)) continue;
      Add(sentence, &first);
      begin = at;
    }
  }

  void Between(const icu::UnicodeString& text) { pending_ += text; }
  std::vector<Sentence> Take() { return std::move(out_); }

 private:
  void Add(const icu::UnicodeString& sentence, bool* first) {
    int32_t begin = 0, end = sentence.length();
    while (begin < end && u_isUWhiteSpace(sentence[begin])) ++begin;
    while (end > begin && u_isUWhiteSpace(sentence[end - 1])) --end;
    pending_.append(sentence, 0, begin);
    if (begin == end) return;
    Sentence s;
    if (*first) {
      ++paragraph_;
      number_ = 0;
      *first = false;
    }
    s.paragraph = paragraph_;
    s.sentence = ++number_;
    icu::UnicodeString(sentence, begin, end - begin).toUTF8String(s.text);
    pending_.toUTF8String(s.before);
    pending_.remove();
    pending_.append(sentence, end, sentence.length() - end);
    out_.push_back(std::move(s));
  }

  std::unique_ptr<icu::BreakIterator> breaks_;
  std::vector<Sentence> out_;
  icu::UnicodeString pending_;
  uint32_t paragraph_ = 0;
  uint32_t number_ = 0;
};

bool EndsLine(char16_t c) { return c == u'\n' || c == u'\r' || c == 0x85 || c == 0x2028 || c == 0x2029; }

}  // namespace

std::vector<Sentence> SplitSentences(std::string_view text, std::string_view locale) {
  icu::UnicodeString all =
      icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  Splitter splitter(locale);
  int32_t begin = 0;
  while (begin < all.length()) {
    int32_t end = begin;
    while (end < all.length() && !EndsLine(all[end])) ++end;
    if (end > begin) splitter.Line(icu::UnicodeString(all, begin, end - begin));
    int32_t next = end;
    while (next < all.length() && EndsLine(all[next])) ++next;
    splitter.Between(icu::UnicodeString(all, end, next - end));
    begin = next;
  }
  return splitter.Take();
}

}  // namespace reprise
