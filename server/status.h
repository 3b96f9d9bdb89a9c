// absl::Status -> what goes over the wire: the only mapping of errors.
//
//   return reactor->Finish(ToGrpcStatus(FieldError("query.content.text", "is empty; give the text to look up")));
//
// Codes are the same numbers in both worlds. Details: ErrorInfo (domain "reprise"; the reason of the status, else the
// name of its code) and, if the status names a field, BadRequest. Pure functions, safe to call concurrently.
#ifndef REPRISE_SERVER_STATUS_H_
#define REPRISE_SERVER_STATUS_H_

#include <grpcpp/support/status.h>

#include "base/status.h"
#include "google/rpc/status.pb.h"

namespace reprise {

// The longest message sent, in bytes; longer ones are cut at a character. Status travels in HTTP/2 trailers, which
// peers bound to 8 KiB, and holds the message up to three times.
inline constexpr size_t kMaxStatusMessageBytes = 1024;

// The wire form, details included. OK gives code 0 and nothing else.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The status of a call; its binary details are ToRpcStatus(status).
grpc::Status ToGrpcStatus(const absl::Status& status);

// The way back, for clients and tests: code, message, field and reason of what a call answered.
absl::Status FromRpcStatus(const google::rpc::Status& status);
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace reprise

#endif  // REPRISE_SERVER_STATUS_H_
