// Parts of messages that several conversions share: times, enums, ranges, attributes, penalties. Private to server/.
//
//   RETURN_IF_ERROR(CheckRange("page_size", in.page_size(), 0, 1000));
//   RETURN_IF_ERROR(AttributesFromProto(in.attributes(), &out->attributes));
//
// Errors are INVALID_ARGUMENT or RESOURCE_EXHAUSTED with the field. Safe to call concurrently.
#ifndef REPRISE_SERVER_CONVERT_PARTS_H_
#define REPRISE_SERVER_CONVERT_PARTS_H_

#include <google/protobuf/map.h>
#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/status.h"
#include "reprise/v1/content.pb.h"
#include "reprise/v1/matches.pb.h"
#include "text/segment.h"

namespace reprise {

// "units", 3 -> "units[3]".
std::string Indexed(std::string_view field, int index);

// Microseconds since 1970. Error: not within the years 1 to 9999.
absl::Status TimeFromProto(std::string_view field, const google::protobuf::Timestamp& in, int64_t* out_us);
void TimeToProto(int64_t us, google::protobuf::Timestamp* out);

// Enums of the domain and of the API share their numbers.
template <typename Domain>
absl::Status EnumFromProto(std::string_view field, int value, int largest, Domain* out) {
  if (value < 0 || value > largest) {
    return FieldError(field,
                      "has the unknown value " + std::to_string(value) + "; the largest is " + std::to_string(largest));
  }
  *out = static_cast<Domain>(value);
  return absl::OkStatus();
}

absl::Status CheckRange(std::string_view field, int value, int low, int high);
absl::Status CheckCount(std::string_view field, int count, size_t limit);

using ProtoAttributes = google::protobuf::Map<std::string, v1::AttributeValues>;
// Adds to what is there. Field "attributes".
absl::Status AttributesFromProto(const ProtoAttributes& in, Attributes* out);
void AttributesToProto(const Attributes& in, ProtoAttributes* out);

// The points that are set, by the fields' names, which are those of kPenaltyFields. Field "penalties.NAME".
absl::Status PenaltiesFromProto(const v1::PenaltyTable& in, std::map<std::string, int>* out);
// Names that the message does not have are passed over.
void SetPenalty(const char* name, int points, v1::PenaltyTable* out);

}  // namespace reprise

#endif  // REPRISE_SERVER_CONVERT_PARTS_H_
