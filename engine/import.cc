#include "engine/import.h"

#include <algorithm>
#include <chrono>
#include <future>

#include "base/memory.h"
#include "base/thread_priority.h"
#include "engine/resume_point.h"
#include "formats/decompress.h"

namespace reprise {
namespace {

// What is kept back until the format is known: enough for any header line or XML declaration.
constexpr size_t kHeadBytes = 4096;
// A batch of at least one in so many of a full one still goes by sorted files.
constexpr size_t kSmallestBulk = 32;
constexpr std::chrono::seconds kPatience(1);
// Room that a batch takes at once.
constexpr size_t kReserve = 1 << 16;
// So much of refused units waits for the next progress at most.
constexpr size_t kMaxNewsBytes = 1 << 20;

// Bytes of texts a unit of a full batch: one of longer texts ends early. It takes some ten times these bytes.
constexpr size_t kUnitBytes = 256;

// Batches after which memory that is free is given back: batches, and merges beside them, take and free more in a while
// than the store needs, but giving it back costs, and the next batch wants most of it again.
constexpr size_t kBatchesOfRelease = 8;

size_t BytesOf(const Attributes& attributes) {
  size_t bytes = 0;
  for (const auto& [key, values] : attributes) {
    bytes += key.size();
    for (const std::string& value : values) bytes += value.size();
  }
  return bytes;
}

size_t BytesOf(const std::map<std::string, Neighbour>& side) {
  size_t bytes = 0;
  for (const auto& [locale, neighbour] : side) bytes += neighbour.text.size();
  return bytes;
}

// Of all its texts.
size_t BytesOf(const Unit& unit) {
  size_t bytes = unit.note.size() + BytesOf(unit.attributes);
  for (const Variant& v : unit.variants) {
    bytes += v.content.text.size() + v.note.size() + BytesOf(v.attributes);
    for (const Code& code : v.content.codes) bytes += sizeof(code) + code.data.size() + code.equivalent_text.size();
  }
  for (const Context& context : unit.contexts) {
    bytes += context.document.size() + context.key.size() + BytesOf(context.previous) + BytesOf(context.next);
  }
  return bytes;
}

class ImporterImpl final : public Importer, private UnitSink, private MemberSink {
 public:
  ImporterImpl(UnitStore* store, format::MemoryId memory, const ImportOptions& options, size_t bulk_units,
               ImportProgress progress, std::unique_ptr<ResumePoint> point)
      : store_(store),
        memory_(memory),
        options_(options),
        bulk_units_(bulk_units),
        progress_(std::move(progress)),
        point_(std::move(point)),
        decompressor_(this) {
    report_.added = point_->before().added;
    report_.updated = point_->before().updated;
    report_.merged = point_->before().merged;
    report_.skipped = point_->before().skipped;
  }

  ~ImporterImpl() override {
    if (commit_.valid()) commit_.wait();
    ReleaseFreeMemory();  // a batch is hundreds of megabytes in small pieces
  }

  absl::Status Feed(std::string_view bytes) override { return Note(decompressor_.Feed(bytes)); }

  absl::StatusOr<ImportReport> Finish() override {
    RETURN_IF_ERROR(Note(FinishFile()));
    return report_;
  }

  const ImportReport& report() const override { return report_; }
  std::string resume_token() const override { return point_->resumable() ? point_->token() : std::string(); }

 private:
  // What was parsed before an error is stored all the same: the report says so, and nothing read is lost.
  absl::Status Note(const absl::Status& status) {
    if (status.ok()) return status;
    if (absl::Status flushed = FlushAll(); !flushed.ok()) return flushed;
    return status;
  }

  absl::Status FinishFile() {
    RETURN_IF_ERROR(decompressor_.Finish());
    RETURN_IF_ERROR(point_->InputEnded());
    if (archive_) return FlushAll();
    RETURN_IF_ERROR(StartReader(true));
    RETURN_IF_ERROR(reader_->Finish());
    RETURN_IF_ERROR(point_->CheckPassed(events_, report_.refused));
    return FlushAll();
  }

  absl::Status FlushAll() {
    RETURN_IF_ERROR(Flush());
    return Join();
  }

