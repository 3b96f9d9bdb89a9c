#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "reprise/v1/transfer.grpc.pb.h"
#include "server/convert.h"
#include "server/import_messages.h"
#include "server/profile_use.h"
#include "server/services.h"
#include "server/status.h"
#include "server/wire.h"

namespace reprise {
namespace {

using Base =
    v1::Transfer::WithRawCallbackMethod_Import<v1::Transfer::WithRawCallbackMethod_Export<v1::Transfer::Service>>;

absl::Status Busy() {
  return WithReason(
      ResourceExhausted("as many imports and exports are running as the server takes; try again when one has ended"),
      "TOO_MANY_TRANSFERS");
}

// The transfers that may begin. A place is given back just before its call is answered, so that a caller who has the
// answer can begin the next one. Thread-safe.
class Places {
 public:
  explicit Places(int count) : free_(count) {}
  bool Take() {
    int now = free_.load();
    while (now > 0) {
      if (free_.compare_exchange_weak(now, now - 1)) return true;
    }
    return false;
  }
  void GiveBack() { ++free_; }

 private:
  std::atomic<int> free_;
};

absl::Status Gone() { return Cancelled("the caller went away"); }

// One Import. A thread of the transfers' pool runs it and waits for reads and writes; one read is always outstanding
// while a chunk is worked on, so that a fast client is held back by the stream's own flow control.
class ImportCall final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  ImportCall(TranslationMemory* tm, Places* places, grpc::CallbackServerContext* context)
      : tm_(tm), places_(places), context_(context) {}

  // Takes the call up, or refuses it if there is no place.
  void Start(WorkerPool* transfers) {
    { std::lock_guard<std::mutex> lock(mu_); }  // for OnDone, should nothing else take it
    if (places_->Take()) {
      transfers->Post([this] { Run(); });
    } else {
      Finish(ToGrpcStatus(Busy()));
    }
  }

