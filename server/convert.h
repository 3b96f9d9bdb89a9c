// Protobuf messages <-> domain types: the only conversion.
//
//   Unit unit;
//   RETURN_IF_ERROR(WithField(FromProto(item.unit(), &unit), "items[3].unit"));
//   *response.mutable_memory() = ToProto(info);
//
// FromProto checks what the domain's own checks (CheckUnit, CheckQuery) cannot name as well: resource names, enum
// numbers, times, ranges and lengths. Errors are INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the field relative to the
// message given. Output-only fields are ignored on the way in. Text must be UTF-8 already (wire.h).
// Pure functions, safe to call concurrently.
#ifndef REPRISE_SERVER_CONVERT_H_
#define REPRISE_SERVER_CONVERT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "engine/translation_memory.h"
#include "reprise/v1/content.pb.h"
#include "reprise/v1/matches.pb.h"
#include "reprise/v1/memories.pb.h"
#include "reprise/v1/profiles.pb.h"
#include "reprise/v1/transfer.pb.h"
#include "reprise/v1/units.pb.h"

namespace reprise {

// Bounds of what the domain does not bound itself, in bytes.
inline constexpr size_t kMaxRequestIdBytes = 256;
inline constexpr size_t kMaxActorBytes = 256;
inline constexpr size_t kMaxFileNameBytes = 4096;
inline constexpr size_t kMaxNameBytes = 1024;  // client keys, documents, groups, users, display names
inline constexpr size_t kMaxChunkBytes = 64 << 10;
// A page ends before it has so many bytes, so that it fits a client's default limit of 4 MiB.
inline constexpr size_t kMaxAnswerBytes = 3 << 20;
inline constexpr int kMaxMemoryRefs = 100;
inline constexpr int kMaxFilterValues = 1000;
inline constexpr int kDefaultPageSize = 100;
inline constexpr int kMaxPageSize = 1000;

// Resource names. The parsers' errors name `field` and quote the form.
std::string MemoryName(std::string_view memory);
std::string UnitName(std::string_view memory, uint64_t unit);
absl::StatusOr<std::string> ParseMemoryName(std::string_view field, std::string_view name);
std::string ProfileName(std::string_view profile);
absl::StatusOr<std::string> ParseProfileName(std::string_view field, std::string_view name);
struct UnitRef {
  std::string memory;
  uint64_t unit = 0;
};
absl::StatusOr<UnitRef> ParseUnitName(std::string_view field, std::string_view name);
// `[a-z0-9][a-z0-9_-]{0,62}`.
absl::Status CheckMemoryId(std::string_view field, std::string_view id);
absl::Status CheckProfileId(std::string_view field, std::string_view id);

// OK, or RESOURCE_EXHAUSTED naming `field` if `value` has more than `limit` bytes.
absl::Status CheckLength(std::string_view field, std::string_view value, size_t limit);

// 0 -> kDefaultPageSize, large -> kMaxPageSize. Error: negative.
absl::StatusOr<size_t> PageSize(int32_t page_size);

absl::Status FromProto(const v1::Content& in, Content* out);
absl::Status FromProto(const v1::Variant& in, Variant* out);
absl::Status FromProto(const v1::Context& in, Context* out);
absl::Status FromProto(const v1::Unit& in, Unit* out);
absl::Status FromProto(const v1::UnitFilter& in, UnitFilter* out);
// Everything but the name.
absl::Status FromProto(const v1::Memory& in, MemoryInfo* out);
absl::Status FromProto(const v1::Query& in, Query* out);
// Sets what is given; *out has the defaults of what is not, the profile's or those of LookupOptions. A floor of theirs
// above a threshold that is given is taken down to it.
absl::Status FromProto(const v1::LookupOptions& in, LookupOptions* out);
// What is given and may be a profile's default: all but want_total, explain_plan, fragments, assemble and sentences.
absl::Status FromProto(const v1::LookupOptions& in, LookupDefaults* out);
// Everything but the name.
absl::Status FromProto(const v1::Profile& in, Profile* out);
// Everything but the memories. Texts and locales are checked by the engine.
absl::Status FromProto(const v1::ConcordanceRequest& in, ConcordanceQuery* query, ConcordanceOptions* options);
// Texts are checked by the engine.
absl::Status FromProto(const v1::SuggestOptions& in, SuggestOptions* out);
absl::Status FromProto(const v1::PenaltyTable& in, PenaltyTable* out);
// Error field: "memories[i]...". At least one, at most kMaxMemoryRefs, none twice.
absl::Status FromProto(const google::protobuf::RepeatedPtrField<v1::MemoryRef>& in, std::vector<MemoryRef>* out);
absl::Status FromProto(std::string_view field, v1::DuplicatePolicy in, DuplicatePolicy* out);
absl::Status FromProto(std::string_view field, v1::Format in, Format* out);
absl::Status FromProto(std::string_view field, v1::TmxFlavor in, TmxFlavor* out);

v1::Content ToProto(const Content& in);
v1::Variant ToProto(const Variant& in);
v1::Context ToProto(const Context& in);
v1::Unit ToProto(std::string_view memory, const Unit& in);
v1::Memory ToProto(const MemoryInfo& in);
v1::MemoryStats ToProto(std::string_view memory, const MemoryStats& in);
v1::Profile ToProto(const Profile& in);
v1::UnitFilter ToProto(const UnitFilter& in);
v1::MemoryRef ToProto(const MemoryTerms& in);
v1::PenaltyTable ToProto(const PenaltyTable& in);
// The points of the table that are the memory's own.
v1::PenaltyTable OwnPenalties(const PenaltyTable& table, const MemoryDefaults& defaults);
v1::Match ToProto(const Match& in);
v1::LookupResponse ToProto(const LookupResult& in, const LookupOptions& options);
v1::ConcordanceHit ToProto(const ConcordanceHit& in);
// What docs/fragments.md adds to an answer: an assembled match's parts, fragments and shared parts.
void PartsToProto(const Match& in, v1::Match* out);
void FragmentsToProto(const LookupResult& in, v1::LookupResponse* out);
v1::SuggestResponse ToProto(const SuggestResult& in);
v1::PutOutcome ToProto(PutOutcome in);
// Bounded by kMaxAnswerBytes: the first findings of each kind, as many as fit.
v1::CheckMemoryResponse ToProto(std::string_view memory, const CheckReport& in);

}  // namespace reprise

#endif  // REPRISE_SERVER_CONVERT_H_
