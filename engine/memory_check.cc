#include "engine/memory_check.h"

#include <algorithm>
#include <tuple>

#include "engine/language_guess.h"
#include "storage/format.h"
#include "text/locale.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise {
namespace {

bool HasWord(const std::vector<Token>& tokens) {
  return std::any_of(tokens.begin(), tokens.end(), [](const Token& token) { return token.cls == TokenClass::kWord; });
}

bool SaysSomething(const std::vector<Token>& tokens) {
  return std::any_of(tokens.begin(), tokens.end(),
                     [](const Token& token) { return token.cls == TokenClass::kWord || IsPlaceable(token.cls); });
}

std::string Excerpt(const std::string& text) {
  if (text.size() <= kMaxFindingText) return text;
  size_t end = kMaxFindingText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // no character is cut
  return text.substr(0, end) + "…";
}

bool Serves(const std::string& wanted, const std::string& locale) {
  return wanted.empty() || MatchLocale(wanted, locale) != LocaleMatch::kNone;
}

}  // namespace

uint64_t MemoryCheck::TextHash(const std::string& text) { return format::ReadU64(format::Hash128(text)); }

// The number of variants if there is none.
size_t MemoryCheck::SourceIndex(const Unit& unit, const std::string& wanted) {
  if (wanted.empty()) {
    for (size_t i = 0; i < unit.variants.size(); ++i) {
      if (unit.variants[i].locale == unit.source_locale) return i;
    }
    return 0;
  }
  size_t i = 0;
  while (i < unit.variants.size() && !Serves(wanted, unit.variants[i].locale)) ++i;
  return i;
}

uint32_t MemoryCheck::LocalePair(const std::string& source, const std::string& target) {
  return locale_pairs_.emplace(std::pair(source, target), static_cast<uint32_t>(locale_pairs_.size())).first->second;
}

void MemoryCheck::Note(FindingKind kind, uint64_t pairs, std::vector<Pair> examples) {
  if (++report_.counts[kind] <= options_.max_findings) found_.push_back({kind, pairs, std::move(examples)});
}

void MemoryCheck::Add(const Unit& unit) {
  ++report_.units;
  const size_t source = SourceIndex(unit, options_.source_locale);
  if (source >= unit.variants.size()) return;
  const Variant& from = unit.variants[source];
  const std::string from_key = KeyForm(from.content.text);
  const bool from_has_word = HasWord(TokenizeKeyForm(from_key));
  const uint64_t from_hash = TextHash(from_key);
  for (size_t i = 0; i < unit.variants.size(); ++i) {
    const Variant& to = unit.variants[i];
    if (i == source || to.locale == from.locale || !Serves(options_.target_locale, to.locale)) continue;
    const Pair pair = {from_hash, TextHash(to.content.text), unit.id, LocalePair(from.locale, to.locale)};
    pairs_.push_back(pair);
    const std::string language = GuessLanguage(to.content.text, to.locale);
    if (!language.empty() && !MayBeOf(language, to.locale)) {
      Note(FindingKind::kLanguage, 1, {pair});
    }
    if (!from_has_word) continue;
    if (to.content.text == from.content.text) {
      Note(FindingKind::kIdentical, 1, {pair});
    } else if (!SaysSomething(Tokenize({.text = to.content.text, .codes = {}}))) {
      Note(FindingKind::kEmpty, 1, {pair});
    }
  }
}

// Finds the pairs that agree in `same`: of those that agree in `other` too, duplicates (if asked for); of those that do
// not, `differ`. Both need two units: the targets that one unit offers are meant to stand beside each other.
void MemoryCheck::FindRuns(uint64_t Pair::*same, uint64_t Pair::*other, FindingKind differ, bool duplicates) {
  std::sort(pairs_.begin(), pairs_.end(), [&](const Pair& a, const Pair& b) {
    return std::tuple(a.locales, a.*same, a.*other, a.unit) < std::tuple(b.locales, b.*same, b.*other, b.unit);
  });
  for (auto run = pairs_.begin(); run != pairs_.end();) {
    auto run_end = std::find_if(run, pairs_.end(),
                                [&](const Pair& p) { return p.locales != run->locales || p.*same != (*run).*same; });
    std::vector<Pair> texts;  // one a different text
    for (auto text = run; text != run_end;) {
      auto text_end = std::find_if(text, run_end, [&](const Pair& p) { return p.*other != (*text).*other; });
      if (duplicates && std::prev(text_end)->unit != text->unit) {
        const auto shown = std::min<int64_t>(text_end - text, static_cast<int64_t>(kMaxFindingUnits));
        Note(FindingKind::kDuplicate, static_cast<uint64_t>(text_end - text), {text, text + shown});
      }
      if (texts.size() < kMaxFindingUnits) texts.push_back(*text);
      text = text_end;
    }
    const bool of_one = std::all_of(run, run_end, [&](const Pair& p) { return p.unit == run->unit; });
    if (texts.size() > 1 && !of_one) Note(differ, static_cast<uint64_t>(run_end - run), std::move(texts));
    run = run_end;
  }
}

absl::StatusOr<CheckReport> MemoryCheck::Finish(const ReadUnit& read) {
  report_.pairs = pairs_.size();
  FindRuns(&Pair::source, &Pair::target, FindingKind::kInconsistent, true);
  FindRuns(&Pair::target, &Pair::source, FindingKind::kSameTarget, false);
  std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.kind < b.kind; });
  std::vector<std::pair<std::string, std::string>> locales(locale_pairs_.size());
  for (const auto& [pair, number] : locale_pairs_) locales[number] = pair;
  for (const Found& found : found_) {
    Finding finding;
    finding.kind = found.kind;
    finding.pairs = found.pairs;
    std::tie(finding.source_locale, finding.target_locale) = locales[found.examples.front().locales];
    for (const Pair& pair : found.examples) {
      ASSIGN_OR_RETURN(const Unit unit, read(pair.unit));
      FindingUnit example = {pair.unit, "", ""};
      const size_t source = SourceIndex(unit, options_.source_locale);
      if (source < unit.variants.size()) example.source = Excerpt(unit.variants[source].content.text);
      for (const Variant& v : unit.variants) {
        if (v.locale != finding.target_locale || TextHash(v.content.text) != pair.target) continue;
        example.target = Excerpt(v.content.text);
        if (found.kind == FindingKind::kLanguage) finding.language = GuessLanguage(v.content.text, v.locale);
      }
      finding.units.push_back(std::move(example));
    }
    report_.findings.push_back(std::move(finding));
  }
  return std::move(report_);
}

}  // namespace reprise
