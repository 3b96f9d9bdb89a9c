// The services of reprise.v1 as gRPC wants them: what server.cc registers.
//
// Each wraps one TranslationMemory and does its work on the pools given; all three outlive the service, and the service
// outlives its calls. The engine's statuses go out through server/status.h. Thread-safe, as gRPC needs.
#ifndef REPRISE_SERVER_SERVICES_H_
#define REPRISE_SERVER_SERVICES_H_

#include <grpcpp/grpcpp.h>

#include <memory>

#include "engine/translation_memory.h"
#include "server/worker_pool.h"

namespace reprise {

// `transfers` is for the calls that go through all units of a memory.
std::unique_ptr<grpc::Service> NewMemoriesService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers);
std::unique_ptr<grpc::Service> NewUnitsService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers);
std::unique_ptr<grpc::Service> NewProfilesService(TranslationMemory* tm, WorkerPool* pool);
std::unique_ptr<grpc::Service> NewMatchesService(TranslationMemory* tm, WorkerPool* pool);
// Each import and export holds a thread of `transfers` from its begin to its end; when all are taken, the call is
// refused with RESOURCE_EXHAUSTED.
std::unique_ptr<grpc::Service> NewTransferService(TranslationMemory* tm, WorkerPool* transfers);

// Compacting holds a thread of `transfers`; `pool` answers the rest.
std::unique_ptr<grpc::Service> NewAdminService(TranslationMemory* tm, WorkerPool* pool, WorkerPool* transfers);

}  // namespace reprise

#endif  // REPRISE_SERVER_SERVICES_H_
