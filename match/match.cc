#include "match/match.h"

#include <algorithm>
#include <utility>

#include "text/locale.h"

namespace reprise {
namespace {

template <typename T>
bool Holds(const std::vector<T>& list, const T& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool PassesDates(const UnitFilter& filter, int64_t changed_us) {
  if (filter.changed_from_us == 0 && filter.changed_to_us == 0) return true;
  if (changed_us == 0) return false;  // an unknown date is in no range
  if (filter.changed_from_us != 0 && changed_us < filter.changed_from_us) return false;
  return filter.changed_to_us == 0 || changed_us < filter.changed_to_us;
}

bool SeenIn(const Unit& unit, const std::string& document) {
  return std::any_of(unit.contexts.begin(), unit.contexts.end(),
                     [&document](const Context& context) { return context.document == document; });
}

bool PassesAttributes(const Attributes& wanted, const Unit& unit, const Variant& target) {
  for (const auto& [key, values] : wanted) {
    auto held = target.attributes.find(key);
    if (held == target.attributes.end()) {
      held = unit.attributes.find(key);
      if (held == unit.attributes.end()) return false;
    }
    const std::vector<std::string>& has = held->second;
    const bool any = values.empty() || std::any_of(values.begin(), values.end(),
                                                   [&has](const std::string& value) { return Holds(has, value); });
    if (!any) return false;
  }
  return true;
}

// Collects penalties; points of zero are not listed.
class PenaltyList {
 public:
  explicit PenaltyList(std::vector<Penalty>* list) : list_(list) {
    if (list_ != nullptr) list_->clear();
  }
  void Add(const char* name, const PenaltyPoints& points, std::string detail = "") {
    if (points <= 0) return;
    sum_ += points;
    if (list_ != nullptr) list_->push_back({name, points, std::move(detail), points.source});
  }
  int64_t sum() const { return sum_; }

 private:
  std::vector<Penalty>* list_;
  int64_t sum_ = 0;
};

int Compare(const std::string& a, const std::string& b) {
  const int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

template <typename T>
int CompareValues(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

int CompareCodes(const std::vector<Code>& a, const std::vector<Code>& b) {
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (const int order = CompareValues(a[i].position, b[i].position); order != 0) return order;
    if (const int order = CompareValues(a[i].kind, b[i].kind); order != 0) return order;
    if (const int order = Compare(a[i].data, b[i].data); order != 0) return order;
    if (const int order = CompareValues(a[i].pair_id, b[i].pair_id); order != 0) return order;
  }
  return CompareValues(a.size(), b.size());
}

// What tells apart two matches of one unit: its several sources and targets.
int CompareTexts(const Match& a, const Match& b) {
  if (const int order = Compare(a.target.content.text, b.target.content.text); order != 0) return order;
  if (const int order = Compare(a.target.locale, b.target.locale); order != 0) return order;
  if (const int order = CompareCodes(a.target.content.codes, b.target.content.codes); order != 0) return order;
  if (const int order = Compare(a.source.text, b.source.text); order != 0) return order;
  if (const int order = Compare(a.source_locale, b.source_locale); order != 0) return order;
  return CompareCodes(a.source.codes, b.source.codes);
}

int ComparePivots(const PivotLink* a, const PivotLink* b) {
  if (a == nullptr || b == nullptr) return CompareValues(a != nullptr, b != nullptr);
  if (const int order = Compare(a->locale, b->locale); order != 0) return order;
  if (const int order = Compare(a->text.text, b->text.text); order != 0) return order;
  if (const int order = CompareCodes(a->text.codes, b->text.codes); order != 0) return order;
  return CompareValues(a->source_unit, b->source_unit);
}

}  // namespace

bool PassesFilter(const UnitFilter& filter, const Unit& unit, const Variant& target) {
  if (target.status == VariantStatus::kRejected) return false;
  if (filter.min_status != VariantStatus::kUnspecified && StatusRank(target.status) < StatusRank(filter.min_status)) {
    return false;
  }
  if (!filter.origins.empty() && !Holds(filter.origins, target.origin)) return false;
  const std::string& author = target.changed_by.empty() ? target.created_by : target.changed_by;
  if (!filter.authors.empty() && !Holds(filter.authors, author)) return false;
  if (!PassesDates(filter, target.changed_us)) return false;
  if (!filter.document.empty() && !SeenIn(unit, filter.document)) return false;
  if (!filter.exclude_document.empty() && SeenIn(unit, filter.exclude_document)) return false;
  return PassesAttributes(filter.attributes, unit, target);
}

MemoryTerms TermsOf(const MemoryRef& ref, const MemoryDefaults* defaults) {
  MemoryTerms terms;
  terms.name = ref.name;
  terms.defaults = defaults;
  if (defaults != nullptr) {
    terms.priority = defaults->priority.value_or(0);
    if (defaults->penalty.has_value()) terms.penalty = {*defaults->penalty, TermSource::kMemory};
  }
  terms.priority = ref.priority.value_or(terms.priority);
  if (ref.penalty.has_value()) terms.penalty = {*ref.penalty, ref.source};
  return terms;
}

PenaltyTable WithDefaults(PenaltyTable table, const MemoryDefaults& defaults) {
  for (const PenaltyField& field : kPenaltyFields) {
    PenaltyPoints& points = table.*field.points;
    const auto said = defaults.penalties.find(field.name);
    if (said != defaults.penalties.end() && points.source == TermSource::kDefault) {
      points = {said->second, TermSource::kMemory};
    }
  }
  return table;
}

int FinalScore(const BaseScore& base, const ContextAgreement& agreement, const Variant& target,
               const std::string& locale_wanted, bool codes_differ, bool ambiguous, const PenaltyPoints& memory_penalty,
               const PenaltyTable& table, std::vector<Penalty>* penalties, const PivotLink* pivot) {
  const bool machine = target.origin == Origin::kMachine;
  const bool draft = target.status == VariantStatus::kDraft;
  PenaltyList list(penalties);
  if (codes_differ) list.Add("codes", table.codes);
  if (target.origin == Origin::kAlignment) list.Add("alignment", table.alignment);
  if (machine) list.Add("machine", table.machine);
  if (draft) list.Add("draft", table.draft);
  if (target.locale != locale_wanted) {
    const bool script = MatchLocale(locale_wanted, target.locale) == LocaleMatch::kNone;
    list.Add(script ? "script" : "fallback", script ? table.script : table.fallback,
             target.locale + " for " + locale_wanted);
  }
  if (pivot != nullptr) list.Add("pivot", table.pivot, "through " + pivot->locale);
  if (ambiguous && agreement.Points() == 0) list.Add("ambiguous", table.ambiguous);
  list.Add("memory", memory_penalty);
  // The context's extra points are for a match that nothing speaks against.
  const char* untrusted = machine ? "machine" : draft ? "draft" : pivot != nullptr ? "pivot" : nullptr;
  if (untrusted != nullptr && std::min(100, base.base) - list.sum() > kUntrustedCap) {
    list.Add(untrusted, {std::min(100, base.base) - kUntrustedCap, TermSource::kDefault}, "never above 99");
  }
  if (list.sum() == 0) return std::max(0, base.base);
  return static_cast<int>(std::max<int64_t>(0, std::min(100, base.base) - list.sum()));
}

bool BetterMatch(const Match& a, const Match& b, MatchOrder order) {
  if (order == MatchOrder::kRelevance && a.relevance != b.relevance) return a.relevance > b.relevance;
  if (a.score != b.score) return a.score > b.score;
  if (a.relevance != b.relevance) return a.relevance > b.relevance;
  if ((a.pivot == nullptr) != (b.pivot == nullptr)) return a.pivot == nullptr;
  if (a.agreement.Points() != b.agreement.Points()) return a.agreement.Points() > b.agreement.Points();
  const int rank_a = StatusRank(a.target.status), rank_b = StatusRank(b.target.status);
  if (rank_a != rank_b) return rank_a > rank_b;
  if (a.target.changed_us != b.target.changed_us) return a.target.changed_us > b.target.changed_us;
  if (a.unit != b.unit) return a.unit < b.unit;
  if (const int by_memory = Compare(a.memory, b.memory); by_memory != 0) return by_memory < 0;
  if (const int by_text = CompareTexts(a, b); by_text != 0) return by_text < 0;
  return ComparePivots(a.pivot.get(), b.pivot.get()) < 0;
}

}  // namespace reprise
