#include "server/analyze_call.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/analysis.h"
#include "reprise/v1/matches.pb.h"
#include "server/convert.h"
#include "server/profile_use.h"
#include "server/status.h"
#include "server/wire.h"

namespace reprise {
namespace {

absl::Status OptionsFromProto(const v1::AnalysisOptions& in, const LookupDefaults& defaults, AnalysisOptions* out) {
  out->repetitions_first = in.repetitions_first();
  out->repetitions_per_file = in.repetitions_per_file();
  out->internal_fuzzy = !in.no_internal_fuzzy();
  switch (in.count()) {
    case v1::COUNT_RULES_UNSPECIFIED:
    case v1::COUNT_RULES_DEFAULT: out->count = CountRules::kDefault; break;
    case v1::COUNT_RULES_TRADOS_LIKE: out->count = CountRules::kTradosLike; break;
    case v1::COUNT_RULES_OMEGAT: out->count = CountRules::kOmegat; break;
    default: return FieldError("count", "is " + std::to_string(in.count()) + ", which is no rule of counting");
  }
  for (const v1::AnalysisWeight& weight : in.weights()) {
    if (weight.row() < 1 || weight.row() > static_cast<int>(kAnalysisRows)) {
      return FieldError("weights.row", "is " + std::to_string(weight.row()) + "; give a row of the report");
    }
    out->weights[static_cast<size_t>(weight.row()) - 1] = weight.percent();
    if (weight.percent() < 0 || weight.percent() > 100) {
      return FieldError("weights.percent", "is " + std::to_string(weight.percent()) + "; give 0 to 100");
    }
  }
  // Penalties and filter are checked as those of a lookup are.
  v1::LookupOptions as_lookup;
  *as_lookup.mutable_penalties() = in.penalties();
  if (in.has_filter()) *as_lookup.mutable_filter() = in.filter();
  LookupOptions lookup;
  ApplyDefaults(defaults, TermSource::kProfile, &lookup);
  RETURN_IF_ERROR(FromProto(as_lookup, &lookup));
  out->penalties = lookup.penalties;
  out->filter = std::move(lookup.filter);
  return absl::OkStatus();
}

void CountsToProto(const AnalysisCounts& in, v1::AnalysisCounts* out) {
  out->set_segments(in.segments);
  out->set_words(in.text.words);
  out->set_characters(in.text.characters);
  out->set_characters_without_spaces(in.text.characters_without_spaces);
  out->set_asian_characters(in.text.asian_characters);
  out->set_placeables(in.text.placeables);
  out->set_tags(in.text.tags);
}

void FileToProto(const FileAnalysis& in, const AnalysisWeights& weights, v1::FileAnalysis* out) {
  out->set_file(in.file);
  for (size_t i = 0; i < kAnalysisRows; ++i) {
    v1::AnalysisRowCounts* row = out->add_rows();
    row->set_row(static_cast<v1::AnalysisRow>(i + 1));
    CountsToProto(in.rows[i], row->mutable_counts());
    CountsToProto(in.internal[i], row->mutable_internal());
    row->set_percent(weights[i]);
  }
  CountsToProto(in.Total(), out->mutable_total());
  out->set_weighted_words(static_cast<double>(in.WeightedHundredths(weights)) / 100);
}

// The state of one job, used by one thread after the other.
class Job {
 public:
  explicit Job(TranslationMemory* tm) : tm_(tm) {}

  absl::Status Take(const v1::AnalyzeRequest& in, const CancelCheck& cancelled) {
    if (analyzer_ == nullptr) RETURN_IF_ERROR(Begin(in));
    if (static_cast<size_t>(in.segments_size()) > kMaxBatch) {
      return WithField(ResourceExhausted("has " + std::to_string(in.segments_size()) + " entries; at most " +
                                         std::to_string(kMaxBatch) + " are taken in a message"),
                       "segments");
    }
    RETURN_IF_ERROR(CheckLength("file", in.file(), kMaxFileNameBytes));
    if (!in.file().empty()) file_ = in.file();
    std::vector<AnalysisSegment> segments;
    for (int i = 0; i < in.segments_size(); ++i) {
      const std::string field = "segments[" + std::to_string(i) + "]";
      AnalysisSegment& segment = segments.emplace_back();
      segment.file = file_;
      segment.locked = in.segments(i).locked();
      RETURN_IF_ERROR(WithField(FromProto(in.segments(i).context(), &segment.context), field + ".context"));
      const absl::Status content = FromProto(in.segments(i).content(), &segment.content);
      if (content.code() == absl::StatusCode::kInvalidArgument) return WithField(content, field + ".content");
      // A text that is too long to be looked up is counted all the same.
      if (!content.ok()) segment.content.text = in.segments(i).content().text();
    }
    return analyzer_->Add(std::move(segments), cancelled);
  }

