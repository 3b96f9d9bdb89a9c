#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "reprise/v1/units.grpc.pb.h"
#include "server/convert.h"
#include "server/services.h"
#include "server/unary_call.h"
#include "text/locale.h"

namespace reprise {
namespace {

using google::protobuf::Empty;

using Base = v1::Units::WithRawCallbackMethod_PutUnits<v1::Units::WithRawCallbackMethod_GetUnit<
    v1::Units::WithRawCallbackMethod_ListUnits<v1::Units::WithRawCallbackMethod_DeleteUnit<v1::Units::Service>>>>;

// A page ends before it has so many bytes, so that it fits a client's default limit of 4 MiB. A single larger unit
// makes a page of its own.
constexpr size_t kMaxPageBytes = 3 << 20;

std::string ItemField(int index) { return "items[" + std::to_string(index) + "]"; }

void Refuse(const absl::Status& status, v1::PutResult* out) {
  out->set_outcome(v1::PUT_OUTCOME_REFUSED);
  *out->mutable_status() = ToRpcStatus(status);
}

// The engine names what is wrong by the position among the units it got, "units[0].variants[1].locale", and the caller
// knows it by the position in the request, "items[3].unit.variants[1].locale".
absl::Status InItem(const absl::Status& status, int index) {
  const std::string field = FieldOf(status);
  std::string problem = MessageOf(status);
  if (!field.empty() && problem.compare(0, field.size() + 2, field + ": ") == 0) problem.erase(0, field.size() + 2);
  std::string path = ItemField(index) + ".unit";
  const size_t bracket = field.compare(0, 6, "units[") == 0 ? field.find(']') : std::string::npos;
  const std::string rest = bracket == std::string::npos ? field : field.substr(std::min(bracket + 2, field.size()));
  if (!rest.empty()) path += "." + rest;
  absl::Status out = WithField(MakeStatus(status.code(), problem), path);
  const std::string reason = ReasonOf(status);
  return reason.empty() ? out : WithReason(out, reason);
}

void Fill(const std::string& memory, int index, const PutResult& in, v1::PutResult* out) {
  if (in.outcome == PutOutcome::kRefused) {
    const absl::Status status = in.status.ok() ? Internal("refused without a reason") : in.status;
    Refuse(InItem(status, index), out);
    return;
  }
  out->set_outcome(ToProto(in.outcome));
  if (in.unit != 0) out->set_unit(UnitName(memory, in.unit));
  out->set_revision(in.revision);
  out->set_message(in.message);
  out->mutable_status();
}

absl::Status Put(TranslationMemory* tm, const v1::PutUnitsRequest& in, v1::PutUnitsResponse* out) {
  ASSIGN_OR_RETURN(const std::string memory, ParseMemoryName("parent", in.parent()));
  if (in.items().empty()) return FieldError("items", "is empty; give at least one unit");
  if (static_cast<size_t>(in.items_size()) > kMaxBatch) {
    return WithField(ResourceExhausted("has " + std::to_string(in.items_size()) + " entries; at most " +
                                       std::to_string(kMaxBatch) + " are taken"),
                     "items");
  }
  PutOptions options;
  RETURN_IF_ERROR(FromProto("duplicate_policy", in.duplicate_policy(), &options.policy));
  RETURN_IF_ERROR(CheckLength("actor", in.actor(), kMaxActorBytes));
  options.actor = in.actor();

  std::vector<Unit> units;
  std::vector<int> positions;  // of `units` in the request
  for (int i = 0; i < in.items_size(); ++i) {
    v1::PutResult* result = out->add_results();
    absl::Status status = CheckLength("request_id", in.items(i).request_id(), kMaxRequestIdBytes);
    if (status.ok()) result->set_request_id(in.items(i).request_id());
    Unit unit;
    if (status.ok()) status = WithField(FromProto(in.items(i).unit(), &unit), "unit");
    if (!status.ok()) {
      Refuse(WithField(status, ItemField(i)), result);
      continue;
    }
    units.push_back(std::move(unit));
    positions.push_back(i);
  }
  if (units.empty()) return tm->GetMemory(memory).status();  // an unknown memory is the call's error all the same
  ASSIGN_OR_RETURN(const std::vector<PutResult> results, tm->PutUnits(memory, std::move(units), options));
  if (results.size() != positions.size()) return Internal("the store answered for another number of units");
  for (size_t i = 0; i < results.size(); ++i) {
    Fill(memory, positions[i], results[i], out->mutable_results(positions[i]));
  }
  return absl::OkStatus();
}

absl::Status Get(TranslationMemory* tm, const v1::GetUnitRequest& in, v1::Unit* out) {
  ASSIGN_OR_RETURN(const UnitRef ref, ParseUnitName("name", in.name()));
  ASSIGN_OR_RETURN(const Unit unit, tm->GetUnit(ref.memory, ref.unit));
  *out = ToProto(ref.memory, unit);
  return absl::OkStatus();
}

// The page token is the id of the last unit of the page before, in decimal.
absl::Status List(TranslationMemory* tm, const v1::ListUnitsRequest& in, v1::ListUnitsResponse* out) {
  ASSIGN_OR_RETURN(const std::string memory, ParseMemoryName("parent", in.parent()));
  ASSIGN_OR_RETURN(const size_t limit, PageSize(in.page_size()));
  uint64_t after = 0;
  if (!in.page_token().empty()) {
    auto token = ParseUnitName("page_token", MemoryName(memory) + "/units/" + in.page_token());
    if (!token.ok()) {
      return FieldError("page_token", "is none of ours; give the next_page_token of the page before");
    }
    after = token->unit;
  }
  UnitFilter filter;
  RETURN_IF_ERROR(WithField(FromProto(in.filter(), &filter), "filter"));
  if (!in.locale().empty()) RETURN_IF_ERROR(WithField(CanonicalLocale(in.locale()).status(), "locale"));
  uint64_t next = 0;
  ASSIGN_OR_RETURN(const std::vector<Unit> units, tm->ListUnits(memory, filter, in.locale(), after, limit, &next));
  size_t bytes = 0;
  for (size_t i = 0; i < units.size(); ++i) {
    v1::Unit unit = ToProto(memory, units[i]);
    bytes += unit.ByteSizeLong();
    if (i > 0 && bytes > kMaxPageBytes) {
      next = units[i - 1].id;
      break;
    }
    *out->add_units() = std::move(unit);
  }
  if (next != 0) out->set_next_page_token(std::to_string(next));
  return absl::OkStatus();
}

absl::Status Delete(TranslationMemory* tm, const v1::DeleteUnitRequest& in) {
  ASSIGN_OR_RETURN(const UnitRef ref, ParseUnitName("name", in.name()));
  return tm->DeleteUnit(ref.memory, ref.unit);
}

class UnitsService final : public Base {
 public:
  UnitsService(TranslationMemory* tm, WorkerPool* pool) : tm_(tm), pool_(pool) {}

  grpc::ServerUnaryReactor* PutUnits(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override {
    return StartUnary<v1::PutUnitsRequest, v1::PutUnitsResponse>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Put(tm, in, out); });
  }
  grpc::ServerUnaryReactor* GetUnit(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    return StartUnary<v1::GetUnitRequest, v1::Unit>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return Get(tm, in, out); });
  }
  grpc::ServerUnaryReactor* ListUnits(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override {
    return StartUnary<v1::ListUnitsRequest, v1::ListUnitsResponse>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return List(tm, in, out); });
  }
  grpc::ServerUnaryReactor* DeleteUnit(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override {
    return StartUnary<v1::DeleteUnitRequest, Empty>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, Empty*) { return Delete(tm, in); });
  }

 private:
  TranslationMemory* const tm_;
  WorkerPool* const pool_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewUnitsService(TranslationMemory* tm, WorkerPool* pool) {
  return std::make_unique<UnitsService>(tm, pool);
}

}  // namespace reprise
