#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "reprise/v1/memories.grpc.pb.h"
#include "server/convert.h"
#include "server/services.h"
#include "server/unary_call.h"

namespace reprise {
namespace {

using google::protobuf::Empty;

using Base = v1::Memories::WithRawCallbackMethod_CreateMemory<v1::Memories::WithRawCallbackMethod_GetMemory<
    v1::Memories::WithRawCallbackMethod_ListMemories<v1::Memories::WithRawCallbackMethod_UpdateMemory<
        v1::Memories::WithRawCallbackMethod_DeleteMemory<v1::Memories::WithRawCallbackMethod_GetMemoryStats<
            v1::Memories::WithRawCallbackMethod_CheckMemory<v1::Memories::Service>>>>>>>;

absl::Status Create(TranslationMemory* tm, const v1::CreateMemoryRequest& in, v1::Memory* out) {
  RETURN_IF_ERROR(CheckMemoryId("memory_id", in.memory_id()));
  MemoryInfo info;
  RETURN_IF_ERROR(WithField(FromProto(in.memory(), &info), "memory"));
  info.name = in.memory_id();
  ASSIGN_OR_RETURN(MemoryInfo created, tm->CreateMemory(info));
  *out = ToProto(created);
  return absl::OkStatus();
}

absl::Status Get(TranslationMemory* tm, const v1::GetMemoryRequest& in, v1::Memory* out) {
  ASSIGN_OR_RETURN(const std::string name, ParseMemoryName("name", in.name()));
  ASSIGN_OR_RETURN(MemoryInfo info, tm->GetMemory(name));
  *out = ToProto(info);
  return absl::OkStatus();
}

// The page token is the last name of the page before.
absl::Status List(TranslationMemory* tm, const v1::ListMemoriesRequest& in, v1::ListMemoriesResponse* out) {
  ASSIGN_OR_RETURN(const size_t limit, PageSize(in.page_size()));
  if (!in.page_token().empty() && !CheckMemoryId("page_token", in.page_token()).ok()) {
    return FieldError("page_token", "is none of ours; give the next_page_token of the page before");
  }
  for (const MemoryInfo& info : tm->ListMemories()) {
    if (!in.page_token().empty() && info.name <= in.page_token()) continue;
    if (static_cast<size_t>(out->memories_size()) == limit) {
      out->set_next_page_token(out->memories(out->memories_size() - 1).name().substr(MemoryName("").size()));
      break;
    }
    *out->add_memories() = ToProto(info);
  }
  return absl::OkStatus();
}

// Copies the field of Memory called `path` from one to the other.
absl::Status CopyField(const std::string& path, const MemoryInfo& from, MemoryInfo* to) {
  if (path == "display_name") {
    to->display_name = from.display_name;
  } else if (path == "description") {
    to->description = from.description;
  } else if (path == "attributes") {
    to->attributes = from.attributes;
  } else if (path == "duplicate_policy") {
    to->duplicate_policy = from.duplicate_policy;
  } else if (path == "min_status") {
    to->min_status = from.min_status;
  } else if (path == "read_only") {
    to->read_only = from.read_only;
  } else if (path == "defaults") {
    to->defaults = from.defaults;
  } else {
    return FieldError("update_mask", "names '" + path.substr(0, 64) +
                                         "'; give display_name, description, attributes, duplicate_policy, "
                                         "min_status, read_only, defaults or *");
  }
  return absl::OkStatus();
}

absl::Status Update(TranslationMemory* tm, const v1::UpdateMemoryRequest& in, v1::Memory* out) {
  ASSIGN_OR_RETURN(const std::string name, ParseMemoryName("memory.name", in.memory().name()));
  MemoryInfo wanted;
  RETURN_IF_ERROR(WithField(FromProto(in.memory(), &wanted), "memory"));
  ASSIGN_OR_RETURN(MemoryInfo info, tm->GetMemory(name));
  const auto& paths = in.update_mask().paths();
  if (paths.empty() || (paths.size() == 1 && paths[0] == "*")) {
    wanted.name = name;
    wanted.created_us = info.created_us;
    wanted.updated_us = info.updated_us;
    info = std::move(wanted);
  } else {
    for (const std::string& path : paths) RETURN_IF_ERROR(CopyField(path, wanted, &info));
  }
  ASSIGN_OR_RETURN(MemoryInfo updated, tm->UpdateMemory(info));
  *out = ToProto(updated);
  return absl::OkStatus();
}

absl::Status Delete(TranslationMemory* tm, const v1::DeleteMemoryRequest& in) {
  ASSIGN_OR_RETURN(const std::string name, ParseMemoryName("name", in.name()));
  return tm->DeleteMemory(name);
}

absl::Status Stats(TranslationMemory* tm, const v1::GetMemoryStatsRequest& in, v1::MemoryStats* out) {
  ASSIGN_OR_RETURN(const std::string name, ParseMemoryName("name", in.name()));
  ASSIGN_OR_RETURN(MemoryStats stats, tm->Stats(name));
  *out = ToProto(name, stats);
  return absl::OkStatus();
}

absl::Status Check(TranslationMemory* tm, const v1::CheckMemoryRequest& in, const CancelCheck& cancelled,
                   v1::CheckMemoryResponse* out) {
  ASSIGN_OR_RETURN(const std::string name, ParseMemoryName("name", in.name()));
  CheckOptions options;
  options.source_locale = in.source_locale();
  options.target_locale = in.target_locale();
  auto limit = PageSize(in.finding_limit());
  if (!limit.ok()) return FieldError("finding_limit", "is negative; give 0 (for 100) to 1,000");
  options.max_findings = *limit;
  ASSIGN_OR_RETURN(const CheckReport report, tm->maintenance().Check(name, options, cancelled));
  *out = ToProto(name, report);
  return absl::OkStatus();
}

class MemoriesService final : public Base {
 public:
  MemoriesService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers)
      : tm_(tm), pool_(pool), transfers_(transfers) {}

  grpc::ServerUnaryReactor* CreateMemory(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return StartUnary<v1::CreateMemoryRequest, v1::Memory>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Create(tm, in, out); });
  }
  grpc::ServerUnaryReactor* GetMemory(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override {
    return StartUnary<v1::GetMemoryRequest, v1::Memory>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Get(tm, in, out); });
  }
  grpc::ServerUnaryReactor* ListMemories(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return StartUnary<v1::ListMemoriesRequest, v1::ListMemoriesResponse>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return List(tm, in, out); });
  }
  grpc::ServerUnaryReactor* UpdateMemory(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return StartUnary<v1::UpdateMemoryRequest, v1::Memory>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Update(tm, in, out); });
  }
  grpc::ServerUnaryReactor* DeleteMemory(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                         grpc::ByteBuffer* response) override {
    return StartUnary<v1::DeleteMemoryRequest, Empty>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, Empty*) { return Delete(tm, in); });
  }
  grpc::ServerUnaryReactor* GetMemoryStats(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                           grpc::ByteBuffer* response) override {
    return StartUnary<v1::GetMemoryStatsRequest, v1::MemoryStats>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Stats(tm, in, out); });
  }
  grpc::ServerUnaryReactor* CheckMemory(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return StartUnary<v1::CheckMemoryRequest, v1::CheckMemoryResponse>(
        transfers_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) { return Check(tm, in, cancelled, out); });
  }

 private:
  TranslationMemory* const tm_;
  WorkerPool* const pool_;
  WorkerPool* const transfers_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewMemoriesService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers) {
  return std::make_unique<MemoriesService>(tm, pool, transfers);
}

}  // namespace reprise