  void OnReadDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mu_);
    reading_ = false;
    read_ok_ = ok;
    changed_.notify_all();
  }
  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mu_);
    writing_ = false;
    write_ok_ = ok;
    changed_.notify_all();
  }
  void OnDone() override {
    // Whatever the reactions and the pool did to the object happened before this.
    { std::lock_guard<std::mutex> lock(mu_); }
    delete this;
  }

 private:
  ~ImportCall() override = default;

  void BeginRead() {
    {
      std::lock_guard<std::mutex> lock(mu_);
      reading_ = true;
    }
    StartRead(&incoming_);
  }

  // The next message; false at the end of the client's side, or if it is gone.
  bool Read(grpc::ByteBuffer* out) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [this] { return !reading_; });
    if (!read_ok_) return false;
    out->Swap(&incoming_);
    reading_ = true;
    lock.unlock();
    StartRead(&incoming_);
    return true;
  }

  // Sends a message after the one before is out; false if the client is gone.
  bool Write(const google::protobuf::Message& message) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [this] { return !writing_; });
    if (!write_ok_) return false;
    outgoing_ = SerializeMessage(message);
    writing_ = true;
    lock.unlock();
    StartWrite(&outgoing_);
    return true;
  }

  void Run() {
    BeginRead();
    const absl::Status status = Import();
    {
      std::unique_lock<std::mutex> lock(mu_);
      changed_.wait(lock, [this] { return !writing_; });
    }
    places_->GiveBack();
    Finish(ToGrpcStatus(status));
  }

  absl::Status Import() {
    grpc::ByteBuffer buffer;
    v1::ImportRequest request;
    if (!Read(&buffer)) return FieldError("config", "is missing; send it in the first message");
    RETURN_IF_ERROR(ParseMessage(buffer, &request));
    if (!request.has_config()) return FieldError("config", "is missing; send it in the first message");
    ASSIGN_OR_RETURN(const std::string memory, WithConfig(ParentMemory(tm_, request.config().parent())));
    ImportOptions options;
    RETURN_IF_ERROR(WithField(FromProto(request.config(), &options), "config"));
    absl::StatusOr<std::unique_ptr<Importer>> importer = tm_->StartImport(
        memory, options,
        [this](const ImportReport& so_far, const ImportNews& news) { return Progress(so_far, news, 0, false); });
    if (!importer.ok()) return InConfig(importer.status());
    messages_ = std::make_unique<ImportMessages>((*importer)->resume_token());
    // The caller keeps the token before it sends the file.
    if (!(*importer)->resume_token().empty()) RETURN_IF_ERROR(Progress((*importer)->report(), {}, 0, false));
    return Work(importer->get());
  }

  absl::Status Work(Importer* importer) {
    absl::Status status = FeedAll(importer);
    if (status.ok()) {
      absl::StatusOr<ImportReport> report = importer->Finish();
      if (report.ok()) return Report(*report, true);
      status = report.status();
    }
    // What was committed stays, so the caller hears of it before the error.
    if (!context_->IsCancelled()) Report(importer->report(), false).IgnoreError();
    return status;
  }

  // Counts, and the refusals that were not sent yet.
  absl::Status Report(const ImportReport& report, bool done) {
    const ImportNews news = {report.refusals, {}};
    return Progress(report, news, std::min(refusals_sent_, news.refusals.size()), done);
  }

  // The fields of these errors are the config's.
  static absl::Status InConfig(const absl::Status& status) {
    return FieldOf(status).empty() ? status : WithField(status, "config");
  }

  static absl::StatusOr<std::string> WithConfig(absl::StatusOr<std::string> name) {
    if (!name.ok()) return WithField(name.status(), "config");
    return name;
  }

  absl::Status FeedAll(Importer* importer) {
    grpc::ByteBuffer buffer;
    v1::ImportRequest request;
    while (Read(&buffer)) {
      RETURN_IF_ERROR(ParseMessage(buffer, &request));
      if (request.has_config()) return FieldError("config", "came twice; send it in the first message alone");
      RETURN_IF_ERROR(CheckLength("chunk", request.chunk(), kMaxChunkBytes));
      bytes_read_ += request.chunk().size();
      RETURN_IF_ERROR(importer->Feed(request.chunk()));
    }
    return context_->IsCancelled() ? Gone() : absl::OkStatus();
  }

  // Sends the counts and the news, refusals from `first` on, in as many messages as they need.
  absl::Status Progress(const ImportReport& so_far, const ImportNews& news, size_t first, bool done) {
    for (const v1::ImportResponse& response : messages_->Pack(so_far, news, first, bytes_read_, done)) {
      if (context_->IsCancelled() || !Write(response)) return Gone();
      refusals_sent_ += static_cast<size_t>(response.refusals_size());
    }
    return absl::OkStatus();
  }

  TranslationMemory* const tm_;
  Places* const places_;
  grpc::CallbackServerContext* const context_;
  std::unique_ptr<ImportMessages> messages_;
  size_t refusals_sent_ = 0;
  uint64_t bytes_read_ = 0;

  std::mutex mu_;
  std::condition_variable changed_;
  grpc::ByteBuffer incoming_;
  grpc::ByteBuffer outgoing_;
  bool reading_ = false;
  bool writing_ = false;
  bool read_ok_ = true;
  bool write_ok_ = true;
};

// One Export, likewise run by a thread of the pool.
class ExportCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer>, private ByteSink {
 public:
  ExportCall(TranslationMemory* tm, Places* places, grpc::CallbackServerContext* context,
             const grpc::ByteBuffer* request)
      : tm_(tm), places_(places), context_(context), request_(request) {}

  void Start(WorkerPool* transfers) {
    { std::lock_guard<std::mutex> lock(mu_); }  // for OnDone, should nothing else take it
    if (places_->Take()) {
      transfers->Post([this] { Run(); });
    } else {
      Finish(ToGrpcStatus(Busy()));
    }
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard<std::mutex> lock(mu_);
    writing_ = false;
    write_ok_ = ok;
    changed_.notify_all();
  }
  void OnDone() override {
    // Whatever the reactions and the pool did to the object happened before this.
    { std::lock_guard<std::mutex> lock(mu_); }
    delete this;
  }

 private:
  ~ExportCall() override = default;

  void Run() {
    absl::Status status = Export();
    {
      std::unique_lock<std::mutex> lock(mu_);
      changed_.wait(lock, [this] { return !writing_; });
      if (status.ok() && !write_ok_) status = Gone();
    }
    places_->GiveBack();
    Finish(ToGrpcStatus(status));
  }

