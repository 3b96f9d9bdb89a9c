// Lookups over gRPC on the loopback interface: what a client waits for, and what of it is the server's own.
//
//   grpc_bench --from en --to de libreoffice.en-de.tsv                              # a server in this process
//   grpc_bench --server 127.0.0.1:7420 --from en --to de libreoffice.en-de.tsv      # one that runs
//
// The queries are held out of the corpus, the rest is stored in a memory that is removed at the end. Answers are
// checked before anything is timed: stored texts must come back at 98 or more. Beside the lookups stand a call that
// gRPC answers itself, and the same queries asked of an empty memory: the difference is parsing, thread changes and the
// answer, without a search.
#include <grpcpp/generic/generic_stub.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <memory>
#include <thread>

#include "bench/corpus.h"
#include "reprise/v1/matches.grpc.pb.h"
#include "reprise/v1/memories.grpc.pb.h"
#include "reprise/v1/units.grpc.pb.h"
#include "server/server.h"
#include "server/status.h"

namespace reprise::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPutBatch = 1000;
constexpr size_t kCheckEvery = 997;

double Ms(Clock::time_point since) { return std::chrono::duration<double, std::milli>(Clock::now() - since).count(); }

struct BenchOptions {
  std::string file, from = "en", to = "de", server, dir;
  size_t queries = 1000;
  int passes = 5;
  int threshold = 70;
  std::vector<int> clients = {1, 2, 4};
  int window = 16;
};

// A connection of its own, as another client process would have.
std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

class Bench {
 public:
  Bench(const BenchOptions& options, std::string address)
      : options_(options),
        address_(std::move(address)),
        full_("memories/bench-" + std::to_string(getpid())),
        empty_(full_ + "-empty") {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(std::vector<Row> rows, ReadRows(options_.file, options_.from, options_.to));
    HeldOut parts = HoldOut(std::move(rows), options_.queries);
    if (parts.queries.empty()) return InvalidArgument(options_.file + " holds no text of 4 words or more");
    for (const Row& row : parts.queries) queries_.push_back(row.source);
    for (const std::string& memory : {full_, empty_}) RETURN_IF_ERROR(Create(memory));
    absl::Status status = Load(parts.memory);
    if (status.ok()) status = Check(parts.memory);
    if (status.ok()) status = MeasureAll();
    for (const std::string& memory : {full_, empty_}) Remove(memory).IgnoreError();
    return status;
  }

 private:
  absl::Status Create(const std::string& memory) {
    v1::CreateMemoryRequest request;
    request.set_memory_id(memory.substr(memory.find('/') + 1));
    v1::Memory response;
    grpc::ClientContext context;
    return FromGrpcStatus(v1::Memories::NewStub(Connect(address_))->CreateMemory(&context, request, &response));
  }

  absl::Status Remove(const std::string& memory) {
    v1::DeleteMemoryRequest request;
    request.set_name(memory);
    google::protobuf::Empty response;
    grpc::ClientContext context;
    return FromGrpcStatus(v1::Memories::NewStub(Connect(address_))->DeleteMemory(&context, request, &response));
  }

  absl::Status Load(const std::vector<Row>& rows) {
    auto stub = v1::Units::NewStub(Connect(address_));
    const auto start = Clock::now();
    v1::PutUnitsRequest request;
    request.set_parent(full_);
    request.set_duplicate_policy(v1::DUPLICATE_POLICY_KEEP_ALL);
    for (size_t i = 0; i < rows.size(); ++i) {
      v1::Unit* unit = request.add_items()->mutable_unit();
      unit->set_source_locale(options_.from);
      Add(options_.from, rows[i].source, unit);
      Add(options_.to, rows[i].target, unit);
      if (request.items_size() < kPutBatch && i + 1 < rows.size()) continue;
      v1::PutUnitsResponse response;
      grpc::ClientContext context;
      RETURN_IF_ERROR(FromGrpcStatus(stub->PutUnits(&context, request, &response)));
      request.clear_items();
    }
    std::printf("stored %zu pairs by PutUnits, %.0f pairs/s\n", rows.size(),
                static_cast<double>(rows.size()) * 1e3 / Ms(start));
    return absl::OkStatus();
  }

