#include "server/convert_parts.h"

#include "server/convert.h"

namespace reprise {
namespace {

constexpr int64_t kMinSeconds = -62135596800;  // year 1
constexpr int64_t kMaxSeconds = 253402300799;  // end of year 9999

}  // namespace

std::string Indexed(std::string_view field, int index) {
  return std::string(field) + "[" + std::to_string(index) + "]";
}

absl::Status TimeFromProto(std::string_view field, const google::protobuf::Timestamp& in, int64_t* out_us) {
  if (in.seconds() < kMinSeconds || in.seconds() > kMaxSeconds || in.nanos() < 0 || in.nanos() > 999999999) {
    return FieldError(field, "is not a time; give seconds within the years 1 to 9999 and nanos below 1,000,000,000");
  }
  *out_us = in.seconds() * 1000000 + in.nanos() / 1000;
  return absl::OkStatus();
}

void TimeToProto(int64_t us, google::protobuf::Timestamp* out) {
  int64_t seconds = us / 1000000;
  int64_t rest = us % 1000000;
  if (rest < 0) {
    rest += 1000000;
    --seconds;
  }
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int32_t>(rest * 1000));
}

absl::Status CheckRange(std::string_view field, int value, int low, int high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return FieldError(field,
                    "is " + std::to_string(value) + "; give " + std::to_string(low) + " to " + std::to_string(high));
}

absl::Status CheckCount(std::string_view field, int count, size_t limit) {
  if (count >= 0 && static_cast<size_t>(count) <= limit) return absl::OkStatus();
  return WithField(
      ResourceExhausted("has " + std::to_string(count) + " entries; at most " + std::to_string(limit) + " are taken"),
      field);
}

absl::Status AttributesFromProto(const ProtoAttributes& in, Attributes* out) {
  RETURN_IF_ERROR(CheckCount("attributes", static_cast<int>(in.size()), kMaxAttributes));
  for (const auto& [key, values] : in) {
    if (key.empty()) return FieldError("attributes", "has an empty key; give each attribute a name");
    size_t bytes = key.size();
    for (const std::string& value : values.values()) bytes += value.size();
    if (bytes > kMaxAttributeBytes) {
      return WithField(ResourceExhausted("'" + key.substr(0, 64) + "' has " + std::to_string(bytes) +
                                         " bytes; at most " + std::to_string(kMaxAttributeBytes) + " are taken"),
                       "attributes");
    }
    (*out)[key].assign(values.values().begin(), values.values().end());
  }
  return absl::OkStatus();
}

void AttributesToProto(const Attributes& in, ProtoAttributes* out) {
  for (const auto& [key, values] : in) {
    v1::AttributeValues& target = (*out)[key];
    for (const std::string& value : values) target.add_values(value);
  }
}

absl::Status PenaltiesFromProto(const v1::PenaltyTable& in, std::map<std::string, int>* out) {
  for (const PenaltyField& penalty : kPenaltyFields) {
    const auto* field = v1::PenaltyTable::descriptor()->FindFieldByName(penalty.name);
    if (field == nullptr || !v1::PenaltyTable::GetReflection()->HasField(in, field)) continue;
    const int points = v1::PenaltyTable::GetReflection()->GetInt32(in, field);
    RETURN_IF_ERROR(CheckRange(std::string("penalties.") + penalty.name, points, 0, 100));
    (*out)[penalty.name] = points;
  }
  return absl::OkStatus();
}

void SetPenalty(const char* name, int points, v1::PenaltyTable* out) {
  const auto* field = v1::PenaltyTable::descriptor()->FindFieldByName(name);
  if (field != nullptr) v1::PenaltyTable::GetReflection()->SetInt32(out, field, points);
}

}  // namespace reprise
