// Ours among the peers: one memory into the engine, the queries one after the other, one line of output each.
// bench/peers/run starts it and makes the JSONs.
//
//   reprise_lookup --memory M.tsv --queries Q.tsv --from en --to de --seconds 60 --dir SCRATCH --out ANSWERS
//
// Out: a line "load_seconds disk_bytes units queries", then for each setting and each query that was done "setting TAB
// milliseconds TAB processor milliseconds TAB found TAB target". A stored text that is not found ends it: a wrong
// answer is not timed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "bench/corpus_generator/bitext.h"
#include "engine/translation_memory.h"
#include "formats/delimited.h"

namespace reprise::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kMemory[] = "peers";
constexpr size_t kWarmUp = 200;
constexpr size_t kChecks = 100;

struct Arguments {
  std::string memory, queries, from = "en", to = "de", dir, out;
  double seconds = 60;
};

struct Setting {
  const char* name;
  LookupOptions options;
};

double Seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

absl::StatusOr<uint64_t> Import(TranslationMemory* tm, const Arguments& arguments) {
  RETURN_IF_ERROR(tm->CreateMemory({.name = kMemory}).status());
  ImportOptions options{.format = Format::kTsv, .source_locale = arguments.from, .target_locale = arguments.to};
  ASSIGN_OR_RETURN(std::unique_ptr<Importer> importer, tm->StartImport(kMemory, options, nullptr));
  std::ifstream in(arguments.memory, std::ios::binary);
  if (!in) return NotFound(arguments.memory + " cannot be read");
  std::string chunk(size_t{1} << 18, '\0');
  while (in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    RETURN_IF_ERROR(importer->Feed(std::string_view(chunk).substr(0, static_cast<size_t>(in.gcount()))));
  }
  ASSIGN_OR_RETURN(const ImportReport report, importer->Finish());
  RETURN_IF_ERROR(tm->Seal());
  return report.added + report.updated + report.merged;
}

class Asker {
 public:
  Asker(TranslationMemory* tm, const Arguments& arguments) : tm_(*tm), arguments_(arguments) {}

  absl::StatusOr<LookupResult> Ask(const std::string& text, const LookupOptions& options) const {
    Query query;
    query.content.text = text;
    query.source_locale = arguments_.from;
    query.target_locale = arguments_.to;
    return tm_.Lookup({{.name = kMemory}}, query, options, {});
  }

  absl::Status Check(const std::vector<Pair>& memory) const {
    for (size_t i = 0; i < memory.size(); i += std::max<size_t>(1, memory.size() / kChecks)) {
      ASSIGN_OR_RETURN(const LookupResult result, Ask(memory[i].source, {.threshold = 98}));
      if (result.matches.empty()) return Internal("a stored text was not found: " + memory[i].source);
    }
    return absl::OkStatus();
  }

  absl::Status Measure(const Setting& setting, const std::vector<Pair>& queries, std::ostream* out) const {
    auto start = Clock::now();
    for (size_t i = 0; i < std::min(kWarmUp, queries.size()) && Seconds(start) < arguments_.seconds / 10; ++i) {
      RETURN_IF_ERROR(Ask(queries[i].source, setting.options).status());
    }
    start = Clock::now();
    for (size_t i = 0; i < queries.size() && Seconds(start) < arguments_.seconds; ++i) {
      const double cpu = CpuSeconds();
      const auto asked = Clock::now();
      ASSIGN_OR_RETURN(const LookupResult result, Ask(queries[i].source, setting.options));
      const double took = Seconds(asked), busy = CpuSeconds() - cpu;
      std::string target;
      if (!result.matches.empty()) EscapeCell(result.matches[0].target.content.text, &target);
      *out << absl::StrFormat("%s\t%.6f\t%.6f\t%d\t%s\n", setting.name, took * 1e3, busy * 1e3, !result.matches.empty(),
                              target);
    }
    return absl::OkStatus();
  }

 private:
  TranslationMemory& tm_;
  const Arguments& arguments_;
};

absl::Status Run(const Arguments& arguments) {
  ASSIGN_OR_RETURN(const std::vector<Pair> queries, ReadBitext(arguments.queries, arguments.from, arguments.to));
  if (std::filesystem::exists(arguments.dir)) {
    return AlreadyExists(arguments.dir + " exists; give a folder that can be made and removed");
  }
  ASSIGN_OR_RETURN(std::unique_ptr<TranslationMemory> tm, TranslationMemory::Open({.data_dir = arguments.dir}));
  const auto start = Clock::now();
  ASSIGN_OR_RETURN(const uint64_t units, Import(tm.get(), arguments));
  const double load_seconds = Seconds(start);
  ASSIGN_OR_RETURN(const MemoryStats stats, tm->Stats(kMemory));
  std::ofstream out(arguments.out, std::ios::binary);
  out << absl::StrFormat("%.3f %d %d %d\n", load_seconds, stats.disk_bytes, units, queries.size());
  const Asker asker(tm.get(), arguments);
  {
    ASSIGN_OR_RETURN(const std::vector<Pair> memory, ReadBitext(arguments.memory, arguments.from, arguments.to));
    RETURN_IF_ERROR(asker.Check(memory));
  }
  for (const Setting& setting :
       {Setting{"best 5 from 70", {}}, Setting{"best 1, floor 30", {.floor = 30, .max_results = 1}},
        Setting{"best 1, floor 30 by relevance", {.floor = 30, .max_results = 1, .order = MatchOrder::kRelevance}},
        Setting{"floor 30 by relevance", {.floor = 30, .order = MatchOrder::kRelevance}}}) {
    RETURN_IF_ERROR(asker.Measure(setting, queries, &out));
  }
  out.close();
  return out ? absl::OkStatus() : Unavailable(arguments.out + " could not be written");
}

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  reprise::bench::Arguments arguments;
  CLI::App app{"Looks queries up in a memory, in process; bench/peers/run starts it"};
  app.add_option("--memory", arguments.memory, "TSV")->required();
  app.add_option("--queries", arguments.queries, "TSV")->required();
  app.add_option("--from", arguments.from, "source locale")->capture_default_str();
  app.add_option("--to", arguments.to, "target locale")->capture_default_str();
  app.add_option("--seconds", arguments.seconds, "for the queries of one setting")->capture_default_str();
  app.add_option("--dir", arguments.dir, "where the store goes; must not exist, is removed")->required();
  app.add_option("--out", arguments.out, "where the answers go")->required();
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = reprise::bench::Run(arguments);
  if (!absl::IsAlreadyExists(status)) std::filesystem::remove_all(arguments.dir);
  if (status.ok()) return 0;
  std::fprintf(stderr, "reprise_lookup: %s\n", reprise::MessageOf(status).c_str());
  return 1;
}