  // ByteSink: decompressed bytes.
  absl::Status Write(std::string_view bytes) override {
    while (!bytes.empty() && (!archive_ || member_open_)) {
      const size_t size = point_->Slice(bytes.size());
      RETURN_IF_ERROR(Stop(point_->Input(bytes.substr(0, size))));
      RETURN_IF_ERROR(MemberStatus(Take(bytes.substr(0, size))));
      bytes.remove_prefix(size);
    }
    return absl::OkStatus();
  }

  absl::Status Take(std::string_view bytes) {
    if (reader_ != nullptr) return reader_->Feed(bytes);
    head_ += bytes;
    if (head_.size() < kHeadBytes) return absl::OkStatus();
    return StartReader(false);
  }

  // MemberSink: each file of an archive is read in its own format.
  absl::Status BeginMember(std::string_view name) override {
    archive_ = true;
    member_ = std::string(name);
    const std::string_view base = name.substr(name.rfind('/') + 1);
    // What an archiver adds is not what anyone meant to import.
    member_open_ = !base.empty() && base.front() != '.' && name.substr(0, 9) != "__MACOSX/";
    reader_ = nullptr;
    head_.clear();
    return absl::OkStatus();
  }

  absl::Status EndMember(const absl::Status& read) override {
    if (!member_open_) return absl::OkStatus();
    absl::Status status = reader_ == nullptr && head_.empty() && !read.ok() ? absl::OkStatus() : StartReader(true);
    if (status.ok() && reader_ != nullptr) status = reader_->Finish();
    RETURN_IF_ERROR(MemberStatus(read.ok() ? status : read));
    member_open_ = false;
    return absl::OkStatus();
  }

  // A file of an archive that cannot be read on is refused and the next one follows; what stops the import still does.
  absl::Status MemberStatus(const absl::Status& status) {
    if (status.ok() || !archive_ || stopped_) return status;
    if (!member_open_) return absl::OkStatus();
    member_open_ = false;
    reader_ = nullptr;
    return OnRefusal({0, "", MessageOf(status)});
  }

  absl::Status StartReader(bool at_end) {
    if (reader_ != nullptr) return absl::OkStatus();
    if (at_end && head_.empty()) return InvalidArgument("the file is empty; nothing to import");
    const std::string& name = archive_ ? member_ : options_.file_name;
    Format format = options_.format;
    if (format == Format::kAuto) format = DetectFormat(name, head_);
    if (format == Format::kAuto) {
      return FieldError(
          "format", "cannot be told from the file's name or content; name it: tmx, xliff, po, tsv, csv, jsonl or text");
    }
    const ReadOptions read{.source_locale = options_.source_locale,
                           .target_locale = options_.target_locale,
                           .locale_map = options_.locale_map,
                           .document = name,
                           .keep_raw = options_.keep_raw};
    ASSIGN_OR_RETURN(reader_, NewUnitReader(format, read, this));
    std::string head;
    head.swap(head_);
    return reader_->Feed(head);
  }

  // UnitSink.
  absl::Status OnUnit(Unit unit, uint64_t line) override { return Stop(TakeUnit(std::move(unit), line)); }
  absl::Status OnRefusal(Refusal refusal) override { return Stop(TakeRefusal(std::move(refusal))); }
  void OnRaw(const std::shared_ptr<const RawUnit>& raw) override { raw_ = raw; }
  absl::Status OnWarning(Warning warning) override { return Stop(TakeWarning(std::move(warning))); }

  // Remembers that an error is ours, not the file's.
  absl::Status Stop(const absl::Status& status) {
    stopped_ = stopped_ || !status.ok();
    return status;
  }

  absl::Status TakeUnit(Unit unit, uint64_t line) {
    absl::Status status = CheckUnit(&unit);
    if (!status.ok()) return TakeRefusal({line, NameOf(unit), MessageOf(status), raw_});
    ++report_.read;
    if (point_->Passed(events_++)) return AfterPassed();
    if (options_.dry_run) {
      ++report_.added;
      return absl::OkStatus();
    }
    for (Variant& v : unit.variants) {
      if (v.origin == Origin::kUnspecified) v.origin = Origin::kImport;
    }
    if (batch_.empty()) batch_.reserve(std::min(bulk_units_, kReserve));
    batch_bytes_ += BytesOf(unit);
    batch_.emplace_back(std::move(unit));
    places_.push_back({events_, report_.refused});
    return IsDue() ? Flush() : absl::OkStatus();
  }

