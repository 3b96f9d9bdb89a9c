#include "match/adapt.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "match/explain.h"
#include "match/substitute.h"
#include "text/letter_case.h"
#include "text/normalize.h"
#include "text/notation.h"

namespace reprise {
namespace {

std::vector<size_t> InOrder(const std::vector<Code>& codes) {
  std::vector<size_t> order(codes.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&codes](size_t a, size_t b) { return codes[a].position < codes[b].position; });
  return order;
}

// Same kinds in sequence, paired alike.
bool SameShape(const std::vector<Code>& a, const std::vector<Code>& b) {
  if (a.size() != b.size()) return false;
  const std::vector<size_t> order_a = InOrder(a), order_b = InOrder(b);
  std::unordered_map<uint32_t, uint32_t> a_to_b, b_to_a;
  for (size_t i = 0; i < a.size(); ++i) {
    const Code& x = a[order_a[i]];
    const Code& y = b[order_b[i]];
    if (x.kind != y.kind || (x.pair_id == 0) != (y.pair_id == 0)) return false;
    if (x.pair_id == 0) continue;
    if (a_to_b.emplace(x.pair_id, y.pair_id).first->second != y.pair_id) return false;
    if (b_to_a.emplace(y.pair_id, x.pair_id).first->second != x.pair_id) return false;
  }
  return true;
}

// For each code of the target, the place in order of the source's code that it stands for: of its kind and data, rather
// of its pair id, else the first that is left. Empty if they do not have the same codes.
std::vector<size_t> Assign(const std::vector<Code>& stored, const std::vector<Code>& target) {
  std::vector<size_t> assigned(target.size());
  if (CodesMissingOrAdded(stored, target)) return {};
  const std::vector<size_t> order = InOrder(stored);
  std::vector<bool> used(stored.size(), false), done(target.size(), false);
  for (const bool by_pair : {true, false}) {
    for (size_t t : InOrder(target)) {
      for (size_t place = 0; place < order.size() && !done[t]; ++place) {
        const Code& source = stored[order[place]];
        if (used[place] || source.kind != target[t].kind || source.data != target[t].data) continue;
        if (by_pair && (source.pair_id == 0 || source.pair_id != target[t].pair_id)) continue;
        assigned[t] = place;
        used[place] = done[t] = true;
      }
    }
  }
  return assigned;
}

// The parts of a text that AdaptTarget looks at: code points [0, begin) and [end, size) are white space, [marks, end)
// are end marks, `letter` is where the first letter or digit stands.
struct Outline {
  std::u32string text;
  size_t begin = 0, marks = 0, end = 0, letter = 0;

  explicit Outline(const std::string& utf8) : text(ToCodePoints(utf8)), end(text.size()) {
    while (begin < end && IsSpaceMark(text[begin])) ++begin;
    while (end > begin && IsSpaceMark(text[end - 1])) --end;
    marks = end;
    while (marks > begin && IsEndMark(text[marks - 1])) --marks;
    letter = begin;
    while (letter < marks && !IsLetterOrDigit(text[letter])) ++letter;
  }
  std::u32string Lead() const { return text.substr(0, begin); }
  std::u32string Trail() const { return text.substr(end); }
  std::u32string Marks() const { return text.substr(marks, end - marks); }
  LetterCase Case() const { return letter < marks ? CaseOf(text[letter]) : LetterCase::kNone; }
  std::u32string Letter() const { return letter < marks ? text.substr(letter, 1) : std::u32string(); }
  // An abbreviation such as "URL" keeps its case.
  bool AllCapitals() const { return letter + 1 < marks && CaseOf(text[letter + 1]) == LetterCase::kUpper; }
};

// One change in the making: what query and stored source have there, and what the target gets.
struct Fit {
  std::u32string query, stored;
  Replacement part;
};

std::vector<Fit> FindFits(const Outline& q, const Outline& s, const Outline& t, std::string_view locale) {
  std::vector<Fit> fits;
  const auto at = [](size_t offset) { return static_cast<uint32_t>(offset); };
  if (q.Lead() != s.Lead() && q.Lead() != t.Lead()) fits.push_back({q.Lead(), s.Lead(), {0, at(t.begin), q.Lead()}});
  const LetterCase wanted = q.Case();
  const bool cased = wanted != LetterCase::kNone && s.Case() != LetterCase::kNone && wanted != s.Case();
  if (cased && t.Case() == s.Case() && (wanted == LetterCase::kUpper || !t.AllCapitals())) {
    fits.push_back({q.Letter(), s.Letter(), {at(t.letter), at(t.letter + 1), WithCase(t.Letter(), wanted, locale)}});
  }
  if (q.Marks() != s.Marks() && s.Marks().empty() == t.Marks().empty()) {
    size_t begin = t.marks;
    while (q.Marks().empty() && begin > t.begin && IsSpaceMark(t.text[begin - 1])) --begin;
    const std::u32string marks = LocalEndMarks(q.Marks(), locale);
    if (marks != t.Marks()) fits.push_back({q.Marks(), s.Marks(), {at(begin), at(t.end), marks}});
  }
  if (q.Trail() != s.Trail() && q.Trail() != t.Trail()) {
    fits.push_back({q.Trail(), s.Trail(), {at(t.end), at(t.text.size()), q.Trail()}});
  }
  return fits;
}

}  // namespace

