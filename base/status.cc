#include "base/status.h"

#include "absl/strings/cord.h"

namespace reprise {
namespace {

constexpr char kFieldUrl[] = "reprise/field";
constexpr char kReasonUrl[] = "reprise/reason";

std::string Payload(const absl::Status& status, const char* url) {
  auto payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

absl::Status WithMessage(const absl::Status& status, const std::string& message) {
  absl::Status out(status.code(), message);
  status.ForEachPayload([&out](absl::string_view url, const absl::Cord& payload) { out.SetPayload(url, payload); });
  return out;
}

}  // namespace

absl::Status MakeStatus(absl::StatusCode code, std::string_view message) {
  return absl::Status(code, absl::string_view(message.data(), message.size()));
}

absl::Status InvalidArgument(std::string_view m) { return MakeStatus(absl::StatusCode::kInvalidArgument, m); }
absl::Status NotFound(std::string_view m) { return MakeStatus(absl::StatusCode::kNotFound, m); }
absl::Status AlreadyExists(std::string_view m) { return MakeStatus(absl::StatusCode::kAlreadyExists, m); }
absl::Status FailedPrecondition(std::string_view m) { return MakeStatus(absl::StatusCode::kFailedPrecondition, m); }
absl::Status Aborted(std::string_view m) { return MakeStatus(absl::StatusCode::kAborted, m); }
absl::Status ResourceExhausted(std::string_view m) { return MakeStatus(absl::StatusCode::kResourceExhausted, m); }
absl::Status Unavailable(std::string_view m) { return MakeStatus(absl::StatusCode::kUnavailable, m); }
absl::Status Internal(std::string_view m) { return MakeStatus(absl::StatusCode::kInternal, m); }
absl::Status DataLoss(std::string_view m) { return MakeStatus(absl::StatusCode::kDataLoss, m); }
absl::Status Cancelled(std::string_view m) { return MakeStatus(absl::StatusCode::kCancelled, m); }
absl::Status DeadlineExceeded(std::string_view m) { return MakeStatus(absl::StatusCode::kDeadlineExceeded, m); }

absl::Status FieldError(std::string_view field, std::string_view problem) {
  return WithField(InvalidArgument(problem), field);
}

absl::Status WithField(const absl::Status& status, std::string_view field) {
  if (status.ok() || field.empty()) return status;
  std::string inner = FieldOf(status);
  std::string message(field);
  message += inner.empty() ? ": " : (inner.front() == '[' ? "" : ".");
  message += MessageOf(status);
  absl::Status out = WithMessage(status, message);
  std::string path(field);
  if (!inner.empty()) {
    if (inner.front() != '[') path += '.';
    path += inner;
  }
  out.SetPayload(kFieldUrl, absl::Cord(path));
  return out;
}

absl::Status WithReason(const absl::Status& status, std::string_view reason) {
  if (status.ok()) return status;
  absl::Status out = status;
  out.SetPayload(kReasonUrl, absl::Cord(absl::string_view(reason.data(), reason.size())));
  return out;
}

std::string FieldOf(const absl::Status& status) { return Payload(status, kFieldUrl); }
std::string ReasonOf(const absl::Status& status) { return Payload(status, kReasonUrl); }
std::string MessageOf(const absl::Status& status) { return std::string(status.message()); }

}  // namespace reprise
