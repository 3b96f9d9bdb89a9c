// Search at size, in process: load, disk by part, lookups by threshold and mode, single writes, reopening, cold
// lookups, recall against brute force.
//
//   make_corpus --pairs 1000000 --from en --to de CORPUS.tsv -o 1m.tsv --queries 1000 --held-out 1000
//   search_bench --memory 1m.tsv --queries 1m.queries.tsv --queries 1m.held_out.tsv --json 1m.json
//
// One thread a lookup, each query once to warm up and once for the clock. Prints a table; --json writes the same.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "base/memory.h"
#include "bench/brute_force.h"
#include "bench/corpus_generator/bitext.h"
#include "bench/hard_queries.h"
#include "engine/translation_memory.h"
#include "match/score.h"
#include "storage/kv.h"
#include "storage/rocksdb_kv.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kMemory[] = "bench";

struct Arguments {
  std::string memory, from = "en", to = "de", dir, json;
  std::string beside;  // a file that is imported while lookups are timed
  std::vector<std::string> queries;
  size_t count = 1000;        // of each file
  size_t recall_queries = 0;  // compared with brute force
  uint64_t cache_mb = 1536;
  uint64_t block_cache_mb = 0;  // 0: as the server
  bool keep = false;            // the store stays
  bool reuse = false;           // the store of an earlier run is used
  bool only_reopen = false;     // of that store
  bool merge = true;
  size_t writes = 200;
  std::vector<int> thresholds = {90, 80, 70, 60, 50};
  bool fill = true;
  bool all = true;
  bool hard = false;
  int passes = 1;  // that are timed
};

double Seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

// Name and value pairs, in order: what is printed and what goes into the JSON.
class Report {
 public:
  void Add(const std::string& name, double value, const char* unit) {
    std::printf("%-52s %14.4f %s\n", name.c_str(), value, unit);
    std::fflush(stdout);
    Note(name, value);
  }
  // Into the JSON alone.
  void Note(const std::string& name, double value) {
    if (!json_.empty()) json_ += ",\n";
    json_ += absl::StrFormat("  \"%s\": %.6f", name, value);
  }
  void Write(const std::string& file) const { std::ofstream(file) << "{\n" << json_ << "\n}\n"; }

 private:
  std::string json_;
};

double ResidentMb() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// What this process had the disk read for it so far, reading ahead included.
uint64_t DiskBytesRead() {
  std::ifstream io("/proc/self/io");
  std::string name;
  for (uint64_t value = 0; io >> name >> value;) {
    if (name == "read_bytes:") return value;
  }
  return 0;
}

double At(std::vector<double>* values, double share) {
  if (values->empty()) return 0;
  std::sort(values->begin(), values->end());
  return (*values)[std::min(values->size() - 1, static_cast<size_t>(share * static_cast<double>(values->size())))];
}

class Bench {
 public:
  explicit Bench(const Arguments& arguments) : arguments_(arguments) {}

