#include "server/status.h"

#include <string>

#include "google/rpc/error_details.pb.h"
#include "server/wire.h"

namespace reprise {
namespace {

std::string Bounded(std::string text, size_t limit) {
  if (text.size() > limit) {
    size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text.resize(end);
  }
  return ReplaceBadUtf8(text);
}

}  // namespace

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status out;
  if (status.ok()) return out;
  const std::string message = Bounded(MessageOf(status), kMaxStatusMessageBytes);
  out.set_code(static_cast<int>(status.code()));
  out.set_message(message);

  google::rpc::ErrorInfo info;
  std::string reason = ReasonOf(status);
  if (reason.empty()) reason = absl::StatusCodeToString(status.code());
  info.set_reason(reason);
  info.set_domain("reprise");
  out.add_details()->PackFrom(info);

  const std::string field = Bounded(FieldOf(status), 256);
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(message);
    out.add_details()->PackFrom(bad);
  }
  return out;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status rpc = ToRpcStatus(status);
  return grpc::Status(static_cast<grpc::StatusCode>(rpc.code()), rpc.message(), rpc.SerializeAsString());
}

absl::Status FromRpcStatus(const google::rpc::Status& status) {
  if (status.code() == 0) return absl::OkStatus();
  absl::Status out = MakeStatus(static_cast<absl::StatusCode>(status.code()), status.message());
  for (const auto& detail : status.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (detail.UnpackTo(&info)) {
      out = WithReason(out, info.reason());
    } else if (detail.UnpackTo(&bad) && bad.field_violations_size() > 0) {
      // WithField also prefixes the message, which holds the field already: rebuild around the bare code.
      absl::Status named = WithField(MakeStatus(out.code(), ""), bad.field_violations(0).field());
      absl::Status whole = MakeStatus(out.code(), status.message());
      named.ForEachPayload(
          [&whole](absl::string_view url, const absl::Cord& payload) { whole.SetPayload(url, payload); });
      out.ForEachPayload(
          [&whole](absl::string_view url, const absl::Cord& payload) { whole.SetPayload(url, payload); });
      out = whole;
    }
  }
  return out;
}

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status rpc;
  if (!rpc.ParseFromString(status.error_details()) || rpc.code() != status.error_code()) {
    rpc.Clear();
    rpc.set_code(status.error_code());
    rpc.set_message(status.error_message());
  }
  return FromRpcStatus(rpc);
}

}  // namespace reprise