  // An event that an earlier call stored: nothing is due but a sign of life.
  absl::Status AfterPassed() {
    if (events_ == point_->before().events) RETURN_IF_ERROR(point_->CheckPassed(events_, report_.refused));
    if (events_ % kMaxBatch != 0 || std::chrono::steady_clock::now() - flushed_ <= kPatience) return absl::OkStatus();
    flushed_ = std::chrono::steady_clock::now();
    return Tell();
  }

  // A full batch is due; so is a smaller one after a while, for who feeds slowly wants to see progress too.
  bool IsDue() const {
    if (batch_.size() >= bulk_units_ || batch_bytes_ >= bulk_units_ * kUnitBytes) return true;
    return batch_.size() % kMaxBatch == 0 && std::chrono::steady_clock::now() - flushed_ > kPatience;
  }

  absl::Status TakeRefusal(Refusal refusal) {
    ++report_.read;
    ++report_.refused;
    if (archive_) refusal.unit = InMember(refusal.unit);
    report_.refusals_by_kind.Add(refusal.reason);
    if (report_.refusals.size() < kMaxRefusalsKept) {
      report_.refusals.push_back({refusal.line, refusal.unit, refusal.reason});
    }
    if (refusal.raw != nullptr) news_bytes_ += refusal.raw->bytes.size();
    news_.refusals.push_back(std::move(refusal));
    if (point_->Passed(events_++)) RETURN_IF_ERROR(AfterPassed());
    return TellIfMuch();
  }

  absl::Status TakeWarning(Warning warning) {
    ++report_.warnings;
    if (archive_) warning.unit = InMember(warning.unit);
    report_.warnings_by_kind.Add(warning.text);
    news_.warnings.push_back(std::move(warning));
    return TellIfMuch();
  }

  std::string InMember(const std::string& unit) const { return unit.empty() ? member_ : member_ + ": " + unit; }

  // A file of nothing but refusals still reports as it goes.
  absl::Status TellIfMuch() {
    const bool much =
        news_.refusals.size() >= kMaxBatch || news_.warnings.size() >= kMaxBatch || news_bytes_ >= kMaxNewsBytes;
    return much ? Tell() : absl::OkStatus();
  }

  // Says what was found, without waiting for a batch.
  absl::Status Tell() {
    const ImportNews news = std::exchange(news_, ImportNews());
    news_bytes_ = 0;
    return progress_ ? progress_(report_, news) : absl::OkStatus();
  }

  static std::string NameOf(const Unit& unit) {
    if (!unit.client_key.empty()) return unit.client_key;
    if (auto it = unit.attributes.find("tuid"); it != unit.attributes.end() && !it->second.empty()) {
      return it->second[0];
    }
    return unit.contexts.empty() ? std::string() : unit.contexts[0].key;
  }

  // Waits for the batch under way, then starts the one that is full.
  absl::Status Flush() {
    if (!point_->verified()) return absl::OkStatus();
    RETURN_IF_ERROR(Join());
    flushed_ = std::chrono::steady_clock::now();
    if (batch_.empty()) return absl::OkStatus();
    if (++batches_ % kBatchesOfRelease == 0) ReleaseFreeMemory();
    auto batch = std::make_shared<Batch>();
    batch->units.swap(batch_);
    batch->places.swap(places_);
    batch_bytes_ = 0;
    batch->mark = point_->MarkAt(0, 0);
    commit_ = std::async(std::launch::async, [this, batch] {
      LowerThreadPriority();
      return Commit(batch.get());
    });
    return absl::OkStatus();
  }

  // Where a unit of the batch stands among all that was found.
  struct UnitPlace {
    uint64_t events = 0;   // up to it, itself included
    uint64_t refused = 0;  // of these
  };
  struct Batch {
    std::vector<PreparedUnit> units;
    std::vector<UnitPlace> places;  // of them
    ResumePoint::Mark mark;         // of the input; its events are those of the units stored last
  };
  struct Committed {
    absl::Status status;
    std::vector<WriteResult> results;
  };

