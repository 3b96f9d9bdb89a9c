// The server: one TranslationMemory behind the public API, over the network or within the process.
//
//   ASSIGN_OR_RETURN(auto server, Server::Start({.listen = "127.0.0.1:0", .data_dir = "/var/lib/reprise"}));
//   printf("%d\n", server->port());
//   ...
//   server->Shutdown(std::chrono::seconds(10));
//
// A program that needs no network leaves `listen` empty and talks over InProcessChannel(). Not thread-safe: one
// thread starts it and shuts it down; calls on its channels may come from any.
#ifndef REPRISE_SERVER_SERVER_H_
#define REPRISE_SERVER_SERVER_H_

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/service_type.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "engine/translation_memory.h"
#include "server/worker_pool.h"

namespace reprise {

struct ServerOptions {
  std::string listen = "127.0.0.1:7420";  // HOST:PORT; port 0 = a free one; "" = no network
  std::string data_dir = {};              // made if it is not there
  uint64_t block_cache_bytes = 256 << 20;
  uint64_t page_cache_bytes = uint64_t{1536} << 20;
  uint32_t import_batch = TranslationMemoryOptions().bulk_units;
  int transfer_threads = 8;  // imports and exports at a time
  // How long the start may wait for what first lookups would otherwise read from the disk.
  uint32_t open_wait_ms = 0;
  // First make the index anew from the units (about a minute a million), telling `rebuilt` how far that is.
  bool rebuild = false;
  std::function<void(uint64_t units)> rebuilt = {};
  // Serve this instead of opening data_dir (tests).
  std::unique_ptr<TranslationMemory> memory = nullptr;
};

// OK if `listen` is HOST:PORT with a loopback host (127.0.0.0/8, localhost, [::1]) and a port of 0 to 65535; else
// INVALID_ARGUMENT with the field "listen".
absl::Status CheckListen(std::string_view listen);

class Server {
 public:
  // Opens the store and serves it. Errors: as CheckListen; as TranslationMemory::Open (the directory is locked by
  // another process, not writable, damaged, of a newer version); UNAVAILABLE if the address is in use.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options);
  // Shuts down at once if Shutdown was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port listened on; 0 if there is none.
  int port() const { return port_; }

  // A channel to this server without a socket. Calls on it must end before the server goes.
  std::shared_ptr<grpc::Channel> InProcessChannel();

  // Takes no more calls, lets those under way end, cancels what is left after `deadline`, closes the store. Later
  // calls return at once.
  void Shutdown(std::chrono::milliseconds deadline);

 private:
  Server() = default;

  std::unique_ptr<TranslationMemory> tm_;
  std::unique_ptr<WorkerPool> pool_;
  std::unique_ptr<WorkerPool> transfers_;
  std::unique_ptr<grpc::Service> memories_;
  std::unique_ptr<grpc::Service> units_;
  std::unique_ptr<grpc::Service> profiles_;
  std::unique_ptr<grpc::Service> matches_;
  std::unique_ptr<grpc::Service> transfer_;
  std::unique_ptr<grpc::Service> admin_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
  bool stopped_ = false;
};

}  // namespace reprise

#endif  // REPRISE_SERVER_SERVER_H_
