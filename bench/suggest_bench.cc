// Suggest and the parts of a lookup at size, in process: the times of keystrokes, of fragments and of shared parts.
//
//   suggest_bench --memory 1m.tsv --queries 1m.queries.tsv
//
// Types the reference translation of each query letter by letter, each keystroke without a cache, as a unary call has
// none, then with one, as a stream has. One thread; each query is asked once before the clock runs. A keystroke
// counts as a hit if the reference goes on as the first completion does, for a letter at least.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "bench/corpus.h"
#include "bench/corpus_generator/bitext.h"
#include "engine/translation_memory.h"
#include "text/notation.h"

namespace reprise::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kMemory[] = "bench";

struct Arguments {
  std::string memory, queries, dir, from = "en", to = "de";
  size_t count = 1000, step = 4;
  bool reuse = false, keep = false;
};

double MsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void Print(const char* what, const Times& times) {
  std::printf("%-36s %8zu calls  p50 %8.3f  p90 %8.3f  p99 %8.3f  max %8.3f ms\n", what, times.size(), times.At(.5),
              times.At(.9), times.At(.99), times.At(1));
  std::fflush(stdout);
}

absl::Status Load(TranslationMemory* tm, const Arguments& arguments) {
  RETURN_IF_ERROR(tm->CreateMemory({.name = kMemory}).status());
  const ImportOptions options{.format = Format::kTsv, .source_locale = arguments.from, .target_locale = arguments.to};
  ASSIGN_OR_RETURN(std::unique_ptr<Importer> importer, tm->StartImport(kMemory, options, nullptr));
  std::ifstream in(arguments.memory, std::ios::binary);
  if (!in) return NotFound(arguments.memory + " cannot be read");
  std::string chunk(size_t{1} << 18, '\0');
  while (in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    RETURN_IF_ERROR(importer->Feed(std::string_view(chunk).substr(0, static_cast<size_t>(in.gcount()))));
  }
  RETURN_IF_ERROR(importer->Finish().status());
  return tm->Merge({});
}

struct Typing {
  Times unary, stream;
  size_t keystrokes = 0, answered = 0, hits = 0;
};

absl::Status Type(TranslationMemory* tm, const Query& query, const std::string& reference, size_t step, Typing* out) {
  const std::vector<MemoryRef> memories = {{.name = kMemory}};
  const std::u32string whole = ToCodePoints(reference);
  SuggestCache cache;
  for (size_t typed = 0; typed < whole.size(); typed += step) {
    const std::string prefix = FromCodePoints(std::u32string_view(whole).substr(0, typed));
    if (typed == 0) RETURN_IF_ERROR(tm->Suggest(memories, query, prefix, {}, {}, nullptr).status());
    auto start = Clock::now();
    ASSIGN_OR_RETURN(const SuggestResult alone, tm->Suggest(memories, query, prefix, {}, {}, nullptr));
    out->unary.Add(MsSince(start));
    start = Clock::now();
    ASSIGN_OR_RETURN(const SuggestResult cached, tm->Suggest(memories, query, prefix, {}, {}, &cache));
    out->stream.Add(MsSince(start));
    if (alone.completions.size() != cached.completions.size()) return Internal("the cache changes the answer");
    ++out->keystrokes;
    if (alone.completions.empty()) continue;
    ++out->answered;
    const std::u32string append = ToCodePoints(alone.completions[0].append);
    size_t first = 0;
    while (first < append.size() && append[first] == U' ') ++first;
    const std::u32string_view rest = std::u32string_view(whole).substr(typed);
    out->hits += first < append.size() && rest.substr(0, first + 1) == std::u32string_view(append).substr(0, first + 1);
  }
  return absl::OkStatus();
}

absl::Status Run(const Arguments& arguments) {
  if (!arguments.reuse) std::filesystem::remove_all(arguments.dir);
  ASSIGN_OR_RETURN(std::unique_ptr<TranslationMemory> tm, TranslationMemory::Open({.data_dir = arguments.dir}));
  if (!arguments.reuse) RETURN_IF_ERROR(Load(tm.get(), arguments));
  ASSIGN_OR_RETURN(std::vector<Pair> pairs, ReadBitext(arguments.queries, arguments.from, arguments.to));
  if (pairs.size() > arguments.count) pairs.resize(arguments.count);
  const std::vector<MemoryRef> memories = {{.name = kMemory}};
  Typing typing;
  Times whole, parts;
  size_t fragments = 0, shared = 0, cut = 0;
  for (const Pair& pair : pairs) {
    Query query;
    query.content.text = pair.source;
    query.source_locale = arguments.from;
    query.target_locale = arguments.to;
    RETURN_IF_ERROR(Type(tm.get(), query, pair.target, arguments.step, &typing));
    for (const FragmentMode mode : {FragmentMode::kOff, FragmentMode::kAlways}) {
      LookupOptions options;
      options.fragments = mode;
      RETURN_IF_ERROR(tm->Lookup(memories, query, options, {}).status());
      const auto start = Clock::now();
      ASSIGN_OR_RETURN(const LookupResult found, tm->Lookup(memories, query, options, {}));
      (mode == FragmentMode::kOff ? whole : parts).Add(MsSince(start));
      fragments += found.fragments.size();
      shared += found.shared_parts.size();
      cut += found.fragments_cut || found.shared_parts_cut;
    }
  }
  Print("keystroke, no cache", typing.unary);
  Print("keystroke, cache", typing.stream);
  Print("lookup", whole);
  Print("lookup with fragments", parts);
  std::printf("of %zu keystrokes %zu have an answer, %zu a first completion that is right\n", typing.keystrokes,
              typing.answered, typing.hits);
  std::printf("%zu fragments, %zu shared parts of %zu queries, %zu cut\n", fragments, shared, pairs.size(), cut);
  tm.reset();
  if (!arguments.keep) std::filesystem::remove_all(arguments.dir);
  return absl::OkStatus();
}

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  reprise::bench::Arguments arguments;
  arguments.dir = std::filesystem::temp_directory_path() / "reprise_suggest_bench";
  CLI::App app{"Measures suggestions, fragments and shared parts of one memory"};
  app.add_option("--memory", arguments.memory, "TSV of the memory (bench/corpus_generator makes them)")->required();
  app.add_option("--queries", arguments.queries, "TSV of queries and their translations")->required();
  app.add_option("--from", arguments.from, "source locale");
  app.add_option("--to", arguments.to, "target locale");
  app.add_option("--dir", arguments.dir, "store, removed before and after");
  app.add_option("--count", arguments.count, "queries");
  app.add_option("--step", arguments.step, "letters from keystroke to keystroke")->check(CLI::Range(1, 100));
  app.add_flag("--keep", arguments.keep, "leave the store");
  app.add_flag("--reuse", arguments.reuse, "use the store that an earlier run left");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = reprise::bench::Run(arguments);
  if (!status.ok()) std::fprintf(stderr, "suggest_bench: %s\n", reprise::MessageOf(status).c_str());
  return status.ok() ? 0 : 1;
}
