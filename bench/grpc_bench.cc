// Lookups over gRPC on the loopback interface: what a client waits for, and what of it is the server's own.
//
//   grpc_bench --from en --to de libreoffice.en-de.tsv                              # a server in this process
//   grpc_bench --server 127.0.0.1:7420 --from en --to de libreoffice.en-de.tsv      # one that runs
//
// The queries are held out of the corpus, the rest is stored in a memory that is removed at the end, and its index
// merged. Answers are checked before anything is timed: stored texts must come back at 98 or more. Each client is a
// process of its own. Beside the lookups stand a call that gRPC answers itself, and the same queries asked of an empty
// memory: the difference is parsing, thread changes and the answer, without a search.
#include <grpcpp/generic/generic_stub.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/client_processes.h"
#include "bench/corpus.h"
#include "reprise/v1/admin.grpc.pb.h"
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

// What a client process is to do.
struct Task {
  std::string kind;  // health, lookup or stream
  std::string memory;
  int window = 1;  // of a stream
  std::string address = {};
  int passes = 1;
  std::vector<std::string> texts = {};
};

std::string Pack(const Task& task) {
  std::string out;
  for (const std::string& field :
       {task.kind, task.memory, std::to_string(task.window), task.address, std::to_string(task.passes)}) {
    out.append(field).push_back('\0');
  }
  for (const std::string& text : task.texts) out.append(text).push_back('\0');
  return out;
}

Task Unpack(const std::string& packed) {
  std::vector<std::string> fields;
  for (size_t begin = 0; begin < packed.size();) {
    const size_t end = packed.find('\0', begin);
    fields.push_back(packed.substr(begin, end - begin));
    begin = end + 1;
  }
  return {.kind = fields[0],
          .memory = fields[1],
          .window = std::stoi(fields[2]),
          .address = fields[3],
          .passes = std::stoi(fields[4]),
          .texts = {fields.begin() + 5, fields.end()}};
}

template <typename Request>
void Ask(const BenchOptions& options, const std::string& memory, const std::string& text, Request* request) {
  request->add_memories()->set_name(memory);
  request->mutable_query()->mutable_content()->set_text(text);
  request->mutable_query()->set_source_locale(options.from);
  request->mutable_query()->set_target_locale(options.to);
  request->mutable_options()->set_threshold(options.threshold);
}

// A call that gRPC answers itself: what no server can do without.
absl::Status Health(const Task& task, Times* times) {
  grpc::GenericStub stub(Connect(task.address));
  grpc::CompletionQueue queue;
  for (size_t i = 0; i < task.texts.size() * static_cast<size_t>(task.passes); ++i) {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    grpc::Status status;
    void* tag = nullptr;
    bool ok = false;
    const auto start = Clock::now();
    grpc::Slice nothing;
    auto call = stub.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::ByteBuffer(&nothing, 1), &queue);
    call->StartCall();
    call->Finish(&response, &status, &call);
    queue.Next(&tag, &ok);
    times->Add(Ms(start));
    RETURN_IF_ERROR(FromGrpcStatus(status));
  }
  queue.Shutdown();
  return absl::OkStatus();
}

