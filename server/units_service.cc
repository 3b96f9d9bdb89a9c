#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/empty.pb.h"
#include "reprise/v1/units.grpc.pb.h"
#include "server/convert.h"
#include "server/profile_use.h"
#include "server/services.h"
#include "server/status.h"
#include "server/unary_call.h"
#include "text/locale.h"

namespace reprise {
namespace {

using google::protobuf::Empty;

using Base = v1::Units::WithRawCallbackMethod_PutUnits<v1::Units::WithRawCallbackMethod_GetUnit<
    v1::Units::WithRawCallbackMethod_ListUnits<v1::Units::WithRawCallbackMethod_DeleteUnit<
        v1::Units::WithRawCallbackMethod_DeleteUnits<v1::Units::WithRawCallbackMethod_ReplaceText<
            v1::Units::WithRawCallbackMethod_RecordUse<v1::Units::Service>>>>>>>;

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

// Counts uses of any memories, each memory's in one write: the status of each use. What a memory as a whole refuses,
// each of its uses is told.
std::vector<absl::Status> CountUses(TranslationMemory* tm, const std::vector<std::pair<UnitRef, std::string>>& uses) {
  std::map<std::string, std::vector<size_t>> of_memory;
  for (size_t i = 0; i < uses.size(); ++i) of_memory[uses[i].first.memory].push_back(i);
  std::vector<absl::Status> out(uses.size());
  for (const auto& [memory, positions] : of_memory) {
    std::vector<UnitUse> some;
    for (size_t i : positions) some.push_back({uses[i].first.unit, uses[i].second});
    auto statuses = tm->maintenance().RecordUse(memory, some);
    for (size_t k = 0; k < positions.size(); ++k)
      out[positions[k]] = statuses.ok() ? (*statuses)[k] : statuses.status();
  }
  return out;
}

// The locale of the one target of a unit that was put; empty if it has several.
std::string TargetLocale(const v1::Unit& unit) {
  std::set<std::string> targets;
  for (int i = 0; i < unit.variants_size(); ++i) {
    const std::string& locale = unit.variants(i).locale();
    const bool source = unit.source_locale().empty() ? i == 0 : locale == unit.source_locale();
    if (!source) targets.insert(locale);
  }
  return targets.size() == 1 ? *targets.begin() : "";
}

// Counts what the stored items say that they were made from; what cannot be counted is said in their results.
void CountUsedUnits(TranslationMemory* tm, const v1::PutUnitsRequest& in, v1::PutUnitsResponse* out) {
  std::vector<std::pair<UnitRef, std::string>> uses;
  std::vector<int> positions;  // of `uses` in the request
  for (int i = 0; i < in.items_size(); ++i) {
    if (in.items(i).used_unit().empty() || out->results(i).outcome() == v1::PUT_OUTCOME_REFUSED) continue;
    auto ref = ParseUnitName("used_unit", in.items(i).used_unit());
    if (!ref.ok()) continue;  // was refused
    uses.emplace_back(*std::move(ref), TargetLocale(in.items(i).unit()));
    positions.push_back(i);
  }
  const std::vector<absl::Status> statuses = CountUses(tm, uses);
  for (size_t k = 0; k < positions.size(); ++k) {
    if (statuses[k].ok()) continue;
    std::string* message = out->mutable_results(positions[k])->mutable_message();
    if (!message->empty()) message->append("; ");
    message->append("the use was not counted: " + MessageOf(statuses[k]));
  }
}

absl::Status Put(TranslationMemory* tm, const v1::PutUnitsRequest& in, v1::PutUnitsResponse* out) {
  ASSIGN_OR_RETURN(const std::string memory, ParentMemory(tm, in.parent()));
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
    if (status.ok() && !in.items(i).used_unit().empty()) {
      status = ParseUnitName("used_unit", in.items(i).used_unit()).status();
    }
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
  CountUsedUnits(tm, in, out);
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
  size_t bytes = 0;  // a single unit larger than the limit makes a page of its own
  for (size_t i = 0; i < units.size(); ++i) {
    v1::Unit unit = ToProto(memory, units[i]);
    bytes += unit.ByteSizeLong();
    if (i > 0 && bytes > kMaxAnswerBytes) {
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

absl::Status DeleteMany(TranslationMemory* tm, const v1::DeleteUnitsRequest& in, const CancelCheck& cancelled,
                        v1::DeleteUnitsResponse* out) {
  ASSIGN_OR_RETURN(const std::string memory, ParseMemoryName("parent", in.parent()));
  DeleteOptions options;
  RETURN_IF_ERROR(WithField(FromProto(in.filter(), &options.filter), "filter"));
  RETURN_IF_ERROR(CheckLength("contains", in.contains(), kMaxFindBytes));
  RETURN_IF_ERROR(CheckLength("actor", in.actor(), kMaxActorBytes));
  options.locale = in.locale();
  options.contains = in.contains();
  options.all = in.all();
  options.dry_run = in.dry_run();
  if (in.has_expected_count()) options.expected_count = in.expected_count();
  options.actor = in.actor();
  ASSIGN_OR_RETURN(const DeleteReport report, tm->maintenance().DeleteMatching(memory, options, cancelled));
  out->set_matched(report.matched);
  out->set_deleted(report.deleted);
  out->set_changed_meanwhile(report.changed);
  return absl::OkStatus();
}

absl::Status Replace(TranslationMemory* tm, const v1::ReplaceTextRequest& in, const CancelCheck& cancelled,
                     v1::ReplaceTextResponse* out) {
  ASSIGN_OR_RETURN(const std::string memory, ParseMemoryName("parent", in.parent()));
  ReplaceOptions options;
  RETURN_IF_ERROR(WithField(FromProto(in.filter(), &options.filter), "filter"));
  RETURN_IF_ERROR(CheckLength("actor", in.actor(), kMaxActorBytes));
  auto limit = PageSize(in.preview_limit());
  if (!limit.ok()) return FieldError("preview_limit", "is negative; give 0 (for 100) to 1,000");
  options.locale = in.locale();
  options.pattern = {in.find(), in.replacement(), in.fold(), in.whole_word()};
  options.dry_run = in.dry_run();
  options.max_previews = *limit;
  options.max_preview_bytes = kMaxAnswerBytes;
  if (in.has_expected_count()) options.expected_count = in.expected_count();
  options.actor = in.actor();
  ASSIGN_OR_RETURN(const ReplaceReport report, tm->maintenance().ReplaceText(memory, options, cancelled));
  out->set_variants(report.variants);
  out->set_occurrences(report.occurrences);
  out->set_replaced(report.replaced);
  out->set_locked(report.locked);
  out->set_refused(report.refused);
  out->set_doubled(report.doubled);
  out->set_changed_meanwhile(report.changed);
  for (const ReplacePreview& preview : report.previews) {
    v1::ReplacePreview* target = out->add_previews();
    target->set_unit(UnitName(memory, preview.unit));
    target->set_before(preview.before);
    target->set_after(preview.after);
  }
  return absl::OkStatus();
}

absl::Status CountUse(TranslationMemory* tm, const v1::RecordUseRequest& in, v1::RecordUseResponse* out) {
  if (in.uses().empty()) return FieldError("uses", "is empty; name at least one unit");
  if (static_cast<size_t>(in.uses_size()) > kMaxBatch) {
    return WithField(ResourceExhausted("has " + std::to_string(in.uses_size()) + " entries; at most " +
                                       std::to_string(kMaxBatch) + " are taken"),
                     "uses");
  }
  std::vector<std::pair<UnitRef, std::string>> uses;
  for (int i = 0; i < in.uses_size(); ++i) {
    ASSIGN_OR_RETURN(UnitRef ref, ParseUnitName("uses[" + std::to_string(i) + "].name", in.uses(i).name()));
    uses.emplace_back(std::move(ref), in.uses(i).target_locale());
  }
  const std::vector<absl::Status> statuses = CountUses(tm, uses);
  for (const absl::Status& status : statuses) *out->add_statuses() = ToRpcStatus(status);
  return absl::OkStatus();
}

class UnitsService final : public Base {
 public:
  UnitsService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers)
      : tm_(tm), pool_(pool), transfers_(transfers) {}

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
  grpc::ServerUnaryReactor* DeleteUnits(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return StartUnary<v1::DeleteUnitsRequest, v1::DeleteUnitsResponse>(
        transfers_, context, request, response, [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) {
          return DeleteMany(tm, in, cancelled, out);
        });
  }
  grpc::ServerUnaryReactor* ReplaceText(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                        grpc::ByteBuffer* response) override {
    return StartUnary<v1::ReplaceTextRequest, v1::ReplaceTextResponse>(
        transfers_, context, request, response, [tm = tm_](const auto& in, const CancelCheck& cancelled, auto* out) {
          return Replace(tm, in, cancelled, out);
        });
  }
  grpc::ServerUnaryReactor* RecordUse(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                      grpc::ByteBuffer* response) override {
    return StartUnary<v1::RecordUseRequest, v1::RecordUseResponse>(
        pool_, context, request, response,
        [tm = tm_](const auto& in, const CancelCheck&, auto* out) { return CountUse(tm, in, out); });
  }

 private:
  TranslationMemory* const tm_;
  WorkerPool* const pool_;
  WorkerPool* const transfers_;
};

}  // namespace

std::unique_ptr<grpc::Service> NewUnitsService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers) {
  return std::make_unique<UnitsService>(tm, pool, transfers);
}

}  // namespace reprise
