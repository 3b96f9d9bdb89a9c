// One run of `reprise`: the global options, the connection, the terminals.
//
//   RETURN_IF_ERROR(session->Connect());
//   auto context = session->NewContext();
//   grpc::Status status = session->memories()->ListMemories(context.get(), request, &response);
//   RETURN_IF_ERROR(FromGrpc(status));
//
// Not thread-safe, but the stubs that it hands out are.
#ifndef REPRISE_CLIENT_SESSION_H_
#define REPRISE_CLIENT_SESSION_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "base/status.h"
#include "client/json.h"
#include "client/server_status.h"
#include "client/terminal.h"

namespace reprise {
class Server;
}  // namespace reprise

namespace reprise::client {

inline constexpr char kDefaultServer[] = "127.0.0.1:7420";
inline constexpr std::chrono::seconds kConnectTimeout{5};
// How long one plain call may take; streams have no limit but the server's.
inline constexpr std::chrono::seconds kCallTimeout{120};

struct GlobalOptions {
  std::string server;    // HOST:PORT; empty = environment REPRISE_SERVER, else kDefaultServer
  std::string embedded;  // data directory; the server's services run in this process
  bool json = false;
};

// The address that the options and the environment name.
std::string ServerAddress(const GlobalOptions& options);

class Session {
 public:
  explicit Session(const GlobalOptions& options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Finds the server, or opens the data directory of --embedded. Call before the stubs; later calls do nothing.
  // Error: Unreachable() (client/exit_code.h) within kConnectTimeout; or why the directory could not be opened.
  absl::Status Connect();
  // The same, but makes the index of the data directory of --embedded anew on the way; `rebuilt` is told how many units
  // it has done. Error: INVALID_ARGUMENT without --embedded, as a server's store is not ours to take away.
  absl::Status ConnectRebuilding(std::function<void(uint64_t units)> rebuilt);

  // The connection, for a service's NewStub. REQUIRES: Connect() succeeded.
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

  // A context for a plain call (with kCallTimeout), and one for a stream (without).
  std::unique_ptr<grpc::ClientContext> NewContext() const;
  std::unique_ptr<grpc::ClientContext> NewStreamContext() const;

  bool json() const { return options_.json; }
  const Terminal& out() const { return out_; }
  const Terminal& err() const { return err_; }

  // Writes a line to stdout. Error: if stdout cannot be written (a full disk behind a redirection).
  absl::Status PrintLine(const std::string& line);
  // Writes text that ends its own lines.
  absl::Status Print(const std::string& text);

 private:
  absl::Status OpenEmbedded(bool rebuild, std::function<void(uint64_t units)> rebuilt);
  absl::Status WaitForServer(const std::string& address);

  GlobalOptions options_;
  Terminal out_;
  Terminal err_;
  std::unique_ptr<Server> embedded_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace reprise::client

#endif  // REPRISE_CLIENT_SESSION_H_
