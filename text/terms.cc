#include "text/terms.h"

#include <algorithm>

#include "text/char_fold.h"
#include "text/folding.h"
#include "text/normalize.h"
#include "text/utf8.h"
#include "text/word_forms.h"

namespace reprise {
namespace {

bool HasSpaceless(std::string_view word) {
  if (IsAscii(word)) return false;
  for (size_t i = 0; i < word.size();) {
    if (IsSpaceless(NextCodePoint(word, &i))) return true;
  }
  return false;
}

std::string FoldedCharacter(char32_t c) {
  const char32_t folded = FoldChar(c);
  std::string out;
  AppendCodePoint(folded == 0 ? c : folded, &out);
  return out;
}

std::string Nfc(std::string_view text) {
  if (IsAscii(text)) return std::string(text);
  UErrorCode error = U_ZERO_ERROR;
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  folding::Nfc().normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<int32_t>(text.size())), sink, nullptr,
                               error);
  return U_FAILURE(error) ? std::string(text) : out;
}

// Where each code point of a text begins, and the end.
std::vector<uint32_t> CodePointStarts(std::string_view text) {
  std::vector<uint32_t> starts;
  starts.reserve(text.size() + 1);
  for (size_t i = 0; i < text.size();) {
    starts.push_back(static_cast<uint32_t>(i));
    NextCodePoint(text, &i);
  }
  starts.push_back(static_cast<uint32_t>(text.size()));
  return starts;
}

bool Fits(std::string_view text, std::string_view part, bool open_front, bool open_back) {
  if (text.size() < part.size()) return false;
  if (open_front && open_back) return text.find(part) != std::string_view::npos;
  if (open_front) return text.substr(text.size() - part.size()) == part;
  if (open_back) return text.substr(0, part.size()) == part;
  return text == part;
}

}  // namespace

AtomKind AtomKindOf(std::string_view key, TokenClass cls) {
  if (cls == TokenClass::kPunctuation) return AtomKind::kMark;
  if (cls != TokenClass::kWord) return AtomKind::kPlaceable;
  return HasSpaceless(key) ? AtomKind::kCharacter : AtomKind::kWord;
}

bool AtomPattern::Takes(const Atom& atom, bool match_case) const {
  if (any) return atom.kind != AtomKind::kMark;
  return atom.kind == kind && (atom.unknown || TakesText(atom.text, match_case));
}

bool AtomPattern::TakesText(std::string_view atom_text, bool match_case) const {
  if (fuzzy) return AreWordForms(text, atom_text);
  return Fits(atom_text, match_case ? exact : text, open_front, open_back);
}

AtomText::AtomText(std::string_view raw, bool match_case) : match_case_(match_case) {
  const MappedKeyForm mapped = KeyFormWithMap(raw);
  std::vector<TokenSpan> tokens;
  TokenizeKeyForm(mapped.key, &tokens);
  const std::vector<uint32_t> raw_starts = match_case ? CodePointStarts(raw) : std::vector<uint32_t>();
  uint32_t point = 0;  // code points of the key before `byte`
  size_t byte = 0;
  uint32_t last_end = UINT32_MAX;  // byte where the atom before ends
  auto add = [&](AtomKind kind, size_t end, bool character) {
    Atom atom;
    atom.kind = kind;
    atom.glued = byte == last_end;
    const std::string_view key = std::string_view(mapped.key).substr(byte, end - byte);
    const uint32_t first = point;
    if (character) {
      size_t at = 0;
      atom.text = FoldedCharacter(NextCodePoint(key, &at));
    } else {
      FoldWord(key, &atom.text);
    }
    while (byte < end) {
      NextCodePoint(mapped.key, &byte);
      ++point;
    }
    last_end = static_cast<uint32_t>(end);
    atom.range = {mapped.raw_begin[first], std::max(mapped.raw_end[point - 1], mapped.raw_begin[first])};
    if (match_case) {
      const uint32_t from = raw_starts[atom.range.begin];
      atom.text = Nfc(raw.substr(from, raw_starts[atom.range.end] - from));
    }
    atoms_.push_back(std::move(atom));
  };
  for (const TokenSpan& token : tokens) {
    if (token.weight == 0) continue;  // as in the index
    while (byte < token.begin) {
      NextCodePoint(mapped.key, &byte);
      ++point;
    }
    const std::string_view key = std::string_view(mapped.key).substr(token.begin, token.end - token.begin);
    const AtomKind kind = AtomKindOf(key, token.cls);
    if (kind != AtomKind::kCharacter) {
      add(kind, token.end, false);
      continue;
    }
    while (byte < token.end) {
      size_t next = byte;
      NextCodePoint(mapped.key, &next);
      add(AtomKind::kCharacter, next, true);
    }
  }
}

