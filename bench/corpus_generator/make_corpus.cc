// make_corpus: a memory of any size out of a real one, and queries for it. corpus_generator.h says what it makes.
//
//   make_corpus --pairs 10000000 --seed 1 --from en --to de libreoffice.en-de.tsv.zst -o 10m.tsv --queries 1000
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "bench/corpus_generator/corpus_generator.h"
#include "text/locale.h"

namespace reprise::bench {
namespace {

struct Arguments {
  std::vector<std::string> inputs;
  std::string out, queries_file, held_out_file;
  CorpusOptions options;
};

class FileSink : public ByteSink {
 public:
  explicit FileSink(const std::string& name) : name_(name), file_(std::fopen(name.c_str(), "wb")) {}
  ~FileSink() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  absl::Status Write(std::string_view bytes) override {
    if (file_ == nullptr) return Unavailable(name_ + " cannot be written");
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) return absl::OkStatus();
    return Unavailable(name_ + ": writing failed; is the disk full?");
  }
  absl::Status Close() {
    std::FILE* file = file_;
    file_ = nullptr;
    if (file != nullptr && std::fclose(file) == 0) return absl::OkStatus();
    return Unavailable(name_ + ": writing failed; is the disk full?");
  }

 private:
  const std::string name_;
  std::FILE* file_;
};

// "10m.tsv" and "queries" -> "10m.queries.tsv".
std::string Beside(const std::string& out, const std::string& what) {
  const std::string end = ".tsv";
  const bool has_end = out.size() > end.size() && out.compare(out.size() - end.size(), end.size(), end) == 0;
  return (has_end ? out.substr(0, out.size() - end.size()) : out) + "." + what + end;
}

absl::Status SaveQueries(const std::vector<CorpusQuery>& queries, const CorpusOptions& options,
                         const std::string& file) {
  if (queries.empty()) return absl::OkStatus();
  FileSink sink(file);
  RETURN_IF_ERROR(WriteQueries(queries, options, &sink));
  RETURN_IF_ERROR(sink.Close());
  std::fprintf(stderr, "%zu queries in %s\n", queries.size(), file.c_str());
  return absl::OkStatus();
}

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

absl::Status Run(Arguments arguments) {
  CorpusOptions& options = arguments.options;
  ASSIGN_OR_RETURN(options.from, CanonicalLocale(options.from));
  ASSIGN_OR_RETURN(options.to, CanonicalLocale(options.to));
  auto start = std::chrono::steady_clock::now();
  std::vector<Pair> real;
  for (const std::string& input : arguments.inputs) {
    ASSIGN_OR_RETURN(std::vector<Pair> pairs, ReadBitext(input, options.from, options.to));
    real.insert(real.end(), std::make_move_iterator(pairs.begin()), std::make_move_iterator(pairs.end()));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<CorpusGenerator> corpus, CorpusGenerator::Create(std::move(real), options));
  std::fprintf(stderr, "%llu distinct real pairs, %.1f s to read and prepare\n",
               static_cast<unsigned long long>(corpus->real_pairs()), Seconds(start));
  start = std::chrono::steady_clock::now();
  FileSink out(arguments.out);
  RETURN_IF_ERROR(corpus->Write(&out));
  RETURN_IF_ERROR(out.Close());
  const double seconds = Seconds(start);
  std::fprintf(stderr, "%llu pairs in %s, %.1f s, %.0f pairs/s\n", static_cast<unsigned long long>(corpus->pairs()),
               arguments.out.c_str(), seconds, static_cast<double>(corpus->pairs()) / seconds);
  const auto name = [&](const std::string& given, const char* what) {
    return given.empty() ? Beside(arguments.out, what) : given;
  };
  RETURN_IF_ERROR(SaveQueries(corpus->queries(), options, name(arguments.queries_file, "queries")));
  return SaveQueries(corpus->held_out(), options, name(arguments.held_out_file, "held_out"));
}

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  reprise::bench::Arguments arguments;
  reprise::bench::CorpusOptions& options = arguments.options;
  CLI::App app{"Makes a translation memory of any size out of a real one"};
  app.add_option("INPUT", arguments.inputs, "TSV or TMX, also .gz and .zst [samples/diplomacy.tmx]");
  app.add_option("-o,--out", arguments.out, "the memory, TSV")->required();
  app.add_option("--from", options.from, "source locale")->capture_default_str();
  app.add_option("--to", options.to, "target locale")->capture_default_str();
  app.add_option("--pairs", options.pairs, "lines to make; 0 = the distinct real pairs only")->capture_default_str();
  app.add_option("--seed", options.seed, "same seed, same bytes")->capture_default_str();
  app.add_option("--tokens", options.mean_tokens, "tokens of a made source on average, about; 0 = as the input is")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.add_option("--queries", options.queries, "perturbed lines, 5 to 50 % of the words changed, none in the memory");
  app.add_option("--held-out", options.held_out, "real sentences that are kept out of the memory");
  app.add_option("--queries-file", arguments.queries_file, "where the queries go [OUT.queries.tsv]");
  app.add_option("--held-out-file", arguments.held_out_file, "where the held-out sentences go [OUT.held_out.tsv]");
  app.add_flag("--hard", options.hard, "one pair again and again with small changes: the worst case for a filter");
  app.add_option("--threads", options.threads, "0 = all processors")->check(CLI::Range(0, 256));
  CLI11_PARSE(app, argc, argv);
  if (arguments.inputs.empty()) arguments.inputs = {REPRISE_SOURCE_DIR "/samples/diplomacy.tmx"};
  const absl::Status status = reprise::bench::Run(std::move(arguments));
  if (status.ok()) return 0;
  std::fprintf(stderr, "make_corpus: %s\n", reprise::MessageOf(status).c_str());
  return 1;
}
