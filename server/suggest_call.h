// Suggest and SuggestStream of the service Matches.
//
//   return StartSuggestStream(tm, pool, context);
//
// Thread-safe; what is given must outlive the call. The stream's reactor deletes itself when gRPC is done with it.
#ifndef REPRISE_SERVER_SUGGEST_CALL_H_
#define REPRISE_SERVER_SUGGEST_CALL_H_

#include <grpcpp/grpcpp.h>

#include "engine/translation_memory.h"
#include "reprise/v1/matches.pb.h"
#include "server/worker_pool.h"

namespace reprise {

absl::Status SuggestOne(TranslationMemory* tm, const v1::SuggestRequest& in, const CancelCheck& cancelled,
                        v1::SuggestResponse* out);

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* StartSuggestStream(TranslationMemory* tm, WorkerPool* pool,
                                                                                grpc::CallbackServerContext* context);

}  // namespace reprise

#endif  // REPRISE_SERVER_SUGGEST_CALL_H_