void SubstituteBases(const Query& query, const TokenizedContent& asked, std::vector<Candidate>* candidates) {
  const auto& tokens = asked.tokens;
  if (std::none_of(tokens.begin(), tokens.end(), [](const Token& t) { return IsPlaceable(t.cls); })) return;
  for (Candidate& candidate : *candidates) {
    Match& match = candidate.match;
    if (match.base.band != Band::kNearExact) continue;
    const TokenizedContent stored(match.source);
    if (!PlaceablesDiffer(tokens, stored.tokens)) continue;
    match.base = SubstitutedBase(match.base, Substitute({&asked, query.source_locale}, {&stored, match.source_locale},
                                                        match.target.content, match.target.locale));
  }
}

void CompleteMatch(const Query& query, const TokenizedContent& asked, const LookupOptions& options, Match* match) {
  const std::vector<Token> tokens = Tokenize(match->source);
  match->edits = ExplainEdits(asked.tokens, tokens);
  Content* target = &match->target.content;
  if (PlaceablesDiffer(asked.tokens, tokens)) {
    const TokenizedContent stored(match->source);
    Substituted done =
        Substitute({&asked, query.source_locale}, {&stored, match->source_locale}, *target, match->target.locale);
    *target = std::move(done.target);
    match->substitutions = std::move(done.substitutions);
    match->plural_changed = done.plural_changed;
  }
  RepairCodes(query.content.codes, match->source.codes, &target->codes);
  if (options.adapt) {
    AdaptTarget(query.content, match->source, match->target.locale, target, &match->substitutions);
  }
}

bool CodesRepairable(const std::vector<Code>& query, const std::vector<Code>& stored, const std::vector<Code>& target) {
  return !query.empty() && SameShape(query, stored) && !CodesMissingOrAdded(stored, target);
}

bool RepairCodes(const std::vector<Code>& query, const std::vector<Code>& stored, std::vector<Code>* target) {
  if (!CodesRepairable(query, stored, *target)) return false;
  const std::vector<size_t> assigned = Assign(stored, *target);
  const std::vector<size_t> order = InOrder(query);
  for (size_t t = 0; t < assigned.size(); ++t) {
    const uint32_t position = (*target)[t].position;
    (*target)[t] = query[order[assigned[t]]];
    (*target)[t].position = position;
  }
  return true;
}

void AdaptTarget(const Content& query, const Content& stored, std::string_view target_locale, Content* target,
                 std::vector<Substitution>* changes) {
  const Outline t(target->text);
  const std::vector<Fit> fits = FindFits(Outline(query.text), Outline(stored.text), t, target_locale);
  if (fits.empty()) return;
  std::vector<Replacement> parts;
  for (const Fit& fit : fits) parts.push_back(fit.part);
  const auto grown = [](const Replacement& part) {
    return static_cast<int64_t>(part.text.size()) - static_cast<int64_t>(part.end - part.begin);
  };
  for (Substitution& change : *changes) {
    if (change.target_begin == change.target_end && change.target_end == 0) continue;
    int64_t by = 0;
    for (const Replacement& part : parts) by += part.end <= change.target_begin ? grown(part) : 0;
    change.target_begin = static_cast<uint32_t>(change.target_begin + by);
    change.target_end = static_cast<uint32_t>(change.target_end + by);
  }
  int64_t by = 0;
  for (const Fit& fit : fits) {
    Substitution change;
    change.query_text = FromCodePoints(fit.query);
    change.stored_text = FromCodePoints(fit.stored);
    change.target_before = FromCodePoints(t.text.substr(fit.part.begin, fit.part.end - fit.part.begin));
    change.target_after = FromCodePoints(fit.part.text);
    change.target_begin = static_cast<uint32_t>(fit.part.begin + by);
    change.target_end = change.target_begin + static_cast<uint32_t>(fit.part.text.size());
    by += grown(fit.part);
    changes->push_back(std::move(change));
  }
  *target = ReplaceParts(*target, parts);
}

}  // namespace reprise