void AtomText::AddWord(std::string_view key, TokenClass cls) {
  Atom atom;
  atom.glued = true;
  atom.kind = AtomKindOf(key, cls);
  if (atom.kind == AtomKind::kCharacter) {
    for (size_t i = 0; i < key.size();) {
      atom.text = FoldedCharacter(NextCodePoint(key, &i));
      atoms_.push_back(atom);
    }
    return;
  }
  atom.unknown = atom.kind == AtomKind::kPlaceable;
  if (!atom.unknown) FoldWord(key, &atom.text);
  atoms_.push_back(std::move(atom));
}

namespace {

// A letter to put beside the open end of a word, so that the word is cut into atoms as within a longer one ("l'*" is
// the beginning of one word, although "l'" alone is two atoms): a letter or digit of its own. "" if there is none.
std::string Probe(std::string_view core, bool first) {
  std::string found;
  for (size_t i = 0; i < core.size();) {
    std::string letter;
    AppendCodePoint(NextCodePoint(core, &i), &letter);
    const std::vector<Token> tokens = Tokenize({.text = letter, .codes = {}});
    if (tokens.size() != 1 || tokens[0].cls == TokenClass::kPunctuation || HasSpaceless(letter)) continue;
    if (CodePointCount(tokens[0].key) != 1) continue;
    found = letter;
    if (first) break;
  }
  return found;
}

// Takes what the probe added off the text of an atom; false if it is not there.
bool TakeProbe(std::string_view probe, bool front, std::string* text) {
  if (text->size() < probe.size()) return false;
  const size_t at = front ? 0 : text->size() - probe.size();
  if (text->compare(at, probe.size(), probe) != 0) return false;
  text->erase(at, probe.size());
  return true;
}

std::vector<AtomPattern> PatternsOf(std::string_view text) {
  const AtomText folded(text, false);
  const AtomText exact(text, true);
  std::vector<AtomPattern> out;
  for (size_t i = 0; i < folded.atoms().size(); ++i) {
    const Atom& atom = folded.atoms()[i];
    AtomPattern pattern;
    pattern.kind = atom.kind;
    pattern.glued = atom.glued;
    pattern.text = atom.text;
    pattern.exact = exact.atoms()[i].text;
    out.push_back(std::move(pattern));
  }
  return out;
}

// The patterns of a word that is open at one end or both.
std::vector<AtomPattern> OpenPatterns(std::string_view core, bool open_front, bool open_back) {
  const std::string front = open_front ? Probe(core, true) : "";
  const std::string back = open_back ? Probe(core, false) : "";
  std::string front_folded, back_folded;
  FoldWord(KeyForm(front), &front_folded);
  FoldWord(KeyForm(back), &back_folded);
  std::vector<AtomPattern> out = PatternsOf(front + std::string(core) + back);
  bool good = !out.empty();
  if (good && !front.empty()) {
    good = TakeProbe(front_folded, true, &out.front().text) && TakeProbe(Nfc(front), true, &out.front().exact);
  }
  if (good && !back.empty()) {
    good = TakeProbe(back_folded, false, &out.back().text) && TakeProbe(Nfc(back), false, &out.back().exact);
  }
  if (!good) out = PatternsOf(core);
  if (out.empty()) return out;
  auto can_open = [](const AtomPattern& p) { return p.kind == AtomKind::kWord || p.kind == AtomKind::kPlaceable; };
  out.front().open_front = open_front && can_open(out.front());
  out.back().open_back = open_back && can_open(out.back());
  // An open end that stands for a whole word beside a mark: "a-*".
  for (AtomPattern* p : {&out.front(), &out.back()}) p->any = p->text.empty() && can_open(*p);
  return out;
}

absl::Status AddWordPatterns(std::string_view word, bool fuzzy, Term* term) {
  const size_t begin = word.find_first_not_of('*');
  if (begin == std::string_view::npos) {
    AtomPattern any;
    any.any = true;
    term->patterns.push_back(std::move(any));
    return absl::OkStatus();
  }
  const size_t end = word.find_last_not_of('*') + 1;
  const std::string_view core = word.substr(begin, end - begin);
  if (core.find('*') != std::string_view::npos) {
    return InvalidArgument("has a * within \"" + std::string(word) +
                           "\"; it may stand at the beginning and the end of a "
                           "word (x*, *x, *x*), or alone");
  }
  const bool open = begin != 0 || end != word.size();
  std::vector<AtomPattern> patterns = open ? OpenPatterns(core, begin != 0, end != word.size()) : PatternsOf(core);
  for (size_t i = 0; i < patterns.size(); ++i) {
    if (i == 0) patterns[i].glued = false;
    patterns[i].fuzzy = fuzzy && !open && patterns[i].kind == AtomKind::kWord;
    term->has_marks = term->has_marks || patterns[i].kind == AtomKind::kMark;
    term->patterns.push_back(std::move(patterns[i]));
  }
  return absl::OkStatus();
}

bool IsQuote(char32_t c) { return c == U'"' || c == U'“' || c == U'”' || c == U'„'; }

}  // namespace

