// Errors: the one vocabulary from disk to wire.
//
// Every function that can fail returns absl::Status or absl::StatusOr<T>; no exception crosses a folder. The codes mean
// what the canonical codes mean (see absl/status/status.h). A status may also carry, as payloads, the *field* of the
// request that is wrong and a machine-readable *reason*; server/status.cc turns both into google.rpc details.
//
//   if (text.empty()) return FieldError("query.text", "is empty; give the text to look up");
//   RETURN_IF_ERROR(store.Flush());
//   ASSIGN_OR_RETURN(Unit unit, store.Get(id));
//
// Debian's Abseil has its own string_view type: these helpers take std types and convert in one place.
// Thread-safety: free functions, all safe to call concurrently.
#ifndef REPRISE_BASE_STATUS_H_
#define REPRISE_BASE_STATUS_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace reprise {

// A status of `code` with `message`.
absl::Status MakeStatus(absl::StatusCode code, std::string_view message);

absl::Status InvalidArgument(std::string_view message);
absl::Status NotFound(std::string_view message);
absl::Status AlreadyExists(std::string_view message);
absl::Status FailedPrecondition(std::string_view message);
absl::Status Aborted(std::string_view message);
absl::Status ResourceExhausted(std::string_view message);
absl::Status Unavailable(std::string_view message);
absl::Status Internal(std::string_view message);
absl::Status DataLoss(std::string_view message);
absl::Status Cancelled(std::string_view message);
absl::Status DeadlineExceeded(std::string_view message);

// INVALID_ARGUMENT whose message is "<field>: <problem>" and whose field payload is `field`
// (a path in the caller's words, e.g. "units[3].variants[0].content.text").
absl::Status FieldError(std::string_view field, std::string_view problem);

// The same status with `field` recorded (or, when one is there already, put before it: "units[3]" + "locale" gives
// "units[3].locale"). The message is prefixed likewise. An OK status is returned as it is.
absl::Status WithField(const absl::Status& status, std::string_view field);

// The same status with a stable upper-case `reason` such as "MEMORY_NOT_FOUND". An OK status is returned as it is.
absl::Status WithReason(const absl::Status& status, std::string_view reason);

// What WithField / WithReason recorded; empty if nothing.
std::string FieldOf(const absl::Status& status);
std::string ReasonOf(const absl::Status& status);

// The message as a std::string.
std::string MessageOf(const absl::Status& status);

}  // namespace reprise

#define REPRISE_CONCAT_INNER_(a, b) a##b
#define REPRISE_CONCAT_(a, b) REPRISE_CONCAT_INNER_(a, b)

// Leaves the function with the status if it is not OK.
#define RETURN_IF_ERROR(expr)                          \
  do {                                                 \
    absl::Status reprise_status_ = (expr);             \
    if (!reprise_status_.ok()) return reprise_status_; \
  } while (false)

// Evaluates `expr` (a StatusOr); leaves with its status, or moves its value into `lhs`.
#define ASSIGN_OR_RETURN(lhs, expr) ASSIGN_OR_RETURN_IMPL_(REPRISE_CONCAT_(reprise_statusor_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL_(tmp, lhs, expr) \
  auto tmp = (expr);                           \
  if (!tmp.ok()) return tmp.status();          \
  lhs = std::move(tmp).value()

#endif  // REPRISE_BASE_STATUS_H_
