// One unary call on gRPC's raw callback API: parse, work on a pool thread, answer.
//
//   grpc::ServerUnaryReactor* GetUnit(grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
//                                     grpc::ByteBuffer* response) override {
//     return StartUnary<v1::GetUnitRequest, v1::Unit>(pool_, context, request, response,
//         [this](const v1::GetUnitRequest& in, const CancelCheck& cancelled, v1::Unit* out) { return ...; });
//   }
#ifndef REPRISE_SERVER_UNARY_CALL_H_
#define REPRISE_SERVER_UNARY_CALL_H_

#include <grpcpp/grpcpp.h>

#include <utility>

#include "engine/translation_memory.h"
#include "server/status.h"
#include "server/wire.h"
#include "server/worker_pool.h"

namespace reprise {

// Deletes itself when gRPC is done with it.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  void OnDone() override { delete this; }

 private:
  ~UnaryCall() override = default;
};

// Runs `handler(request, cancelled, &response)` on `pool` and finishes the call with its status. What it captures must
// outlive the call. A call that was cancelled, or whose deadline passed, before its turn is answered without the work.
template <typename Request, typename Response, typename Handler>
grpc::ServerUnaryReactor* StartUnary(WorkerPool* pool, grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request, grpc::ByteBuffer* response, Handler handler) {
  auto* call = new UnaryCall();
  pool->Post([call, context, request, response, handler = std::move(handler)] {
    if (context->IsCancelled()) {
      call->Finish(ToGrpcStatus(Cancelled("the caller went away")));
      return;
    }
    Request in;
    Response out;
    absl::Status status = ParseMessage(*request, &in);
    if (status.ok()) status = handler(in, CancelCheck([context] { return context->IsCancelled(); }), &out);
    if (status.ok()) *response = SerializeMessage(out);
    call->Finish(ToGrpcStatus(status));
  });
  return call;
}

}  // namespace reprise

#endif  // REPRISE_SERVER_UNARY_CALL_H_