  static void Add(const std::string& locale, const std::string& text, v1::Unit* unit) {
    v1::Variant* variant = unit->add_variants();
    variant->set_locale(locale);
    variant->mutable_content()->set_text(text);
  }

  absl::Status Check(const std::vector<Row>& stored) {
    auto stub = v1::Matches::NewStub(Connect(address_));
    for (size_t i = 0; i < stored.size(); i += kCheckEvery) {
      v1::LookupRequest request;
      Ask(full_, stored[i].source, &request);
      v1::LookupResponse response;
      grpc::ClientContext context;
      RETURN_IF_ERROR(FromGrpcStatus(stub->Lookup(&context, request, &response)));
      if (response.matches().empty() || response.matches(0).score() < 98) {
        return Internal("a stored text was not found: " + stored[i].source);
      }
    }
    return absl::OkStatus();
  }

  template <typename Request>
  void Ask(const std::string& memory, const std::string& text, Request* request) const {
    request->add_memories()->set_name(memory);
    request->mutable_query()->mutable_content()->set_text(text);
    request->mutable_query()->set_source_locale(options_.from);
    request->mutable_query()->set_target_locale(options_.to);
    request->mutable_options()->set_threshold(options_.threshold);
  }

  absl::Status MeasureAll() {
    std::printf("%zu queries, threshold %d, %d passes after one to warm up; ms\n", queries_.size(), options_.threshold,
                options_.passes);
    std::printf("%-34s %8s %8s %8s %8s %8s %10s\n", "", "mean", "p50", "p95", "p99", "max", "lookups/s");
    RETURN_IF_ERROR(Measure("gRPC alone: Health.Check, 1 clients", 1,
                            [&](int passes, Times* times) { return Health(passes, times); }));
    for (const std::string& memory : {empty_, full_}) {
      const std::string name = memory == empty_ ? "empty memory" : "full memory";
      for (int clients : options_.clients) {
        RETURN_IF_ERROR(Measure(name + ", Lookup, " + std::to_string(clients) + " clients", clients,
                                [&](int passes, Times* times) { return Unary(memory, passes, times); }));
      }
      for (int window : {1, options_.window}) {
        RETURN_IF_ERROR(Measure(name + ", LookupStream, window " + std::to_string(window), 1,
                                [&](int passes, Times* times) { return Stream(memory, window, passes, times); }));
      }
    }
    return absl::OkStatus();
  }

  // Runs `client` in so many threads, first to warm up, then for the record.
  template <typename Client>
  absl::Status Measure(const std::string& name, int clients, Client client) {
    Times all;
    double wall = 0;
    for (int passes : {1, options_.passes}) {
      std::vector<Times> times(static_cast<size_t>(clients));
      std::vector<absl::Status> ended(static_cast<size_t>(clients));
      std::vector<std::thread> threads;
      const auto start = Clock::now();
      for (size_t i = 0; i < times.size(); ++i) {
        threads.emplace_back([&, i] { ended[i] = client(passes, &times[i]); });
      }
      for (std::thread& thread : threads) thread.join();
      wall = Ms(start);
      all = Times();
      for (size_t i = 0; i < times.size(); ++i) {
        RETURN_IF_ERROR(ended[i]);
        all.Add(times[i]);
      }
    }
    std::printf("%-34s %8.3f %8.3f %8.3f %8.3f %8.3f %10.0f\n", name.c_str(), all.Mean(), all.At(.5), all.At(.95),
                all.At(.99), all.At(1), static_cast<double>(all.size()) * 1e3 / wall);
    return absl::OkStatus();
  }

