#include "match/substitute.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "match/explain.h"
#include "text/normalize.h"
#include "text/notation.h"

namespace reprise {
namespace {

// Stands for what was substituted where two texts are compared without it.
constexpr char32_t kHole = 0xFFFC;

// Texts of more placeables stay as they are stored: what is done here grows with the square of their number.
constexpr size_t kMaxAtoms = 200;

// One placeable of a text: a number, date or time, which may be several tokens, or another one, which is copied.
struct Atom {
  std::optional<Numeral> numeral;
  TokenClass cls = TokenClass::kNumber;
  size_t first = 0, last = 0;  // tokens
  uint32_t begin = 0, end = 0;
  std::u32string text;
  int partner = -1;  // the atom of the other text that is aligned with it; -1 none, -2 several
};

std::vector<Atom> FindAtoms(std::string_view text, const std::vector<Token>& tokens, std::string_view locale) {
  std::vector<Atom> atoms;
  for (Numeral& numeral : FindNumerals(text, tokens, locale)) {
    Atom atom;
    atom.first = numeral.first_token;
    atom.last = numeral.last_token;
    atom.begin = numeral.begin;
    atom.end = numeral.end;
    atom.text = numeral.text;
    atom.numeral = std::move(numeral);
    atoms.push_back(std::move(atom));
  }
  std::vector<bool> taken(tokens.size(), false);
  for (const Atom& atom : atoms) {
    for (size_t i = atom.first; i <= atom.last; ++i) taken[i] = true;
  }
  const std::u32string points = ToCodePoints(text);
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (!IsPlaceable(token.cls) || taken[i]) continue;
    Atom atom;
    atom.cls = token.cls;
    atom.first = atom.last = i;
    atom.begin = token.begin;
    atom.end = token.end;
    atom.text = points.substr(token.begin, token.end - token.begin);
    atoms.push_back(std::move(atom));
  }
  std::sort(atoms.begin(), atoms.end(), [](const Atom& a, const Atom& b) { return a.first < b.first; });
  return atoms;
}

bool SameAtom(const Atom& a, const Atom& b) {
  if (a.text == b.text && a.cls == b.cls) return true;
  return a.numeral && b.numeral && SameValue(*a.numeral, *b.numeral);
}

// True if the target's atom may be what the stored source's became.
bool Corresponds(const Atom& target, const Atom& stored) {
  if (target.numeral && stored.numeral) return Writes(*target.numeral, *stored.numeral);
  return target.text == stored.text;
}

class Substituter {
 public:
  Substituter(const LocalText& query, const LocalText& stored, const Content& target, std::string_view target_locale)
      : query_text_(*query.content),
        stored_text_(*stored.content),
        target_(target),
        target_locale_(target_locale),
        steps_(AlignTokens(query_text_.tokens, stored_text_.tokens)),
        query_(FindAtoms(query_text_.content.text, query_text_.tokens, query.locale)),
        stored_(FindAtoms(stored_text_.content.text, stored_text_.tokens, stored.locale)) {}

  Substituted Run() {
    if (query_.size() > kMaxAtoms || stored_.size() > kMaxAtoms) return Finish();
    Pair();
    if (std::any_of(stored_.begin(), stored_.end(), [this](const Atom& atom) { return Differs(atom); })) {
      atoms_ = FindAtoms(target_.text, Tokenize({target_.text, {}}), target_locale_);
      if (atoms_.size() > kMaxAtoms) return Finish();
    }
    std::vector<bool> seen(stored_.size(), false);
    for (size_t i = 0; i < stored_.size(); ++i) {
      if (seen[i]) continue;
      std::vector<size_t> group;  // the places where the source says this
      for (size_t j = i; j < stored_.size(); ++j) {
        if (!seen[j] && SameAtom(stored_[i], stored_[j])) group.push_back(j), seen[j] = true;
      }
      Group(group);
    }
    DropOverlaps();
    return Finish();
  }

 private:
  // A change of the target or a refusal, before offsets are known.
  struct Change {
    size_t stored = 0;    // atom
    int target = -1;      // atom
    std::u32string text;  // what comes there
    std::string refused;
    bool plural_changed = false;
  };

