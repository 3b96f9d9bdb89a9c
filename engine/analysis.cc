#include "engine/analysis.h"

#include <algorithm>
#include <utility>

#include "match/select.h"
#include "text/locale.h"

namespace reprise {
namespace {

constexpr int kLowest = 50;

size_t Place(AnalysisRow row) { return static_cast<size_t>(row) - 1; }

AnalysisRow RowOfScore(int score) {
  if (score >= 102) return AnalysisRow::kContext2;
  if (score == 101) return AnalysisRow::kContext1;
  if (score == 100) return AnalysisRow::kExact;
  if (score >= 95) return AnalysisRow::k99;
  if (score >= 85) return AnalysisRow::k94;
  if (score >= 75) return AnalysisRow::k84;
  return score >= kLowest ? AnalysisRow::k74 : AnalysisRow::kNone;
}

// True if nothing but numbers and marks stands there, and at least one number.
bool NumbersAlone(const std::vector<Token>& tokens) {
  bool any = false;
  for (const Token& token : tokens) {
    if (token.cls == TokenClass::kNumber) {
      any = true;
    } else if (token.cls != TokenClass::kPunctuation && token.cls != TokenClass::kCode) {
      return false;
    }
  }
  return any;
}

}  // namespace

const char* AnalysisRowName(AnalysisRow row) {
  switch (row) {
    case AnalysisRow::kLocked: return "locked";
    case AnalysisRow::kNumbers: return "numbers";
    case AnalysisRow::kRepetition: return "repetition";
    case AnalysisRow::kContext2: return "102";
    case AnalysisRow::kContext1: return "101";
    case AnalysisRow::kExact: return "100";
    case AnalysisRow::k99: return "99-95";
    case AnalysisRow::k94: return "94-85";
    case AnalysisRow::k84: return "84-75";
    case AnalysisRow::k74: return "74-50";
    case AnalysisRow::kNone: return "none";
  }
  return "unknown";
}

void AnalysisCounts::Add(const AnalysisCounts& other) {
  segments += other.segments;
  text.Add(other.text);
}

AnalysisCounts FileAnalysis::Total() const {
  AnalysisCounts total;
  for (const AnalysisCounts& row : rows) total.Add(row);
  return total;
}

uint64_t FileAnalysis::WeightedHundredths(const AnalysisWeights& weights) const {
  uint64_t sum = 0;
  for (size_t i = 0; i < rows.size(); ++i) sum += rows[i].text.words * static_cast<uint64_t>(std::max(0, weights[i]));
  return sum;
}

Analyzer::Analyzer(TranslationMemory* tm, std::vector<MemoryRef> memories, std::string source_locale,
                   std::string target_locale, AnalysisOptions options)
    : tm_(tm),
      memories_(std::move(memories)),
      source_locale_(std::move(source_locale)),
      target_locale_(std::move(target_locale)),
      options_(std::move(options)) {}

absl::Status Analyzer::Check(const std::vector<AnalysisSegment>& segments) {
  if (segments_ == 0) {
    const auto source = CanonicalLocale(source_locale_), target = CanonicalLocale(target_locale_);
    RETURN_IF_ERROR(WithField(source.status(), "source_locale"));
    RETURN_IF_ERROR(WithField(target.status(), "target_locale"));
    source_locale_ = *source;
    target_locale_ = *target;
    for (int weight : options_.weights) {
      if (weight < 0 || weight > 100) return FieldError("options.weights", "must be 0 to 100 percent each");
    }
  }
  segments_ += segments.size();
  for (const AnalysisSegment& segment : segments) bytes_ += segment.content.text.size();
  if (segments_ <= kMaxAnalysisSegments && bytes_ <= kMaxAnalysisBytes) return absl::OkStatus();
  return WithField(
      ResourceExhausted("are more than " + std::to_string(kMaxAnalysisSegments) + ", or their texts more than " +
                        std::to_string(kMaxAnalysisBytes >> 20) + " MiB; analyze the files one by one"),
      "segments");
}

absl::Status Analyzer::Add(std::vector<AnalysisSegment> segments, const CancelCheck& cancelled) {
  RETURN_IF_ERROR(Check(segments));
  std::vector<Asked> asked;
  asked.reserve(segments.size());
  for (const AnalysisSegment& segment : segments) {
    Asked next{TokenizedContent(segment.content), false, false, 0};
    next.numbers = NumbersAlone(next.text.tokens);
    if (!segment.locked && !next.numbers) {
      const std::string scope = options_.repetitions_per_file ? std::to_string(segment.file.size()) + segment.file : "";
      next.repetition = !seen_.insert(scope + ContentKey(segment.content)).second;
    }
    asked.push_back(std::move(next));
  }
  RETURN_IF_ERROR(LookUp(segments, &asked, cancelled));
  for (size_t i = 0; i < segments.size(); ++i) {
    if (cancelled && cancelled()) return Cancelled("the analysis was cancelled");
    bool internal = false;
    const AnalysisRow row = RowOf(segments[i], asked[i], &internal);
    const AnalysisCounts counts{1, CountText(segments[i].content, options_.count)};
    for (FileAnalysis* file : {FileOf(segments[i].file), &report_.total}) {
      file->rows[Place(row)].Add(counts);
      if (internal) file->internal[Place(row)].Add(counts);
    }
    const bool new_text = !segments[i].locked && !asked[i].numbers && !asked[i].repetition;
    if (options_.internal_fuzzy && new_text) earlier_.Add(std::move(asked[i].text));
  }
  return absl::OkStatus();
}

absl::Status Analyzer::LookUp(const std::vector<AnalysisSegment>& segments, std::vector<Asked>* asked,
                              const CancelCheck& cancelled) {
  LookupOptions options;
  options.threshold = kLowest;
  options.max_results = 1;
  options.penalties = options_.penalties;
  options.filter = options_.filter;
  for (size_t begin = 0; begin < segments.size(); begin += kMaxBatch) {
    std::vector<Query> queries;
    std::vector<size_t> places;
    for (size_t i = begin; i < std::min(segments.size(), begin + kMaxBatch); ++i) {
      const bool decided =
          segments[i].locked || (*asked)[i].numbers || (options_.repetitions_first && (*asked)[i].repetition);
      if (decided) continue;
      queries.push_back({segments[i].content, source_locale_, target_locale_, segments[i].context});
      places.push_back(i);
    }
    if (queries.empty()) continue;
    ASSIGN_OR_RETURN(const auto answers, tm_->BatchLookup(memories_, queries, options, cancelled));
    for (size_t a = 0; a < answers.size(); ++a) {
      if (!answers[a].ok()) {
        const absl::StatusCode code = answers[a].status().code();
        // What is wrong with one text is not wrong with the job.
        if (code == absl::StatusCode::kInvalidArgument || code == absl::StatusCode::kResourceExhausted) continue;
        return answers[a].status();
      }
      if (!answers[a]->matches.empty()) (*asked)[places[a]].score = answers[a]->matches[0].score;
    }
  }
  return absl::OkStatus();
}

AnalysisRow Analyzer::RowOf(const AnalysisSegment& segment, const Asked& asked, bool* internal) {
  if (segment.locked) return AnalysisRow::kLocked;
  if (asked.numbers) return AnalysisRow::kNumbers;
  if (asked.repetition && (options_.repetitions_first || asked.score < 100)) return AnalysisRow::kRepetition;
  if (asked.score >= 99 || !options_.internal_fuzzy) return RowOfScore(asked.score);
  const int own = earlier_.Best(asked.text, std::max(kLowest, asked.score + 1));
  *internal = own > asked.score;
  return RowOfScore(std::max(own, asked.score));
}

FileAnalysis* Analyzer::FileOf(const std::string& name) {
  const auto [it, added] = places_.try_emplace(name, report_.files.size());
  if (added) report_.files.emplace_back().file = name;
  return &report_.files[it->second];
}

AnalysisReport Analyzer::Finish() { return std::move(report_); }

}  // namespace reprise