  absl::Status Run() {
    if (!arguments_.reuse) std::filesystem::remove_all(arguments_.dir);
    if (arguments_.only_reopen) {
      RETURN_IF_ERROR(Reopen());
      if (!arguments_.json.empty()) report_.Write(arguments_.json);
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(Open());
    if (!arguments_.reuse) RETURN_IF_ERROR(Load());
    RETURN_IF_ERROR(Parts());
    for (const std::string& file : arguments_.queries) RETURN_IF_ERROR(Lookups(file));
    for (const std::string& file : arguments_.queries) RETURN_IF_ERROR(Batches(file));
    if (arguments_.hard) RETURN_IF_ERROR(Hard());
    RETURN_IF_ERROR(Writes());
    if (!arguments_.beside.empty()) RETURN_IF_ERROR(BesideImports());
    RETURN_IF_ERROR(Reopen());
    if (arguments_.recall_queries != 0) RETURN_IF_ERROR(Recall());
    if (!arguments_.json.empty()) report_.Write(arguments_.json);
    tm_.reset();
    if (!arguments_.keep) std::filesystem::remove_all(arguments_.dir);
    return absl::OkStatus();
  }

 private:
  absl::Status Open() {
    TranslationMemoryOptions options{.data_dir = arguments_.dir,
                                     .page_cache_bytes = arguments_.cache_mb << 20,
                                     .open_wait_ms = 1000};  // as reprised
    if (arguments_.block_cache_mb != 0) options.block_cache_bytes = arguments_.block_cache_mb << 20;
    ASSIGN_OR_RETURN(std::unique_ptr<Kv> kv,
                     OpenRocksDbKv({.path = arguments_.dir, .block_cache_bytes = options.block_cache_bytes}));
    kv_ = kv.get();
    ASSIGN_OR_RETURN(tm_, TranslationMemory::OpenOn(std::move(kv), options));
    return absl::OkStatus();
  }

  // Imports a file, working `duty` (0 to 1) of the time; stops early once *stop is set.
  absl::StatusOr<ImportReport> Import(const std::string& file, const char* memory, double duty,
                                      const std::atomic<bool>* stop) {
    const ImportOptions options{
        .format = Format::kTsv, .source_locale = arguments_.from, .target_locale = arguments_.to};
    ASSIGN_OR_RETURN(std::unique_ptr<Importer> importer, tm_->StartImport(memory, options, nullptr));
    std::ifstream in(file, std::ios::binary);
    if (!in) return NotFound(file + " cannot be read");
    std::string chunk(size_t{1} << 18, '\0');
    while (in && (stop == nullptr || !stop->load())) {
      in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
      const auto start = Clock::now();
      RETURN_IF_ERROR(importer->Feed(std::string_view(chunk).substr(0, static_cast<size_t>(in.gcount()))));
      if (duty < 1) std::this_thread::sleep_for(std::chrono::duration<double>(Seconds(start) * (1 / duty - 1)));
    }
    return importer->Finish();
  }

  absl::Status Load() {
    RETURN_IF_ERROR(tm_->CreateMemory({.name = kMemory}).status());
    auto start = Clock::now();
    ASSIGN_OR_RETURN(const ImportReport report, Import(arguments_.memory, kMemory, 1, nullptr));
    const double loaded = Seconds(start);
    report_.Add("pairs read", static_cast<double>(report.read), "");
    report_.Add("pairs refused", static_cast<double>(report.refused), "");
    report_.Add("load", static_cast<double>(report.read) / loaded, "pairs/s");
    report_.Add("resident after load", ResidentMb(), "MB");
    if (!arguments_.merge) return tm_->Seal();
    start = Clock::now();
    RETURN_IF_ERROR(tm_->Merge({}));
    report_.Add("merge of all runs", Seconds(start), "s");
    return absl::OkStatus();
  }

  absl::Status Parts() {
    ASSIGN_OR_RETURN(const MemoryStats stats, tm_->Stats(kMemory));
    const double units = std::max(1.0, static_cast<double>(stats.units));
    RETURN_IF_ERROR(kv_->Flush());
    report_.Add("units", units, "");
    for (const auto& [locale, counts] : stats.locales) {
      report_.Add("segments " + locale, static_cast<double>(counts.segments), "");
    }
    report_.Add("disk", static_cast<double>(kv_->DiskBytes()) / units, "bytes a pair");
    struct Part {
      const char* name;
      KvTable table;
      char begin, end;
    };
    for (const Part& part :
         {Part{"units", KvTable::kUnits, 'u', 'v'}, Part{"identities", KvTable::kUnits, 'h', 'i'},
          Part{"exact keys", KvTable::kSegments, 'k', 'l'}, Part{"links", KvTable::kSegments, 'n', 'o'},
          Part{"index", KvTable::kIndex, 'p', 'q'}, Part{"change log", KvTable::kLog, '\0', '\x7f'}}) {
      const std::string begin(1, part.begin), end(1, part.end);
      report_.Add(std::string("disk: ") + part.name,
                  static_cast<double>(kv_->RangeBytes(part.table, begin, end)) / units, "bytes a pair");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<LookupResult> Ask(const std::string& text, const LookupOptions& options) {
    Query query;
    query.content.text = text;
    query.source_locale = arguments_.from;
    query.target_locale = arguments_.to;
    return tm_->Lookup({{.name = kMemory}}, query, options, {});
  }

  absl::StatusOr<std::vector<std::string>> Texts(const std::string& file) {
    ASSIGN_OR_RETURN(const std::vector<Pair> pairs, ReadBitext(file, arguments_.from, arguments_.to));
    std::vector<std::string> texts;
    for (size_t i = 0; i < std::min(pairs.size(), arguments_.count); ++i) texts.push_back(pairs[i].source);
    if (texts.empty()) return InvalidArgument(file + " has no queries");
    return texts;
  }

  absl::Status Lookups(const std::string& file) {
    ASSIGN_OR_RETURN(const std::vector<std::string> texts, Texts(file));
    const std::string stem = std::filesystem::path(file).stem().string();
    std::printf("\n%s, %zu queries\n%-24s %8s %8s %8s %8s %8s | %9s %9s %7s %7s %7s %7s | %7s %7s %7s %7s us\n",
                stem.c_str(), texts.size(), "", "mean ms", "p50", "p95", "p99", "max", "postings", "cand.", "rows",
                "aligned", "hits", "matches", "points", "search", "read", "select");
    for (int threshold : arguments_.thresholds) {
      RETURN_IF_ERROR(Mode(stem, texts, absl::StrFormat("best 5 at >= %d", threshold), {.threshold = threshold}));
      if (!arguments_.all) continue;
      RETURN_IF_ERROR(Mode(stem, texts, absl::StrFormat("all at >= %d", threshold),
                           {.threshold = threshold, .max_results = 5, .want_total = true}));
    }
    if (!arguments_.fill) return absl::OkStatus();
    RETURN_IF_ERROR(Mode(stem, texts, "best 5, floor 40", {.threshold = 70, .floor = 40}));
    return Mode(stem, texts, "best 5, floor 30, rel.", {.threshold = 70, .floor = 30, .order = MatchOrder::kRelevance});
  }

  absl::Status Mode(const std::string& stem, const std::vector<std::string>& texts, const std::string& name,
                    LookupOptions options) {
    options.want_plan = true;
    std::vector<double> ms;
    LookupPlan sum;
    uint64_t matches = 0;
    for (int pass = 0; pass <= arguments_.passes; ++pass) {
      for (const std::string& text : texts) {
        const auto start = Clock::now();
        ASSIGN_OR_RETURN(const LookupResult result, Ask(text, options));
        if (pass == 0) continue;
        ms.push_back(Seconds(start) * 1e3);
        sum.postings += result.plan.postings;
        sum.candidates += result.plan.candidates;
        sum.rows += result.plan.rows;
        sum.aligned += result.plan.aligned;
        sum.hits += result.plan.hits;
        sum.points_us += result.plan.points_us;
        sum.search_us += result.plan.search_us;
        sum.read_us += result.plan.read_us;
        sum.select_us += result.plan.select_us;
        matches += options.want_total ? result.total : result.matches.size();
      }
    }
    const auto n = static_cast<double>(texts.size() * static_cast<size_t>(arguments_.passes));
    double mean = 0;
    for (double t : ms) mean += t / n;
    auto each = [n](uint64_t v) { return static_cast<double>(v) / n; };
    std::printf("%-24s %8.3f %8.3f %8.3f %8.3f %8.3f | %9.0f %9.1f %7.1f %7.1f %7.1f %7.1f | %7.0f %7.0f %7.0f %7.0f\n",
                name.c_str(), mean, At(&ms, .5), At(&ms, .95), At(&ms, .99), At(&ms, 1), each(sum.postings),
                each(sum.candidates), each(sum.rows), each(sum.aligned), each(sum.hits), each(matches),
                sum.points_us / n, sum.search_us / n, sum.read_us / n, sum.select_us / n);
    std::fflush(stdout);
    for (const auto& [part, share] : {std::pair<const char*, double>{"p50", .5}, {"p95", .95}, {"p99", .99}}) {
      report_.Note(stem + ", " + name + ", " + part, At(&ms, share));
    }
    return absl::OkStatus();
  }

  // Queries that are hard by their shape, of the words of the memory's beginning.
  absl::Status Hard() {
    constexpr int kLines = 100000;
    const std::string head = arguments_.dir + ".head.tsv";
    {
      std::ifstream in(arguments_.memory, std::ios::binary);
      std::ofstream out(head, std::ios::binary);
      std::string line;
      for (int i = 0; i < kLines && std::getline(in, line); ++i) out << line << '\n';
    }
    auto pairs = ReadBitext(head, arguments_.from, arguments_.to);
    std::filesystem::remove(head);
    RETURN_IF_ERROR(pairs.status());
    std::vector<std::string> sources;
    for (const Pair& pair : *pairs) sources.push_back(pair.source);
    struct Shape {
      const char* name;
      LookupOptions options;
    };
    const std::vector<Shape> shapes = {{"best 5 at >= 70", {.threshold = 70}},
                                       {"best 5 at >= 50", {.threshold = 50}},
                                       {"best 5, floor 40", {.threshold = 70, .floor = 40}}};
    std::printf("\n%-36s", "hard queries, ms: median / worst");
    for (const Shape& shape : shapes) std::printf(" %22s", shape.name);
    std::printf("\n");
    for (const QueryGroup& group : HardQueries(sources, 1)) {
      std::printf("%-36s", group.name.c_str());
      for (const Shape& shape : shapes) {
        std::vector<double> ms;
        for (int pass = 0; pass <= arguments_.passes; ++pass) {
          for (const std::string& text : group.texts) {
            const auto start = Clock::now();
            RETURN_IF_ERROR(Ask(text, shape.options).status());
            if (pass != 0) ms.push_back(Seconds(start) * 1e3);
          }
        }
        std::printf(" %12.3f / %7.3f", At(&ms, .5), At(&ms, 1));
        report_.Note("hard, " + group.name + ", " + shape.name + ", median", At(&ms, .5));
        report_.Note("hard, " + group.name + ", " + shape.name + ", worst", At(&ms, 1));
      }
      std::printf("\n");
      std::fflush(stdout);
    }
    return absl::OkStatus();
  }

  // The same queries as batches of a thousand, on one thread and on two.
  absl::Status Batches(const std::string& file) {
    ASSIGN_OR_RETURN(const std::vector<std::string> texts, Texts(file));
    std::vector<Query> queries(texts.size());
    for (size_t i = 0; i < texts.size(); ++i) {
      queries[i].content.text = texts[i];
      queries[i].source_locale = arguments_.from;
      queries[i].target_locale = arguments_.to;
    }
    double seconds[3] = {};
    for (int pass = 0; pass <= arguments_.passes; ++pass) {
      for (unsigned threads : {1u, 2u}) {
        const auto start = Clock::now();
        RETURN_IF_ERROR(tm_->BatchLookup({{.name = kMemory}}, queries, {}, {}, threads).status());
        if (pass > 0) seconds[threads] += Seconds(start);
      }
    }
    const double asked = static_cast<double>(texts.size()) * arguments_.passes;
    const std::string stem = std::filesystem::path(file).stem().string();
    report_.Add(stem + ", batches, 1 thread", asked / seconds[1], "lookups/s");
    report_.Add(stem + ", batches, 2 threads / 1 thread", seconds[1] / seconds[2], "");
    return absl::OkStatus();
  }

  // Single synced writes, one client and sixteen, and what the disk's sync alone costs.
  absl::Status Writes() {
    if (arguments_.writes == 0) return absl::OkStatus();
    std::printf("\n");
    const std::string probe = arguments_.dir + ".fsync";
    const int fd = open(probe.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    if (fd < 0) return Unavailable("cannot write " + probe);
    auto start = Clock::now();
    for (size_t i = 0; i < arguments_.writes; ++i) {
      if (pwrite(fd, probe.data(), 8, static_cast<off_t>(i * 512)) != 8 || fdatasync(fd) != 0) {
        return Unavailable("cannot sync " + probe);
      }
    }
    const double syncs = static_cast<double>(arguments_.writes) / Seconds(start);
    close(fd);
    std::filesystem::remove(probe);
    report_.Add("fdatasync of the disk", syncs, "/s");
    std::atomic<uint64_t> serial{0};
    auto write = [&](size_t count) -> absl::Status {
      for (size_t i = 0; i < count; ++i) {
        Unit unit;
        unit.variants.resize(2);
        const std::string number = std::to_string(serial.fetch_add(1));
        unit.variants[0].locale = arguments_.from;
        unit.variants[0].content.text = "a single write of the bench number " + number + "x" + number;
        unit.variants[1].locale = arguments_.to;
        unit.variants[1].content.text = "ein einzelner Satz des Benchs Nummer " + number + "x" + number;
        RETURN_IF_ERROR(tm_->PutUnits(kMemory, {unit}, {}).status());
      }
      return absl::OkStatus();
    };
    start = Clock::now();
    RETURN_IF_ERROR(write(arguments_.writes));
    const double single = static_cast<double>(arguments_.writes) / Seconds(start);
    report_.Add("single synced writes, 1 client", single, "/s");
    report_.Add("single synced writes / fdatasync", single / syncs, "");
    constexpr size_t kClients = 16;
    start = Clock::now();
    std::vector<std::thread> clients;
    std::vector<absl::Status> statuses(kClients);
    for (size_t c = 0; c < kClients; ++c) clients.emplace_back([&, c] { statuses[c] = write(arguments_.writes); });
    for (std::thread& client : clients) client.join();
    const double many = static_cast<double>(arguments_.writes * kClients) / Seconds(start);
    for (const absl::Status& status : statuses) RETURN_IF_ERROR(status);
    report_.Add("single synced writes, 16 clients", many, "/s");
    report_.Add("16 clients / 1 client", many / single, "");
    return absl::OkStatus();
  }

  // The best five of the first queries while another memory of the store is being imported, against the idle store.
  absl::Status BesideImports() {
    constexpr double kSeconds = 15;  // of each kind
    constexpr char kOther[] = "beside";
    ASSIGN_OR_RETURN(const std::vector<std::string> texts, Texts(arguments_.queries[0]));
    double idle = 0;
    std::printf("\n");
    const std::pair<const char*, double> kinds[] = {{"idle", 0}, {"half speed", .5}, {"full speed", 1}};
    for (const auto& [name, duty] : kinds) {
      std::atomic<bool> stop{false};
      absl::StatusOr<ImportReport> report = ImportReport();
      auto import_file = [&](double share) { report = Import(arguments_.beside, kOther, share, &stop); };
      std::thread import;
      const auto start = Clock::now();
      if (duty != 0) {
        RETURN_IF_ERROR(tm_->CreateMemory({.name = kOther}).status());
        import = std::thread(import_file, duty);
      }
      std::vector<double> ms;
      for (size_t i = 0; Seconds(start) < kSeconds; ++i) {
        const auto asked = Clock::now();
        const absl::Status status = Ask(texts[i % texts.size()], {}).status();
        if (i >= texts.size()) ms.push_back(Seconds(asked) * 1e3);  // the first pass warms up
        if (!status.ok()) break;
      }
      stop.store(true);
      if (import.joinable()) import.join();
      const double rate = static_cast<double>(report.ok() ? report->read : 0) / Seconds(start);
      RETURN_IF_ERROR(report.status());
      const double p99 = At(&ms, .99);
      if (duty == 0) idle = p99;
      const std::string of = std::string("lookups, import ") + name;
      report_.Add(of + ", p50", At(&ms, .5), "ms");
      report_.Add(of + ", p99", p99, "ms");
      if (duty == 0) continue;
      report_.Add(of + ", p99 / idle", p99 / idle, "");
      report_.Add(of + ", imported meanwhile", rate, "pairs/s");
      RETURN_IF_ERROR(tm_->DeleteMemory(kOther));
    }
    return absl::OkStatus();
  }

  // Opens the store again, its files out of the page cache, and asks the first queries.
  absl::Status Reopen() {
    ASSIGN_OR_RETURN(std::vector<std::string> texts, Texts(arguments_.queries[0]));
    report_.Add("resident", ResidentMb(), "MB");
    tm_.reset();
    for (const auto& file : std::filesystem::directory_iterator(arguments_.dir)) {
      const int fd = open(file.path().c_str(), O_RDONLY);
      if (fd < 0) continue;
      posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
      close(fd);
    }
    ReleaseFreeMemory();
    const uint64_t read_before = DiskBytesRead();
    const auto start = Clock::now();
    RETURN_IF_ERROR(Open());
    report_.Add("reopen, files cold", Seconds(start), "s");
    report_.Add("reopen, read from the disk", static_cast<double>(DiskBytesRead() - read_before) / 1e6, "MB");
    std::vector<double> ms;
    for (size_t i = 0; i < std::min<size_t>(50, texts.size()); ++i) {
      const auto asked = Clock::now();
      RETURN_IF_ERROR(Ask(texts[i], {}).status());
      ms.push_back(Seconds(asked) * 1e3);
      if (i == 0) report_.Add("reopen to first answer, files cold", Seconds(start), "s");
    }
    report_.Add("reopen to 50th answer, files cold", Seconds(start), "s");
    report_.Add("first 50 lookups cold, p50", At(&ms, .5), "ms");
    report_.Add("first 50 lookups cold, p90", At(&ms, .9), "ms");
    report_.Add("first 50 lookups cold, p99", At(&ms, .99), "ms");
    report_.Add("read from the disk until then", static_cast<double>(DiskBytesRead() - read_before) / 1e6, "MB");
    report_.Add("resident after reopening and 50 lookups", ResidentMb(), "MB");
    return absl::OkStatus();
  }

  // Every stored source against each query: how many reach each threshold, and does the lookup say the same?
  absl::Status Recall() {
    std::vector<std::string> asked;
    for (const std::string& file : arguments_.queries) {
      ASSIGN_OR_RETURN(const std::vector<std::string> texts, Texts(file));
      const size_t n = std::min(arguments_.recall_queries / arguments_.queries.size(), texts.size());
      asked.insert(asked.end(), texts.begin(), texts.begin() + static_cast<ptrdiff_t>(n));
    }
    std::vector<ScoreCounts> counts;
    const auto start = Clock::now();
    {
      ASSIGN_OR_RETURN(const std::vector<Pair> pairs, ReadBitext(arguments_.memory, arguments_.from, arguments_.to));
      counts = CountByBruteForce(pairs, asked, arguments_.from, arguments_.to);
    }
    const double took = Seconds(start);
    uint64_t checked = 0, wrong = 0, matches = 0;
    PenaltyTable none;
    none.ambiguous = none.fallback = none.alignment = none.machine = none.draft = 0;
    for (size_t i = 0; i < asked.size(); ++i) {
      for (int threshold = kBruteForceFrom; threshold <= 100; ++threshold) {
        uint64_t expected = 0;
        for (const auto& [score, count] : counts[i]) expected += score >= threshold ? count : 0;
        ASSIGN_OR_RETURN(
            const LookupResult got,
            Ask(asked[i], {.threshold = threshold, .max_results = 1, .want_total = true, .penalties = none}));
        ++checked;
        matches += expected;
        if (got.total == expected) continue;
        if (++wrong <= 5) {
          std::printf("WRONG at %d: %llu instead of %llu for %s\n", threshold,
                      static_cast<unsigned long long>(got.total), static_cast<unsigned long long>(expected),
                      asked[i].c_str());
        }
      }
    }
    std::printf("\n");
    report_.Add("recall: queries x thresholds checked", static_cast<double>(checked), "");
    report_.Add("recall: matches expected", static_cast<double>(matches), "");
    report_.Add("recall: differences from brute force", static_cast<double>(wrong), "");
    report_.Add("recall: brute force took", took, "s");
    return wrong == 0 ? absl::OkStatus() : Internal("the index and brute force disagree");
  }

  const Arguments& arguments_;
  Report report_;
  Kv* kv_ = nullptr;
  std::unique_ptr<TranslationMemory> tm_;
};  // namespace

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  reprise::bench::Arguments arguments;
  arguments.dir = std::filesystem::temp_directory_path() / "reprise_search_bench";
  CLI::App app{"Measures load, disk, lookups, writes, reopening and recall of one memory"};
  app.add_option("--memory", arguments.memory, "TSV of the memory (bench/corpus_generator makes them)")->required();
  app.add_option("--queries", arguments.queries, "TSV of queries, may be given several times")->required();
  app.add_option("--from", arguments.from, "source locale");
  app.add_option("--to", arguments.to, "target locale");
  app.add_option("--dir", arguments.dir, "store, removed before and after");
  app.add_option("--count", arguments.count, "queries of each file");
  app.add_option("--cache-mb", arguments.cache_mb, "budget of index pages");
  app.add_option("--block-cache-mb", arguments.block_cache_mb, "budget of the engine's blocks; 0 = as the server");
  app.add_option("--recall", arguments.recall_queries, "queries to compare with brute force at every threshold");
  app.add_option("--writes", arguments.writes, "single writes a client; 0 = none");
  app.add_option("--beside", arguments.beside, "TSV that is imported while lookups are timed");
  app.add_option("--json", arguments.json, "file for the figures");
  app.add_option("--thresholds", arguments.thresholds, "thresholds to measure");
  app.add_flag("--hard", arguments.hard, "also ask queries that are hard by their shape");
  app.add_option("--passes", arguments.passes, "timed passes over the queries");
  app.add_flag("!--no-fill", arguments.fill, "do not measure lookups with a floor");
  app.add_flag("!--no-all", arguments.all, "do not measure lookups with a total");
  app.add_flag("--keep", arguments.keep, "leave the store");
  app.add_flag("--reuse", arguments.reuse, "use the store that an earlier run left");
  app.add_flag("--only-reopen", arguments.only_reopen,
               "measure only how that store opens when its files are cold; keeps it");
  app.add_flag("!--no-merge", arguments.merge, "do not merge the runs after the load");
  CLI11_PARSE(app, argc, argv);
  reprise::bench::Bench bench(arguments);
  const absl::Status status = bench.Run();
  if (!status.ok()) std::fprintf(stderr, "search_bench: %s\n", reprise::MessageOf(status).c_str());
  return status.ok() ? 0 : 1;
}
