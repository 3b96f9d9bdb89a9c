#include "client/session.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "client/exit_code.h"
#include "server/server.h"

namespace reprise::client {
namespace {

// An answer may be longer than a request (1,000 results of 32 KiB each), so that the 4 MiB of requests do not do.
constexpr int kMaxAnswerBytes = 256 << 20;

absl::Status WriteStdout(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) {
    return MakeStatus(absl::StatusCode::kUnknown, std::string("cannot write to stdout: ") + std::strerror(errno));
  }
  return absl::OkStatus();
}

// True for HOST:PORT. Without a port gRPC would take 443, where reprised never is.
bool HasPort(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string port = address.substr(colon + 1);
  return !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::string ServerAddress(const GlobalOptions& options) {
  if (!options.server.empty()) return options.server;
  const char* environment = std::getenv("REPRISE_SERVER");
  return environment != nullptr && *environment != '\0' ? environment : kDefaultServer;
}

Session::Session(const GlobalOptions& options)
    : options_(options), out_(Terminal::Standard(stdout)), err_(Terminal::Standard(stderr)) {}

Session::~Session() {
  channel_.reset();  // calls end before the server goes
  if (embedded_ != nullptr) embedded_->Shutdown(kCallTimeout);
}

absl::Status Session::Connect() {
  if (channel_ != nullptr) return absl::OkStatus();
  return options_.embedded.empty() ? WaitForServer(ServerAddress(options_)) : OpenEmbedded(false, {});
}

absl::Status Session::ConnectRebuilding(std::function<void(uint64_t units)> rebuilt) {
  if (options_.embedded.empty()) {
    return InvalidArgument(
        "a rebuild needs the store for itself: stop the server, then `reprise --embedded DIR admin rebuild` with its "
        "data directory, or `reprised --rebuild --data-dir DIR`");
  }
  return OpenEmbedded(true, std::move(rebuilt));
}

absl::Status Session::WaitForServer(const std::string& address) {
  if (!HasPort(address)) {
    return Unreachable("'" + address + "' is not the address of a server; give HOST:PORT, e.g. " + kDefaultServer);
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxAnswerBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // a proxy of the environment is for the web, not for loopback
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  const auto deadline = std::chrono::system_clock::now() + kConnectTimeout;
  grpc_connectivity_state state = channel->GetState(true);
  // A refused connection is final at once; only silence is waited for.
  while (state != GRPC_CHANNEL_READY && state != GRPC_CHANNEL_TRANSIENT_FAILURE && state != GRPC_CHANNEL_SHUTDOWN &&
         channel->WaitForStateChange(state, deadline)) {
    state = channel->GetState(true);
  }
  if (state != GRPC_CHANNEL_READY) {
    return Unreachable("cannot reach " + address + "; is reprised running? Start it with `reprised --listen " +
                       address + " --data-dir DIR`, or name another server with --server or REPRISE_SERVER");
  }
  channel_ = std::move(channel);
  return absl::OkStatus();
}

absl::Status Session::OpenEmbedded(bool rebuild, std::function<void(uint64_t units)> rebuilt) {
  ServerOptions options;
  options.listen.clear();  // no network
  options.data_dir = options_.embedded;
  options.rebuild = rebuild;
  options.rebuilt = std::move(rebuilt);
  ASSIGN_OR_RETURN(embedded_, Server::Start(std::move(options)));
  channel_ = embedded_->InProcessChannel();
  return absl::OkStatus();
}

std::unique_ptr<grpc::ClientContext> Session::NewContext() const {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + kCallTimeout);
  return context;
}

std::unique_ptr<grpc::ClientContext> Session::NewStreamContext() const {
  return std::make_unique<grpc::ClientContext>();
}

absl::Status Session::PrintLine(const std::string& line) { return WriteStdout(line + "\n"); }

absl::Status Session::Print(const std::string& text) { return WriteStdout(text); }

}  // namespace reprise::client
