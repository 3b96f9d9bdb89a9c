// reprised: the server program. Exit codes: 0 stopped by SIGTERM or SIGINT, 1 could not start, 2 wrong usage.
#include <pthread.h>
#include <csignal>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include "server/server.h"

namespace {

constexpr std::chrono::seconds kDrain(20);

// Blocks the signals in this thread and in all that it starts, so that sigwait alone gets them.
sigset_t BlockSignals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

// Makes the index of the store anew and ends.
int Rebuild(reprise::ServerOptions options) {
  options.listen.clear();
  options.rebuild = true;
  uint64_t total = 0;
  options.rebuilt = [&total](uint64_t units) {
    total = units;
    std::fprintf(stderr, "reprised: %llu units\n", static_cast<unsigned long long>(units));
  };
  absl::StatusOr<std::unique_ptr<reprise::Server>> server = reprise::Server::Start(std::move(options));
  if (!server.ok()) {
    std::fprintf(stderr, "reprised: %s\n", reprise::MessageOf(server.status()).c_str());
    return 1;
  }
  (*server)->Shutdown(kDrain);
  std::printf("rebuilt the index of %llu units\n", static_cast<unsigned long long>(total));
  return 0;
}

int Serve(reprise::ServerOptions options, const sigset_t& signals) {
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  absl::StatusOr<std::unique_ptr<reprise::Server>> server = reprise::Server::Start(std::move(options));
  if (!server.ok()) {
    std::fprintf(stderr, "reprised: %s\n", reprise::MessageOf(server.status()).c_str());
    return 1;
  }
  std::printf("reprised %s listening on %s:%d\n", REPRISE_VERSION, host.c_str(), (*server)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  std::fprintf(stderr, "reprised: stopping\n");
  (*server)->Shutdown(kDrain);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const sigset_t signals = BlockSignals();
  reprise::ServerOptions options;
  uint64_t cache_mb = options.block_cache_bytes >> 20;
  uint64_t page_cache_mb = options.page_cache_bytes >> 20;
  CLI::App app("Reprise server: serves the translation memories of a directory over gRPC.", "reprised");
  app.set_version_flag("--version", std::string("reprised ") + REPRISE_VERSION, "Print the version and exit");
  app.add_option("--listen", options.listen, "Where to listen; loopback only, port 0 chooses a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--data-dir", options.data_dir,
                 "Directory of the store; made if it is not there, one process at a time")
      ->type_name("DIR")
      ->required();
  app.add_option("--cache-mb", cache_mb, "Memory for the store's block cache, in MiB")
      ->type_name("N")
      ->check(CLI::Range(8, 1 << 20))
      ->capture_default_str();
  app.add_option("--page-cache-mb", page_cache_mb,
                 "Memory for pages of the index, in MiB; less means more reading, never another answer")
      ->type_name("N")
      ->check(CLI::Range(16, 1 << 20))
      ->capture_default_str();
  app.add_option("--import-batch", options.import_batch,
                 "Units that an import stores at once; fewer take less memory (some 6 KB each) and more time")
      ->type_name("N")
      ->check(CLI::Range(256, 1 << 20))
      ->capture_default_str();
  bool rebuild = false;
  app.add_flag("--rebuild", rebuild,
               "Make keys, counts and index anew from the stored units and end: after an upgrade that asks for it, or "
               "if the index is damaged. Units are left as they are; it can be run again if it was cut off");
  app.footer(
      "Prints \"reprised VERSION listening on HOST:PORT\" once it answers. SIGTERM or SIGINT: takes no more calls, "
      "lets\n"
      "those under way end (20 s at most), closes the store. Exit codes: 0 stopped so, 1 could not start, 2 wrong "
      "usage.\n"
      "Example: reprised --data-dir /var/lib/reprise --listen 127.0.0.1:7420, then: reprise memory create news");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (options.listen.empty()) {
    std::fprintf(stderr, "reprised: --listen is empty; give HOST:PORT, e.g. 127.0.0.1:7420\n");
    return 2;
  }
  options.block_cache_bytes = cache_mb << 20;
  options.page_cache_bytes = page_cache_mb << 20;
  options.open_wait_ms = 1000;
  if (rebuild) return Rebuild(std::move(options));
  return Serve(std::move(options), signals);
}