absl::Status Unary(const BenchOptions& options, const Task& task, Times* times) {
  auto stub = v1::Matches::NewStub(Connect(task.address));
  for (int pass = 0; pass < task.passes; ++pass) {
    for (const std::string& text : task.texts) {
      v1::LookupRequest request;
      Ask(options, task.memory, text, &request);
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
absl::Status Stream(const BenchOptions& options, const Task& task, Times* times) {
  auto stub = v1::Matches::NewStub(Connect(task.address));
  grpc::ClientContext context;
  auto stream = stub->LookupStream(&context);
  std::deque<Clock::time_point> started;
  const size_t count = task.texts.size() * static_cast<size_t>(task.passes);
  absl::Status answered;
  for (size_t i = 0; i < count || !started.empty();) {
    if (i < count && started.size() < static_cast<size_t>(task.window)) {
      v1::LookupStreamRequest request;
      Ask(options, task.memory, task.texts[i++ % task.texts.size()], &request);
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

// What each client process does with its tasks.
absl::Status Do(const BenchOptions& options, const std::string& packed, Times* times) {
  const Task task = Unpack(packed);
  if (task.kind == "health") return Health(task, times);
  return task.kind == "stream" ? Stream(options, task, times) : Unary(options, task, times);
}

class Bench {
 public:
  Bench(const BenchOptions& options, std::string address, ClientProcesses* clients)
      : options_(options),
        clients_(clients),
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
    if (status.ok()) status = Compact();
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

  // As after a while, when merges are through: what is measured is not what they cost.
  absl::Status Compact() const {
    v1::CompactStoreResponse response;
    grpc::ClientContext context;
    return FromGrpcStatus(v1::Admin::NewStub(Connect(address_))->CompactStore(&context, {}, &response));
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
      Ask(options_, full_, stored[i].source, &request);
      v1::LookupResponse response;
      grpc::ClientContext context;
      RETURN_IF_ERROR(FromGrpcStatus(stub->Lookup(&context, request, &response)));
      if (response.matches().empty() || response.matches(0).score() < 98) {
        return Internal("a stored text was not found: " + stored[i].source);
      }
    }
    return absl::OkStatus();
  }

  absl::Status MeasureAll() {
    std::printf("%zu queries, threshold %d, %d passes after one to warm up; ms, and us of processor a lookup\n",
                queries_.size(), options_.threshold, options_.passes);
    std::printf("%-34s %8s %8s %8s %8s %8s %10s %7s %7s\n", "", "mean", "p50", "p95", "p99", "max", "lookups/s",
                "client", "server");
    RETURN_IF_ERROR(Measure("gRPC alone: Health.Check, 1 clients", 1, {.kind = "health", .memory = full_}));
    for (const std::string& memory : {empty_, full_}) {
      const std::string name = memory == empty_ ? "empty memory" : "full memory";
      for (int clients : options_.clients) {
        RETURN_IF_ERROR(Measure(name + ", Lookup, " + std::to_string(clients) + " clients", clients,
                                {.kind = "lookup", .memory = memory}));
      }
      for (int window : {1, options_.window}) {
        RETURN_IF_ERROR(Measure(name + ", LookupStream, window " + std::to_string(window), 1,
                                {.kind = "stream", .memory = memory, .window = window}));
      }
    }
    return absl::OkStatus();
  }

  // Has so many clients do `task`, first to warm up, then for the record.
  absl::Status Measure(const std::string& name, int clients, Task task) {
    task.address = address_;
    task.texts = queries_;
    task.passes = 1;
    RETURN_IF_ERROR(clients_->Run(clients, Pack(task)).status());
    task.passes = options_.passes;
    const double before = ProcessorUs();
    ASSIGN_OR_RETURN(const ClientsResult result, clients_->Run(clients, Pack(task)));
    const auto lookups = static_cast<double>(result.times.size());
    // Only a server of this process can be looked at.
    const double server_us = options_.server.empty() ? (ProcessorUs() - before) / lookups : 0;
    const Times& times = result.times;
    std::printf("%-34s %8.3f %8.3f %8.3f %8.3f %8.3f %10.0f %7.0f %7.0f\n", name.c_str(), times.Mean(), times.At(.5),
                times.At(.95), times.At(.99), times.At(1), lookups * 1e3 / result.wall_ms,
                result.processor_us / lookups, server_us);
    return absl::OkStatus();
  }

  const BenchOptions& options_;
  ClientProcesses* const clients_;
  const std::string address_;
  const std::string full_;
  const std::string empty_;
  std::vector<std::string> queries_;
};

absl::Status Run(const BenchOptions& options) {
  const int most = std::max(1, *std::max_element(options.clients.begin(), options.clients.end()));
  ASSIGN_OR_RETURN(const auto clients, ClientProcesses::Fork(most, [&options](const std::string& task, Times* times) {
                     return Do(options, task, times);
                   }));
  if (!options.server.empty()) return Bench(options, options.server, clients.get()).Run();
  std::filesystem::remove_all(options.dir);
  ASSIGN_OR_RETURN(auto server, Server::Start({.listen = "127.0.0.1:0", .data_dir = options.dir}));
  absl::Status status = Bench(options, "127.0.0.1:" + std::to_string(server->port()), clients.get()).Run();
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