  void Pair() {
    const auto owners = [](const std::vector<Atom>& atoms, size_t tokens) {
      std::vector<int> owner(tokens, -1);
      for (size_t a = 0; a < atoms.size(); ++a) {
        for (size_t t = atoms[a].first; t <= atoms[a].last; ++t) owner[t] = static_cast<int>(a);
      }
      return owner;
    };
    const std::vector<int> of_query = owners(query_, query_text_.tokens.size());
    const std::vector<int> of_stored = owners(stored_, stored_text_.tokens.size());
    const auto join = [](Atom* atom, int other) {
      if (atom->partner != other) atom->partner = atom->partner == -1 ? other : -2;
    };
    for (const TokenStep& step : steps_) {
      if (step.query < 0 || step.stored < 0) continue;
      const Token& q = query_text_.tokens[static_cast<size_t>(step.query)];
      const Token& s = stored_text_.tokens[static_cast<size_t>(step.stored)];
      if (!IsPlaceable(q.cls) || !IsPlaceable(s.cls)) continue;
      const int a = of_query[static_cast<size_t>(step.query)], b = of_stored[static_cast<size_t>(step.stored)];
      join(&query_[static_cast<size_t>(a)], b);
      join(&stored_[static_cast<size_t>(b)], a);
    }
  }

  const Atom* PartnerOf(const Atom& stored) const {
    if (stored.partner < 0) return nullptr;
    const Atom& partner = query_[static_cast<size_t>(stored.partner)];
    return partner.partner < 0 ? nullptr : &partner;
  }
  bool Differs(const Atom& stored) const {
    const Atom* partner = PartnerOf(stored);
    return partner != nullptr && !SameAtom(*partner, stored);
  }

  // The atoms of the source that say one thing, which the query may have changed.
  void Group(const std::vector<size_t>& group) {
    std::vector<size_t> differing;
    for (size_t i : group) {
      if (Differs(stored_[i])) differing.push_back(i);
      if (PartnerOf(stored_[i]) != nullptr && !Differs(stored_[i])) settled_.push_back(i);
    }
    if (differing.empty()) return;
    std::vector<size_t> places;
    for (size_t t = 0; t < atoms_.size(); ++t) {
      if (Corresponds(atoms_[t], stored_[group[0]])) places.push_back(t);
    }
    const std::string why = WhyNot(group, differing, places);
    if (!why.empty()) {
      for (size_t i : differing) {
        changes_.push_back({i, places.size() == 1 ? static_cast<int>(places[0]) : -1, {}, why, false});
      }
      return;
    }
    for (size_t i = 0; i < group.size(); ++i) Replace(group[i], places[i]);
  }

  std::string WhyNot(const std::vector<size_t>& group, const std::vector<size_t>& differing,
                     const std::vector<size_t>& places) const {
    const Atom& stored = stored_[group[0]];
    const Atom& query = *PartnerOf(stored_[differing[0]]);
    for (const Atom* atom : {&stored, &query}) {
      if (atom->numeral && atom->numeral->ambiguous) return "ambiguous date";
    }
    if (stored.cls != query.cls && (IsCopied(stored.cls) || IsCopied(query.cls))) return "another kind";
    for (size_t i : group) {
      const Atom* partner = PartnerOf(stored_[i]);
      if (partner == nullptr || !SameAtom(*partner, query)) return "the same stands for several";
    }
    if (places.empty()) return "not in the target";
    if (places.size() != group.size()) return "stands " + std::to_string(places.size()) + " times in the target";
    return "";
  }

  // What is never taken for a number; versions and numbers may change into each other.
  static bool IsCopied(TokenClass cls) { return cls != TokenClass::kNumber && cls != TokenClass::kIdentifier; }