  absl::Status Finish(v1::AnalyzeResponse* out) {
    if (analyzer_ == nullptr) return FieldError("memories", "is empty; name at least one memory in the first message");
    const AnalysisReport report = analyzer_->Finish();
    for (const FileAnalysis& file : report.files) FileToProto(file, options_.weights, out->add_files());
    FileToProto(report.total, options_.weights, out->mutable_total());
    for (const auto& [ref, defaults] : searched_) {
      *out->add_memories() = ToProto(TermsOf(ref, &defaults));
      v1::MemoryPenalties own;
      own.set_memory(MemoryName(ref.name));
      *own.mutable_penalties() = OwnPenalties(options_.penalties, defaults);
      if (own.penalties().ByteSizeLong() != 0) *out->add_memory_penalties() = std::move(own);
    }
    *out->mutable_penalties() = ToProto(options_.penalties);
    const bool filtered = first_.options().has_filter() || reading_.defaults.filter.has_value();
    if (filtered) *out->mutable_filter() = ToProto(options_.filter);
    out->set_profile(first_.profile());
    out->set_count(static_cast<v1::CountRules>(options_.count));
    return absl::OkStatus();
  }

 private:
  absl::Status Begin(const v1::AnalyzeRequest& in) {
    RETURN_IF_ERROR(FindMemories(tm_, in.memories(), in.profile(), &reading_));
    RETURN_IF_ERROR(WithField(OptionsFromProto(in.options(), reading_.defaults, &options_), "options"));
    // Asked for here, since a job may have no segment that asks them.
    for (const MemoryRef& memory : reading_.memories) {
      ASSIGN_OR_RETURN(MemoryInfo info, tm_->GetMemory(memory.name));
      searched_.emplace_back(memory, std::move(info.defaults));
    }
    analyzer_ = std::make_unique<Analyzer>(tm_, reading_.memories, in.source_locale(), in.target_locale(), options_);
    first_ = in;
    first_.clear_segments();
    return absl::OkStatus();
  }

  TranslationMemory* const tm_;
  v1::AnalyzeRequest first_;
  Reading reading_;
  std::vector<std::pair<MemoryRef, MemoryDefaults>> searched_;
  AnalysisOptions options_;
  std::unique_ptr<Analyzer> analyzer_;
  std::string file_;
};

// Reading and counting take turns, so that the stream's own flow control holds a fast client back and at most one
// message waits.
class AnalyzeCall final : public grpc::ServerReadReactor<grpc::ByteBuffer> {
 public:
  AnalyzeCall(TranslationMemory* tm, WorkerPool* pool, grpc::CallbackServerContext* context, grpc::ByteBuffer* response)
      : pool_(pool), context_(context), response_(response), job_(tm) {}

  void Start() { StartRead(&incoming_); }

  void OnReadDone(bool ok) override {
    pool_->Post([this, ok] {
      std::unique_lock<std::mutex> lock(mu_);
      const absl::Status status = ok ? Take() : Answer();
      lock.unlock();
      if (ok && status.ok()) {
        StartRead(&incoming_);
      } else {
        Finish(ToGrpcStatus(status));
      }
    });
  }

  void OnDone() override {
    // Whatever the pool did to the object happened before this.
    { std::lock_guard<std::mutex> lock(mu_); }
    delete this;
  }

 private:
  ~AnalyzeCall() override = default;

  absl::Status Take() {
    v1::AnalyzeRequest request;
    RETURN_IF_ERROR(ParseMessage(incoming_, &request));
    return job_.Take(request, [this] { return context_->IsCancelled(); });
  }

  absl::Status Answer() {
    if (context_->IsCancelled()) return Cancelled("the caller went away");
    v1::AnalyzeResponse out;
    RETURN_IF_ERROR(job_.Finish(&out));
    *response_ = SerializeMessage(out);
    return absl::OkStatus();
  }

  WorkerPool* const pool_;
  grpc::CallbackServerContext* const context_;
  grpc::ByteBuffer* const response_;
  std::mutex mu_;  // the pool's threads take turns, which the lock shows to them
  grpc::ByteBuffer incoming_;
  Job job_;
};

}  // namespace

grpc::ServerReadReactor<grpc::ByteBuffer>* StartAnalyze(TranslationMemory* tm, WorkerPool* pool,
                                                        grpc::CallbackServerContext* context,
                                                        grpc::ByteBuffer* response) {
  auto* call = new AnalyzeCall(tm, pool, context, response);
  call->Start();
  return call;
}

}  // namespace reprise
