// Many look-ups in one stream: requests go out while answers come in, answers are handed over in order.
//
//   LookupPipeline pipeline(session);
//   RETURN_IF_ERROR(pipeline.Run(
//       [&](v1::LookupStreamRequest* request) { ...fill it; return true; },      // false: no more
//       [&](const v1::LookupStreamResponse& answer) { ...; return absl::OkStatus(); }));
//
// At most kWindow requests are without an answer, so that memory does not grow with their number.
#ifndef REPRISE_CLIENT_LOOKUP_PIPELINE_H_
#define REPRISE_CLIENT_LOOKUP_PIPELINE_H_

#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <functional>
#include <memory>

#include "base/status.h"
#include "client/session.h"
#include "reprise/v1/matches.grpc.pb.h"

namespace reprise::client {

class LookupPipeline {
 public:
  static constexpr size_t kWindow = 256;

  // Fills the next request; its request_id is the pipeline's. Called from one other thread, in order.
  using NextRequest = std::function<bool(v1::LookupStreamRequest* request)>;
  // Takes the next answer; called from the thread of Run, in the order of the requests. An error ends the stream.
  using TakeAnswer = std::function<absl::Status(const v1::LookupStreamResponse& answer)>;

  // REQUIRES: `session` is connected and outlives the pipeline.
  explicit LookupPipeline(Session* session) : session_(session) {}

  // Returns when every request has its answer. Error: the stream's, or what `take` returned; a request that fails by
  // itself is an answer with a status and ends nothing.
  absl::Status Run(const NextRequest& next, const TakeAnswer& take);

 private:
  Session* session_;
};

// The status of one answer as ours.
absl::Status AnswerStatus(const v1::LookupStreamResponse& answer);

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_LOOKUP_PIPELINE_H_
