#include "server/server.h"

#include <absl/synchronization/mutex.h>
#include <google/protobuf/stubs/logging.h>
#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <utility>

#include "server/services.h"
#include "server/wire.h"

namespace reprise {
namespace {

// gRPC itself takes messages up to here, and ours answer those above kMaxMessageBytes with the right status.
constexpr int kTransportMessageBytes = 16 << 20;
constexpr int kMaxStreamsPerConnection = 256;
constexpr int kStreamLookaheadBytes = 1 << 20;

void PrepareProcess() {
  static std::once_flag once;
  std::call_once(once, [] {
    // What a caller sends wrong is answered to the caller; protobuf would also write it to stderr.
    google::protobuf::SetLogHandler(nullptr);
    // Likewise gRPC, unless it is asked to speak: what goes wrong is in the statuses.
    if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args*) {});
    // Where Abseil was built without NDEBUG, as Debian's is, each lock that gRPC takes is entered in a graph of all
    // locks held, under one lock of the process, to find deadlocks in gRPC.
    absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  });
}

// More threads than processors: a call that waits for the disk, or looks up for seconds, must not hold up the others.
int CallThreads() { return std::max(8, 4 * static_cast<int>(std::thread::hardware_concurrency())); }

bool IsLoopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  int parts = 0;
  int value = -1;
  bool first = true;
  for (size_t i = 0; i <= host.size(); ++i) {
    if (i == host.size() || host[i] == '.') {
      if (value < 0 || (first && value != 127)) return false;
      first = false;
      ++parts;
      value = -1;
    } else if (host[i] >= '0' && host[i] <= '9') {
      value = std::max(value, 0) * 10 + (host[i] - '0');
      if (value > 255) return false;
    } else {
      return false;
    }
  }
  return parts == 4;
}

}  // namespace

absl::Status CheckListen(std::string_view listen) {
  const size_t colon = listen.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? "" : listen.substr(colon + 1);
  const bool digits = !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
  if (!digits || std::stoi(std::string(port)) > 65535) {
    return FieldError("listen", "'" + std::string(listen) + "' is not HOST:PORT; give e.g. 127.0.0.1:7420");
  }
  const std::string_view host = listen.substr(0, colon);
  if (!IsLoopback(host)) {
    return FieldError("listen", "'" + std::string(host) +
                                    "' is not a loopback address; this version has neither TLS nor tokens and listens "
                                    "on 127.0.0.1, [::1] or localhost only");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options) {
  if (!options.listen.empty()) RETURN_IF_ERROR(CheckListen(options.listen));
  PrepareProcess();
  std::unique_ptr<Server> out(new Server());
  if (options.memory != nullptr) {
    out->tm_ = std::move(options.memory);
  } else {
    TranslationMemoryOptions store;
    store.data_dir = options.data_dir;
    store.block_cache_bytes = options.block_cache_bytes;
    store.page_cache_bytes = options.page_cache_bytes;
    store.bulk_units = options.import_batch;
    store.open_wait_ms = options.open_wait_ms;
    store.rebuild = options.rebuild;
    store.rebuilt = options.rebuilt;
    ASSIGN_OR_RETURN(out->tm_, TranslationMemory::Open(store));
  }
  out->pool_ = std::make_unique<WorkerPool>(CallThreads());
  out->transfers_ = std::make_unique<WorkerPool>(std::max(1, options.transfer_threads));
  out->memories_ = NewMemoriesService(out->tm_.get(), out->pool_.get(), out->transfers_.get());
  out->units_ = NewUnitsService(out->tm_.get(), out->pool_.get(), out->transfers_.get());
  out->profiles_ = NewProfilesService(out->tm_.get(), out->pool_.get());
  out->matches_ = NewMatchesService(out->tm_.get(), out->pool_.get());
  out->transfer_ = NewTransferService(out->tm_.get(), out->transfers_.get());
  out->admin_ = NewAdminService(out->tm_.get(), out->pool_.get(), out->transfers_.get());

  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kTransportMessageBytes);
  builder.SetMaxSendMessageSize(-1);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);  // else a second server would share the port silently
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
  // So much of a stream is taken in before it is read. Left to itself, gRPC lets an import that is slower than its
  // client pile up fifty megabytes.
  builder.AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamLookaheadBytes);
  if (!options.listen.empty()) {
    builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &out->port_);
  }
  for (grpc::Service* service : {out->memories_.get(), out->units_.get(), out->profiles_.get(), out->matches_.get(),
                                 out->transfer_.get(), out->admin_.get()}) {
    builder.RegisterService(service);
  }
  out->server_ = builder.BuildAndStart();
  if (out->server_ == nullptr || (!options.listen.empty() && out->port_ == 0)) {
    return Unavailable("cannot listen on " + options.listen +
                       "; the address is in use by another program or not of this machine");
  }
  return out;
}

Server::~Server() { Shutdown(std::chrono::milliseconds(0)); }

std::shared_ptr<grpc::Channel> Server::InProcessChannel() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  return server_->InProcessChannel(arguments);
}

void Server::Shutdown(std::chrono::milliseconds deadline) {
  if (stopped_) return;
  stopped_ = true;
  if (server_ != nullptr) {
    if (auto* health = server_->GetHealthCheckService()) health->SetServingStatus(false);
    server_->Shutdown(std::chrono::system_clock::now() + deadline);
  }
  // Every call has been answered or cancelled; what still runs on the pools ends before what it uses goes.
  if (pool_ != nullptr) pool_->Join();
  if (transfers_ != nullptr) transfers_->Join();
  server_.reset();
  tm_.reset();
}

}  // namespace reprise