absl::StatusOr<std::vector<Term>> ParseTerms(std::string_view query, bool fuzzy) {
  std::vector<Term> terms;
  bool quoted = false;
  Term term;
  std::string word;
  absl::Status status;
  auto end_word = [&] {
    if (!word.empty() && status.ok()) status = AddWordPatterns(word, fuzzy, &term);
    word.clear();
  };
  auto end_term = [&] {
    end_word();
    if (!term.patterns.empty()) terms.push_back(std::move(term));
    term = Term();
  };
  for (size_t i = 0; i < query.size();) {
    const char32_t c = NextCodePoint(query, &i);
    if (IsQuote(c)) {
      end_term();
      quoted = !quoted;
    } else if (folding::IsWhiteSpace(c)) {
      quoted ? end_word() : end_term();
    } else {
      AppendCodePoint(c, &word);
    }
  }
  end_term();
  RETURN_IF_ERROR(status);
  if (quoted) return InvalidArgument("has a quotation mark that is not closed");
  bool some = false;
  for (const Term& t : terms) {
    for (const AtomPattern& p : t.patterns) some = some || !p.any;
  }
  if (!some) return InvalidArgument("is empty; give at least one word");
  return terms;
}

bool FindTerm(const Term& term, const AtomText& text, std::vector<TextRange>* ranges) {
  const std::vector<Atom>& atoms = text.atoms();
  bool found = false;
  for (size_t start = 0; start < atoms.size();) {
    size_t at = start;
    bool fits = true;
    for (size_t p = 0; fits && p < term.patterns.size(); ++p) {
      const AtomPattern& pattern = term.patterns[p];
      if (p != 0 && !pattern.glued && !term.has_marks) {
        while (at < atoms.size() && atoms[at].kind == AtomKind::kMark) ++at;
      }
      fits = at < atoms.size() && (p == 0 || !pattern.glued || atoms[at].glued) &&
             pattern.Takes(atoms[at], text.match_case());
      ++at;
    }
    if (!fits) {
      ++start;
      continue;
    }
    found = true;
    if (ranges == nullptr) return true;
    ranges->push_back({atoms[start].range.begin, atoms[at - 1].range.end});
    start = at;
  }
  return found;
}

}  // namespace reprise
