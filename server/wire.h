// Raw request bytes <-> protobuf messages, with errors that name the field.
//
// gRPC's own parsing answers UNIMPLEMENTED to whatever does not parse, so that the services take raw bytes:
//
//   v1::LookupRequest request;
//   RETURN_IF_ERROR(ParseMessage(*buffer, &request));
//
// Pure functions, safe to call concurrently.
#ifndef REPRISE_SERVER_WIRE_H_
#define REPRISE_SERVER_WIRE_H_

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include <string>
#include <string_view>

#include "base/status.h"

namespace reprise {

// The largest request message. Answers may be larger where the API says so.
inline constexpr size_t kMaxMessageBytes = 4 << 20;

// Reads `buffer` into `*message`. Errors: RESOURCE_EXHAUSTED if it is larger than kMaxMessageBytes; INVALID_ARGUMENT
// that names the field if a text field is not UTF-8; INVALID_ARGUMENT if the bytes are no such message.
absl::Status ParseMessage(const grpc::ByteBuffer& buffer, google::protobuf::Message* message);

// The bytes of `message` for sending.
grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message);

// The path of the first `string` field, in the order of the bytes, that is not UTF-8, e.g.
// "items[2].unit.variants[0].locale"; "" if there is none, or the bytes break off before one.
std::string FindBadUtf8(const google::protobuf::Descriptor& descriptor, std::string_view bytes);

// The last value of the top-level length-delimited field `number` if it is UTF-8 of at most `limit` bytes, else "".
// Works on messages that do not parse because of another field.
std::string PeekString(std::string_view bytes, int number, size_t limit);

// All bytes of a buffer; "" if it is empty or cannot be read.
std::string BufferBytes(const grpc::ByteBuffer& buffer);

// True if `text` is well-formed UTF-8.
bool IsUtf8(std::string_view text);

// `text` with each byte that is no part of well-formed UTF-8 replaced by '?': for messages that quote a caller.
std::string ReplaceBadUtf8(std::string_view text);

}  // namespace reprise

#endif  // REPRISE_SERVER_WIRE_H_
