#include "server/wire.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/slice.h>

#include <map>
#include <vector>

namespace reprise {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// Length of the well-formed UTF-8 sequence at the start of `s`; 0 if there is none.
size_t SequenceLength(std::string_view s) {
  auto byte = [&s](size_t i) { return static_cast<unsigned char>(s[i]); };
  auto tail = [&](size_t i) { return i < s.size() && (byte(i) & 0xC0) == 0x80; };
  if (s.empty()) return 0;
  const unsigned char b = byte(0);
  if (b < 0x80) return 1;
  if (b >= 0xC2 && b <= 0xDF) return tail(1) ? 2 : 0;
  if (b >= 0xE0 && b <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (b == 0xE0 && byte(1) < 0xA0) return 0;  // overlong
    if (b == 0xED && byte(1) > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (b >= 0xF0 && b <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (b == 0xF0 && byte(1) < 0x90) return 0;  // overlong
    if (b == 0xF4 && byte(1) > 0x8F) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

// Walks the fields of a serialized message, one a call.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes)
      : bytes_(bytes), in_(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) {}

  // Reads the next field; false at the end or at bytes that cannot be read. `*value` is set for length-delimited ones.
  bool Next(int* number, bool* delimited, std::string_view* value) {
    const uint32_t tag = in_.ReadTag();
    if (tag == 0) return false;
    *number = WireFormatLite::GetTagFieldNumber(tag);
    *delimited = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (!*delimited) return WireFormatLite::SkipField(&in_, tag);
    uint32_t length = 0;
    if (!in_.ReadVarint32(&length)) return false;
    const size_t begin = static_cast<size_t>(in_.CurrentPosition());
    if (length > bytes_.size() - begin) return false;
    *value = bytes_.substr(begin, length);
    return in_.Skip(static_cast<int>(length));
  }

 private:
  std::string_view bytes_;
  google::protobuf::io::CodedInputStream in_;
};

constexpr int kMaxDepth = 100;  // protobuf's own bound

std::string FindBad(const Descriptor& descriptor, std::string_view bytes, int depth) {
  WireReader reader(bytes);
  std::map<int, int> seen;  // of repeated fields: how many so far
  int number = 0;
  bool delimited = false;
  std::string_view value;
  while (reader.Next(&number, &delimited, &value)) {
    const FieldDescriptor* field = descriptor.FindFieldByNumber(number);
    if (field == nullptr || !delimited) continue;
    std::string path(field->name());
    if (field->is_repeated() && !field->is_map()) path += "[" + std::to_string(seen[number]++) + "]";
    if (field->type() == FieldDescriptor::TYPE_STRING) {
      if (!IsUtf8(value)) return path;
    } else if (field->type() == FieldDescriptor::TYPE_MESSAGE && depth < kMaxDepth) {
      const std::string inner = FindBad(*field->message_type(), value, depth + 1);
      if (!inner.empty()) return path.append(".").append(inner);
    }
  }
  return "";
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const size_t n = SequenceLength(text);
    if (n == 0) return false;
    text.remove_prefix(n);
  }
  return true;
}

std::string ReplaceBadUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t n = SequenceLength(text);
    out.append(n == 0 ? std::string_view("?") : text.substr(0, n));
    text.remove_prefix(n == 0 ? 1 : n);
  }
  return out;
}

std::string BufferBytes(const grpc::ByteBuffer& buffer) {
  std::string out;
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return out;
}

std::string FindBadUtf8(const Descriptor& descriptor, std::string_view bytes) { return FindBad(descriptor, bytes, 0); }

std::string PeekString(std::string_view bytes, int number, size_t limit) {
  WireReader reader(bytes);
  std::string out;
  int found = 0;
  bool delimited = false;
  std::string_view value;
  while (reader.Next(&found, &delimited, &value)) {
    if (found == number && delimited) out = value.size() <= limit && IsUtf8(value) ? std::string(value) : "";
  }
  return out;
}

absl::Status ParseMessage(const grpc::ByteBuffer& buffer, google::protobuf::Message* message) {
  if (!buffer.Valid()) return InvalidArgument("the request has no message");
  if (buffer.Length() > kMaxMessageBytes) {
    return WithReason(ResourceExhausted("the message has " + std::to_string(buffer.Length()) + " bytes; at most " +
                                        std::to_string(kMaxMessageBytes) + " are taken, send less at a time"),
                      "MESSAGE_TOO_LARGE");
  }
  grpc::Slice whole;
  const bool one_piece = buffer.TrySingleSlice(&whole).ok();  // as gRPC delivers all but large messages
  std::string joined;
  if (!one_piece) joined = BufferBytes(buffer);
  const std::string_view bytes =
      one_piece ? std::string_view(reinterpret_cast<const char*>(whole.begin()), whole.size()) : joined;
  if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return absl::OkStatus();
  const std::string field = FindBadUtf8(*message->GetDescriptor(), bytes);
  if (!field.empty()) return WithReason(FieldError(field, "is not valid UTF-8; send text as UTF-8"), "BAD_UTF8");
  return WithReason(InvalidArgument("the bytes are not a " + std::string(message->GetDescriptor()->full_name()) +
                                    " message; generate the client from the server's .proto files"),
                    "BAD_MESSAGE");
}

grpc::ByteBuffer SerializeMessage(const google::protobuf::Message& message) {
  grpc::Slice slice(message.ByteSizeLong());
  message.SerializeWithCachedSizesToArray(const_cast<uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace reprise
