// Matches.Analyze on gRPC's raw callback API.
#ifndef REPRISE_SERVER_ANALYZE_CALL_H_
#define REPRISE_SERVER_ANALYZE_CALL_H_

#include <grpcpp/grpcpp.h>

#include "engine/translation_memory.h"
#include "server/worker_pool.h"

namespace reprise {

// Takes a call up: reads one message after the other, counts each on the pool (no thread is held in between), and
// answers with the report. The call deletes itself when gRPC is done with it; all arguments must outlive it.
grpc::ServerReadReactor<grpc::ByteBuffer>* StartAnalyze(TranslationMemory* tm, WorkerPool* pool,
                                                        grpc::CallbackServerContext* context,
                                                        grpc::ByteBuffer* response);

}  // namespace reprise

#endif  // REPRISE_SERVER_ANALYZE_CALL_H_