  void Replace(size_t stored_index, size_t place) {
    const Atom& stored = stored_[stored_index];
    const Atom& query = *PartnerOf(stored);
    const Atom& target = atoms_[place];
    Change change{stored_index, static_cast<int>(place), {}, "", false};
    if (target.numeral && stored.numeral && query.numeral) {
      const auto text = Rewrite(*target.numeral, *stored.numeral, *query.numeral, target_locale_, &change.refused);
      if (text) change.text = *text;
      if (stored.numeral->number && query.numeral->number) {
        change.plural_changed = PluralCategory(*stored.numeral->number, target_locale_) !=
                                PluralCategory(*query.numeral->number, target_locale_);
      }
    } else if (target.text == stored.text) {
      change.text = query.text;
    } else {
      change.refused = "another kind";
    }
    changes_.push_back(std::move(change));
  }

  // A place of the target that two parts of the source claim belongs to neither.
  void DropOverlaps() {
    for (Change& a : changes_) {
      for (Change& b : changes_) {
        if (&a == &b || a.target < 0 || a.target != b.target) continue;
        if (a.refused.empty()) a.refused = "the same stands for several";
        if (b.refused.empty()) b.refused = "the same stands for several";
      }
    }
  }

  Substituted Finish() {
    Substituted out;
    std::vector<Replacement> parts;
    for (const Change& change : changes_) {
      if (!change.refused.empty()) continue;
      const Atom& place = atoms_[static_cast<size_t>(change.target)];
      parts.push_back({place.begin, place.end, change.text});
      settled_.push_back(change.stored);
      out.plural_changed |= change.plural_changed;
    }
    std::sort(parts.begin(), parts.end(), [](const Replacement& a, const Replacement& b) { return a.begin < b.begin; });
    out.target = parts.empty() ? target_ : ReplaceParts(target_, parts);
    std::sort(changes_.begin(), changes_.end(), [this](const Change& a, const Change& b) {
      return stored_[a.stored].partner < stored_[b.stored].partner;
    });
    for (const Change& change : changes_) out.substitutions.push_back(Report(change, parts));
    CountLeft(&out);
    return out;
  }

  Substitution Report(const Change& change, const std::vector<Replacement>& parts) const {
    const Atom& stored = stored_[change.stored];
    Substitution report;
    report.query_text = FromCodePoints(query_[static_cast<size_t>(stored.partner)].text);
    report.stored_text = FromCodePoints(stored.text);
    report.refused = change.refused;
    if (change.target < 0) return report;
    const Atom& place = atoms_[static_cast<size_t>(change.target)];
    report.target_before = FromCodePoints(place.text);
    report.target_after = FromCodePoints(change.text);
    int64_t moved = 0;
    for (const Replacement& part : parts) {
      if (part.begin >= place.begin) break;
      moved += static_cast<int64_t>(part.text.size()) - static_cast<int64_t>(part.end - part.begin);
    }
    const size_t size = change.refused.empty() ? change.text.size() : place.text.size();
    report.target_begin = static_cast<uint32_t>(place.begin + moved);
    report.target_end = report.target_begin + static_cast<uint32_t>(size);
    return report;
  }

  // The differing tokens outside of what is settled, and whether that is all that differs.
  void CountLeft(Substituted* out) const {
    int differing = 0, settled = 0;
    std::vector<Replacement> query_holes, stored_holes;
    for (const TokenStep& step : steps_) {
      if (step.kind == Edit::Kind::kEqual || step.kind == Edit::Kind::kStem) continue;
      ++differing;
      settled += IsSettled(step);
    }
    const bool codes = !query_text_.content.codes.empty() || !stored_text_.content.codes.empty();
    if (codes) differing = DifferingTokens(query_text_, stored_text_);  // pairs of codes count once
    out->left = differing - settled;
    if (out->left != 0) return;
    for (size_t i : settled_) {
      const Atom& stored = stored_[i];
      const Atom& query = query_[static_cast<size_t>(stored.partner)];
      stored_holes.push_back({stored.begin, stored.end, std::u32string(1, kHole)});
      query_holes.push_back({query.begin, query.end, std::u32string(1, kHole)});
    }
    const auto before = [](const Replacement& a, const Replacement& b) { return a.begin < b.begin; };
    std::sort(query_holes.begin(), query_holes.end(), before);
    std::sort(stored_holes.begin(), stored_holes.end(), before);
    const Content q = ReplaceParts(query_text_.content, query_holes);
    const Content s = ReplaceParts(stored_text_.content, stored_holes);
    out->identical = KeyForm(q.text) == KeyForm(s.text) && CodesAgree(q, s);
    if (out->identical) out->folded = FoldedDifferences(q.text, s.text);
  }

