// What the server answered, in the words of the command line.
//
//   RETURN_IF_ERROR(FromGrpc(stub->GetMemory(context.get(), request, &memory)));
//
// The server names the field of the request that is wrong; who typed a command knows it as an option, so that both are
// named: "options.threshold (--threshold): is 101; give 1 to 100". Pure functions.
#ifndef REPRISE_CLIENT_SERVER_STATUS_H_
#define REPRISE_CLIENT_SERVER_STATUS_H_

#include <grpcpp/support/status.h>

#include "base/status.h"
#include "google/rpc/status.pb.h"

namespace reprise::client {

// The status of a call.
absl::Status FromGrpc(const grpc::Status& status);

// The status of one item of a batch or stream.
absl::Status FromRpc(const google::rpc::Status& status);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_SERVER_STATUS_H_