  // A call that gRPC answers itself: what no server can do without.
  absl::Status Health(int passes, Times* times) const {
    grpc::GenericStub stub(Connect(address_));
    grpc::CompletionQueue queue;
    for (size_t i = 0; i < queries_.size() * static_cast<size_t>(passes); ++i) {
      grpc::ClientContext context;
      grpc::ByteBuffer response;
      grpc::Status status;
      void* tag = nullptr;
      bool ok = false;
      const auto start = Clock::now();
      grpc::Slice nothing;
      auto call =
          stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::ByteBuffer(&nothing, 1), &queue);
      call->StartCall();
      call->Finish(&response, &status, &call);
      queue.Next(&tag, &ok);
      times->Add(Ms(start));
      RETURN_IF_ERROR(FromGrpcStatus(status));
    }
    queue.Shutdown();
    return absl::OkStatus();
  }

  absl::Status Unary(const std::string& memory, int passes, Times* times) const {
    auto stub = v1::Matches::NewStub(Connect(address_));
    for (int pass = 0; pass < passes; ++pass) {
      for (const std::string& text : queries_) {
        v1::LookupRequest request;
        Ask(memory, text, &request);
        v1::LookupResponse response;
        grpc::ClientContext context;
        const auto start = Clock::now();
        const grpc::Status status = stub->Lookup(&context, request, &response);
        times->Add(Ms(start));
        RETURN_IF_ERROR(FromGrpcStatus(status));
      }
    }
    return absl::OkStatus();
  }

  // One stream, `window` requests ahead of the answers; the time of a request is from its write to its answer.
  absl::Status Stream(const std::string& memory, int window, int passes, Times* times) const {
    auto stub = v1::Matches::NewStub(Connect(address_));
    grpc::ClientContext context;
    auto stream = stub->LookupStream(&context);
    std::deque<Clock::time_point> started;
    const size_t count = queries_.size() * static_cast<size_t>(passes);
    absl::Status answered;
    for (size_t i = 0; i < count || !started.empty();) {
      if (i < count && started.size() < static_cast<size_t>(window)) {
        v1::LookupStreamRequest request;
        Ask(memory, queries_[i++ % queries_.size()], &request);
        started.push_back(Clock::now());
        if (!stream->Write(request)) break;
        continue;
      }
      v1::LookupStreamResponse response;
      if (!stream->Read(&response)) break;
      times->Add(Ms(started.front()));
      started.pop_front();
      answered = FromRpcStatus(response.status());
      if (!answered.ok()) break;
    }
    if (answered.ok()) {
      stream->WritesDone();
    } else {
      context.TryCancel();
    }
    const grpc::Status ended = stream->Finish();
    return answered.ok() ? FromGrpcStatus(ended) : answered;
  }

  const BenchOptions& options_;
  const std::string address_;
  const std::string full_;
  const std::string empty_;
  std::vector<std::string> queries_;
};

absl::Status Run(const BenchOptions& options) {
  if (!options.server.empty()) return Bench(options, options.server).Run();
  std::filesystem::remove_all(options.dir);
  ASSIGN_OR_RETURN(auto server, Server::Start({.listen = "127.0.0.1:0", .data_dir = options.dir}));
  absl::Status status = Bench(options, "127.0.0.1:" + std::to_string(server->port())).Run();
  server->Shutdown(std::chrono::seconds(10));
  std::filesystem::remove_all(options.dir);
  return status;
}

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  reprise::bench::BenchOptions options;
  options.dir = std::filesystem::temp_directory_path() / ("reprise_grpc_bench_" + std::to_string(getpid()));
  CLI::App app{"Measures lookups over gRPC on a corpus of aligned sentences (TSV, not compressed)"};
  app.add_option("FILE", options.file, "TSV with source_lang, target_lang, source, target")->required();
  app.add_option("--from", options.from, "Source locale")->capture_default_str();
  app.add_option("--to", options.to, "Target locale")->capture_default_str();
  app.add_option("--server", options.server, "HOST:PORT of a server that runs; none = one in this process");
  app.add_option("--queries", options.queries, "Held-out queries")->capture_default_str();
  app.add_option("--passes", options.passes, "Times that the queries are asked")->capture_default_str();
  app.add_option("--threshold", options.threshold, "Of every lookup")->capture_default_str();
  app.add_option("--clients", options.clients, "Numbers of clients to try")->delimiter(',')->capture_default_str();
  app.add_option("--window", options.window, "Requests ahead of the answers in a stream")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = reprise::bench::Run(options);
  if (status.ok()) return 0;
  std::fprintf(stderr, "grpc_bench: %s\n", reprise::MessageOf(status).c_str());
  return 1;
}