  // A big batch goes by sorted files; a rest by the log, in groups that leave room for other writers.
  Committed Commit(Batch* whole) {
    std::vector<PreparedUnit>& batch = whole->units;
    Committed out;
    out.results.resize(batch.size());
    const WritePolicy policy = ToWritePolicy(options_.policy);
    auto put = [&](WriteTxn& txn, size_t begin, size_t end) -> absl::Status {
      for (size_t i = begin; i < end; ++i) {
        RETURN_IF_ERROR(txn.PutUnit(memory_, &batch[i], policy, options_.actor, &out.results[i]));
      }
      whole->mark.events = whole->places[end - 1].events;
      whole->mark.refused = whole->places[end - 1].refused;
      point_->Store(&out.results[begin], end - begin, whole->mark, &txn);
      return absl::OkStatus();
    };
    if (batch.size() >= std::max<size_t>(bulk_units_ / kSmallestBulk, 1)) {
      out.status = store_->WriteBulk([&](WriteTxn& txn) -> absl::Status {
        RETURN_IF_ERROR(point_->Claim(txn));
        RETURN_IF_ERROR(txn.ReadAhead(memory_, batch));
        return put(txn, 0, batch.size());
      });
      if (!out.status.ok()) out.results.clear();
      return out;
    }
    for (size_t begin = 0; begin < batch.size() && out.status.ok(); begin += kMaxBatch) {
      const size_t end = std::min(batch.size(), begin + kMaxBatch);
      out.status = store_->Write([&](WriteTxn& txn) -> absl::Status {
        RETURN_IF_ERROR(point_->Claim(txn));
        return put(txn, begin, end);
      });
      if (!out.status.ok()) out.results.resize(begin);
    }
    return out;
  }

  absl::Status Join() {
    if (commit_.valid()) {
      Committed done = commit_.get();
      for (const WriteResult& r : done.results) {
        report_.added += r.outcome == WriteOutcome::kAdded;
        report_.updated += r.outcome == WriteOutcome::kUpdated;
        report_.merged += r.outcome == WriteOutcome::kMerged;
        report_.skipped += r.outcome == WriteOutcome::kSkipped;
      }
      report_.sequence = store_->state()->sequence;
      RETURN_IF_ERROR(done.status);
    } else if (news_.refusals.empty() && news_.warnings.empty()) {
      return absl::OkStatus();
    }
    return Tell();
  }

  UnitStore* const store_;
  const std::shared_ptr<void> expected_ = store_->ExpectImport();
  const format::MemoryId memory_;
  const ImportOptions options_;
  const size_t bulk_units_;
  const ImportProgress progress_;
  ImportReport report_;
  const std::unique_ptr<ResumePoint> point_;
  uint64_t events_ = 0;  // units and refusals so far
  ImportNews news_;
  size_t news_bytes_ = 0;
  std::shared_ptr<const RawUnit> raw_;  // of the units to come
  std::vector<PreparedUnit> batch_;
  std::vector<UnitPlace> places_;  // of its units
  size_t batch_bytes_ = 0;         // of their texts
  size_t batches_ = 0;             // begun so far
  std::chrono::steady_clock::time_point flushed_ = std::chrono::steady_clock::now();
  std::string head_;
  std::unique_ptr<UnitReader> reader_;
  bool archive_ = false;      // the file holds others
  bool member_open_ = false;  // one of them is being read
  bool stopped_ = false;
  std::string member_;  // its name
  Decompressor decompressor_;
  std::future<Committed> commit_;
};

}  // namespace

WritePolicy ToWritePolicy(DuplicatePolicy policy) {
  switch (policy) {
    case DuplicatePolicy::kUnspecified:
    case DuplicatePolicy::kKeepAll: return WritePolicy::kKeepAll;
    case DuplicatePolicy::kNewest: return WritePolicy::kNewest;
    case DuplicatePolicy::kOverwrite: return WritePolicy::kOverwrite;
    case DuplicatePolicy::kSkip: return WritePolicy::kSkip;
  }
  return WritePolicy::kKeepAll;
}

absl::StatusOr<std::unique_ptr<Importer>> NewImporter(UnitStore* store, format::MemoryId memory,
                                                      const ImportOptions& options, size_t bulk_units,
                                                      ImportProgress progress) {
  ASSIGN_OR_RETURN(std::unique_ptr<ResumePoint> point, ResumePoint::Begin(store, memory, options));
  return std::unique_ptr<Importer>(
      std::make_unique<ImporterImpl>(store, memory, options, bulk_units, std::move(progress), std::move(point)));
}

}  // namespace reprise