  bool IsSettled(const TokenStep& step) const {
    return std::any_of(settled_.begin(), settled_.end(), [this, &step](size_t i) {
      const Atom& stored = stored_[i];
      const Atom& query = query_[static_cast<size_t>(stored.partner)];
      const auto within = [](const std::vector<Token>& tokens, const Atom& atom, int64_t token) {
        if (token < 0 || tokens[static_cast<size_t>(token)].cls == TokenClass::kCode) return false;
        return static_cast<size_t>(token) >= atom.first && static_cast<size_t>(token) <= atom.last;
      };
      return within(stored_text_.tokens, stored, step.stored) || within(query_text_.tokens, query, step.query);
    });
  }

  const TokenizedContent& query_text_;
  const TokenizedContent& stored_text_;
  const Content& target_;
  const std::string_view target_locale_;
  const std::vector<TokenStep> steps_;
  std::vector<Atom> query_, stored_;
  std::vector<Atom> atoms_;  // of the target
  std::vector<Change> changes_;
  std::vector<size_t> settled_;  // stored atoms that are replaced, or the same in another notation
};

}  // namespace

bool PlaceablesDiffer(const std::vector<Token>& query, const std::vector<Token>& stored) {
  auto q = query.begin(), s = stored.begin();
  bool any_query = false, any_stored = false, differ = false;
  for (;;) {
    while (q != query.end() && !IsPlaceable(q->cls)) ++q;
    while (s != stored.end() && !IsPlaceable(s->cls)) ++s;
    any_query |= q != query.end();
    any_stored |= s != stored.end();
    if (q == query.end() || s == stored.end()) {
      return any_query && any_stored && (differ || q != query.end() || s != stored.end());
    }
    differ |= q->cls != s->cls || q->key != s->key;
    ++q, ++s;
  }
}

Substituted Substitute(const LocalText& query, const LocalText& stored, const Content& target,
                       std::string_view target_locale) {
  return Substituter(query, stored, target, target_locale).Run();
}

BaseScore SubstitutedBase(const BaseScore& base, const Substituted& substituted) {
  BaseScore score = base;
  if (base.band != Band::kNearExact) return score;
  score.base = std::clamp(99 - substituted.left, 95, 98);
  if (substituted.plural_changed) {
    score.base = 95;
  } else if (substituted.identical) {
    score.base = 99;
    score.band = Band::kFolded;
    score.substituted = true;
    score.folded = substituted.folded;
    score.folded.push_back("placeable");
    std::sort(score.folded.begin(), score.folded.end());
  }
  return score;
}

Content ReplaceParts(const Content& content, const std::vector<Replacement>& parts) {
  const std::u32string points = ToCodePoints(content.text);
  std::u32string text;
  uint32_t at = 0;
  for (const Replacement& part : parts) {
    text.append(points, at, part.begin - at);
    text += part.text;
    at = part.end;
  }
  text.append(points, at, std::u32string::npos);
  Content out{FromCodePoints(text), content.codes};
  for (Code& code : out.codes) {
    const uint32_t was = code.position;
    int64_t moved = 0;
    for (const Replacement& part : parts) {
      if (part.begin >= was) break;
      const auto size = static_cast<int64_t>(part.text.size());
      if (part.end <= was) {
        moved += size - static_cast<int64_t>(part.end - part.begin);
      } else {  // inside of it: behind as much of the new text as there is
        moved += std::min<int64_t>(size, was - part.begin) - static_cast<int64_t>(was - part.begin);
      }
    }
    code.position = static_cast<uint32_t>(was + moved);
  }
  return out;
}

}  // namespace reprise