  absl::Status Export() {
    v1::ExportRequest in;
    RETURN_IF_ERROR(ParseMessage(*request_, &in));
    ASSIGN_OR_RETURN(const std::string memory, ParseMemoryName("parent", in.parent()));
    Format format = Format::kTmx;
    RETURN_IF_ERROR(FromProto("format", in.format(), &format));
    if (format == Format::kAuto) format = Format::kTmx;
    if (format == Format::kText) return FieldError("format", "cannot be written; give FORMAT_TSV or another");
    RETURN_IF_ERROR(CheckLength("source_locale", in.source_locale(), kMaxNameBytes));
    RETURN_IF_ERROR(CheckLength("target_locale", in.target_locale(), kMaxNameBytes));
    UnitFilter filter;
    RETURN_IF_ERROR(WithField(FromProto(in.filter(), &filter), "filter"));
    WriteOptions options{.source_locale = in.source_locale(), .target_locale = in.target_locale()};
    RETURN_IF_ERROR(FromProto("flavor", in.flavor(), &options.flavor));
    if (in.flavor() != v1::TMX_FLAVOR_UNSPECIFIED && format != Format::kTmx) {
      return FieldError("flavor", "is of TMX alone; leave it out or give FORMAT_TMX");
    }
    options.without_ids = in.without_ids();
    if (options.without_ids && format != Format::kJsonl) {
      return FieldError("without_ids", "is of JSON Lines alone; leave it out or give FORMAT_JSONL");
    }
    ASSIGN_OR_RETURN(const ExportReport report,
                     tm_->Export(memory, format, options, filter, this, [this] { return context_->IsCancelled(); }));
    RETURN_IF_ERROR(Send());
    v1::ExportResponse last;
    last.mutable_summary()->set_units(report.units);
    last.mutable_summary()->set_skipped(report.skipped);
    last.mutable_summary()->set_repeated(report.repeated);
    last.mutable_summary()->set_replaced(report.replaced);
    return Send(last);
  }

  // ByteSink: gathers bytes into chunks.
  absl::Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const size_t n = std::min(bytes.size(), kMaxChunkBytes - chunk_.size());
      chunk_.append(bytes.substr(0, n));
      bytes.remove_prefix(n);
      if (chunk_.size() == kMaxChunkBytes) RETURN_IF_ERROR(Send());
    }
    return absl::OkStatus();
  }

  // Sends the chunk gathered, if any, after the one before is out.
  absl::Status Send() {
    if (chunk_.empty()) return absl::OkStatus();
    v1::ExportResponse response;
    response.mutable_chunk()->swap(chunk_);
    chunk_.clear();
    return Send(response);
  }

  absl::Status Send(const v1::ExportResponse& response) {
    std::unique_lock<std::mutex> lock(mu_);
    changed_.wait(lock, [this] { return !writing_; });
    if (!write_ok_ || context_->IsCancelled()) return Gone();
    outgoing_ = SerializeMessage(response);
    writing_ = true;
    lock.unlock();
    StartWrite(&outgoing_);
    return absl::OkStatus();
  }

  TranslationMemory* const tm_;
  Places* const places_;
  grpc::CallbackServerContext* const context_;
  const grpc::ByteBuffer* const request_;
  std::string chunk_;

  std::mutex mu_;
  std::condition_variable changed_;
  grpc::ByteBuffer outgoing_;
  bool writing_ = false;
  bool write_ok_ = true;
};

class TransferService final : public Base {
 public:
  TransferService(TranslationMemory* tm, WorkerPool* transfers)
      : tm_(tm), transfers_(transfers), places_(transfers->threads()) {}

  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Import(grpc::CallbackServerContext* context) override {
    auto* call = new ImportCall(tm_, &places_, context);
    call->Start(transfers_);
    return call;
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Export(grpc::CallbackServerContext* context,
                                                     const grpc::ByteBuffer* request) override {
    auto* call = new ExportCall(tm_, &places_, context, request);
    call->Start(transfers_);
    return call;
  }

 private:
  TranslationMemory* const tm_;
  WorkerPool* const transfers_;
  Places places_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewTransferService(TranslationMemory* tm, WorkerPool* transfers) {
  return std::make_unique<TransferService>(tm, transfers);
}

}  // namespace reprise
