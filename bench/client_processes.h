// Clients of a measurement that are processes of their own, as those of a server are. In one process they would share
// gRPC's poller, so that the answer of one wakes the thread of another: twice the thread switches of real clients.
//
//   ASSIGN_OR_RETURN(auto clients, ClientProcesses::Fork(16, [](const std::string& task, Times* times) { ... }));
//   ... start threads, use gRPC ...
//   ASSIGN_OR_RETURN(ClientsResult result, clients->Run(16, task));
//
// Not thread-safe.
#ifndef REPRISE_BENCH_CLIENT_PROCESSES_H_
#define REPRISE_BENCH_CLIENT_PROCESSES_H_

#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "bench/corpus.h"

namespace reprise::bench {

// Processor time, user and system, that this process has used so far, in microseconds.
double ProcessorUs();

struct ClientsResult {
  Times times;  // of all clients
  double wall_ms = 0;
  double processor_us = 0;  // of all clients
};

class ClientProcesses {
 public:
  // What a client does with a task; runs in the client's process.
  using Work = std::function<absl::Status(const std::string& task, Times* times)>;

  // Starts `count` processes that wait for tasks and end with this one. REQUIRES: no other thread runs, gRPC was not
  // used yet. Error: RESOURCE_EXHAUSTED if the system has no more processes or pipes.
  static absl::StatusOr<std::unique_ptr<ClientProcesses>> Fork(int count, Work work);
  // Ends them and waits for that.
  ~ClientProcesses();
  ClientProcesses(const ClientProcesses&) = delete;
  ClientProcesses& operator=(const ClientProcesses&) = delete;

  // Gives `task` to the first `count` of them at once and waits for all. REQUIRES: count <= that of Fork. Errors: the
  // first of a client's own; INTERNAL if one is gone.
  absl::StatusOr<ClientsResult> Run(int count, const std::string& task);

 private:
  struct Client {
    pid_t pid = 0;
    int to = -1;    // tasks
    int from = -1;  // results
  };

  ClientProcesses() = default;

  std::vector<Client> clients_;
};

}  // namespace reprise::bench

#endif  // REPRISE_BENCH_CLIENT_PROCESSES_H_
