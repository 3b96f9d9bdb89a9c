#include "reprise/v1/admin.grpc.pb.h"
#include "server/services.h"
#include "server/unary_call.h"

namespace reprise {
namespace {

using Base =
    v1::Admin::WithRawCallbackMethod_CompactStore<v1::Admin::WithRawCallbackMethod_GetStoreStatus<v1::Admin::Service>>;

absl::Status Compact(TranslationMemory* tm, const v1::CompactStoreRequest& in, const CancelCheck& cancelled,
                     v1::CompactStoreResponse* out) {
  out->set_runs_before(tm->Status().runs);
  RETURN_IF_ERROR(in.seal_only() ? tm->Seal() : tm->Merge(cancelled));
  out->set_runs_after(tm->Status().runs);
  return absl::OkStatus();
}

absl::Status GetStatus(TranslationMemory* tm, v1::StoreStatus* out) {
  const StoreStatus status = tm->Status();
  out->set_sequence(status.sequence);
  out->set_disk_bytes(status.disk_bytes);
  out->set_memories(status.memories);
  out->set_run_rows(status.run_rows);
  out->set_dead_rows(status.dead_rows);
  out->set_runs(status.runs);
  out->set_delta_rows(status.delta_rows);
  out->set_page_cache_bytes(status.page_cache_bytes);
  out->set_page_cache_budget(status.page_cache_budget);
  out->set_pages_loaded(status.pages_loaded);
  return absl::OkStatus();
}

class AdminService final : public Base {
 public:
  AdminService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers)
      : tm_(tm), pool_(pool), transfers_(transfers) {}

  grpc::ServerUnaryReactor* CompactStore(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return StartUnary<v1::CompactStoreRequest, v1::CompactStoreResponse>(
        transfers_, context, request, response, [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) {
          return Compact(tm, in, cancelled, out);
        });
  }
  grpc::ServerUnaryReactor* GetStoreStatus(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override {
    return StartUnary<v1::GetStoreStatusRequest, v1::StoreStatus>(
        pool_, context, request, response,
        [tm = tm_](const auto&, const CancelCheck&, auto* out) { return GetStatus(tm, out); });
  }

 private:
  TranslationMemory* const tm_;
  WorkerPool* const pool_;
  WorkerPool* const transfers_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewAdminService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers) {
  return std::make_unique<AdminService>(tm, pool, transfers);
}

}  // namespace reprise
