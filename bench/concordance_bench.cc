// Concordance at size, in process: the first page of searches for words, phrases, wildcards and regular expressions
// that are made of the sentences of a file.
//
//   search_bench --memory 1m.tsv --queries 1m.queries.tsv --dir STORE --keep ...
//   concordance_bench --dir STORE --queries 1m.queries.tsv
//
// The store is one that search_bench left. Each search is asked once to warm up and once for the clock; a search made
// of a stored sentence finds something.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "bench/corpus.h"
#include "engine/translation_memory.h"
#include "text/tokenize.h"
#include "text/utf8.h"

namespace reprise::bench {
namespace {

struct Arguments {
  std::string dir, queries, from = "en", to = "de";
  std::string kind;    // only the kinds whose name holds this
  size_t count = 500;  // searches of each kind
  bool slowest = false;
  std::string ask;  // this alone
  bool regex = false;
  bool cpu = false;
};

// Now, by the clock or as the thread's processor time.
double Milliseconds(bool cpu) {
  timespec now{};
  clock_gettime(cpu ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

using Words = std::vector<std::string>;  // of one sentence, in their order, side by side unless "" stands between

// The words of a sentence; "" where something else stands.
Words WordsOf(const std::string& text) {
  Words words;
  for (const Token& token : Tokenize({.text = text, .codes = {}})) {
    words.push_back(token.cls == TokenClass::kWord ? token.key : "");
  }
  return words;
}

class Bench {
 public:
  explicit Bench(const Arguments& arguments) : arguments_(arguments) {}

  absl::Status Run() {
    ASSIGN_OR_RETURN(tm_, TranslationMemory::Open({.data_dir = arguments_.dir}));
    ASSIGN_OR_RETURN(const std::vector<Row> rows, ReadRows(arguments_.queries, arguments_.from, arguments_.to));
    for (const Row& row : rows) sentences_.push_back(WordsOf(row.source));
    if (sentences_.empty()) return InvalidArgument(arguments_.queries + " has no sentences");
    std::printf("%-28s %9s %9s %9s %9s %9s | %8s\n", "ms, first page of 20", "mean", "p50", "p95", "p99", "max",
                "hits");
    if (!arguments_.ask.empty()) return Kind("asked", {.regex = arguments_.regex}, [this] { return arguments_.ask; });
    for (int n = 1; n <= 3; ++n) {
      RETURN_IF_ERROR(Kind(std::to_string(n) + (n == 1 ? " word" : " words"), {}, [n, this] { return Apart(n); }));
    }
    RETURN_IF_ERROR(Kind("phrase of two", {}, [this] { return "\"" + Beside(2) + "\""; }));
    RETURN_IF_ERROR(Kind("phrase of three", {}, [this] { return "\"" + Beside(3) + "\""; }));
    RETURN_IF_ERROR(Kind("prefix of four letters*", {}, [this] { return Part(0, 4) + "*"; }));
    RETURN_IF_ERROR(Kind("*four letters*", {}, [this] { return "*" + Part(1, 4) + "*"; }));
    RETURN_IF_ERROR(Kind("*ending of four", {}, [this] { return "*" + Part(2, 4); }));
    RETURN_IF_ERROR(Kind("one word, fuzzy", {.fuzzy = true}, [this] { return Apart(1); }));
    RETURN_IF_ERROR(Kind("two words, fuzzy", {.fuzzy = true}, [this] { return Apart(2); }));
    RETURN_IF_ERROR(Kind("one word, guessed targets", {}, [this] { return Apart(1); }, {.guess = true}));
    return Kind("regex with four letters", {.regex = true}, [this] { return Part(0, 4) + "\\w+ \\w+"; });
  }

 private:
  const Words& Sentence() { return sentences_[random_() % sentences_.size()]; }

  // `n` words of one sentence, anywhere in it.
  std::string Apart(int n) {
    std::string out;
    for (const Words* words = &Sentence(); n > 0; --n) {
      std::string word;
      for (int tries = 0; word.empty() && tries < 20; ++tries) word = (*words)[random_() % words->size()];
      if (!word.empty()) out += (out.empty() ? "" : " ") + word;
    }
    return out.empty() ? "the" : out;
  }

  // `n` words that stand side by side.
  std::string Beside(size_t n) {
    for (int tries = 0; tries < 100; ++tries) {
      const Words& words = Sentence();
      const size_t begin = random_() % words.size();
      std::string out;
      size_t i = begin;
      for (; i < begin + n && i < words.size() && !words[i].empty(); ++i) out += (out.empty() ? "" : " ") + words[i];
      if (i == begin + n) return out;
    }
    return "of the";
  }

  // `letters` ASCII letters of a longer word: its first (0), some inside (1), its last (2).
  std::string Part(int where, size_t letters) {
    for (int tries = 0; tries < 100; ++tries) {
      const std::string word = Apart(1);
      if (word.size() < letters + 2 || !IsAscii(word) || word.find(' ') != std::string::npos) continue;
      const size_t begin = where == 0 ? 0 : where == 1 ? 1 : word.size() - letters;
      return word.substr(begin, letters);
    }
    return "file";
  }

  absl::Status Kind(const std::string& name, ConcordanceQuery query, const std::function<std::string()>& make,
                    const ConcordanceOptions& options = {}) {
    if (name.find(arguments_.kind) == std::string::npos) return absl::OkStatus();
    query.source_locale = arguments_.from;
    query.target_locale = arguments_.to;
    random_.seed(1);
    Times times;
    std::pair<double, std::string> slowest;
    size_t hits = 0;
    for (size_t i = 0; i < arguments_.count; ++i) {
      query.source_text = make();
      for (const bool timed : {false, true}) {
        const double start = Milliseconds(arguments_.cpu);
        ASSIGN_OR_RETURN(const ConcordanceResult result, tm_->Concordance({{.name = "bench"}}, query, options, {}));
        if (!timed) continue;
        const double ms = Milliseconds(arguments_.cpu) - start;
        times.Add(ms);
        slowest = std::max(slowest, {ms, query.source_text});
        hits += result.hits.size();
      }
    }
    std::printf("%-28s %9.2f %9.2f %9.2f %9.2f %9.2f | %8.1f\n", name.c_str(), times.Mean(), times.At(.5),
                times.At(.95), times.At(.99), times.At(1),
                static_cast<double>(hits) / static_cast<double>(arguments_.count));
    if (arguments_.slowest) std::printf("    %s\n", slowest.second.c_str());
    std::fflush(stdout);
    return absl::OkStatus();
  }

  const Arguments& arguments_;
  std::unique_ptr<TranslationMemory> tm_;
  std::vector<Words> sentences_;
  std::mt19937_64 random_{1};
};

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  reprise::bench::Arguments arguments;
  CLI::App app{"Measures concordance searches on a store that search_bench left"};
  app.add_option("--dir", arguments.dir, "the store")->required();
  app.add_option("--queries", arguments.queries, "TSV of sentences whose words are asked")->required();
  app.add_option("--from", arguments.from, "source locale");
  app.add_option("--to", arguments.to, "target locale");
  app.add_option("--count", arguments.count, "searches of each kind");
  app.add_option("--kind", arguments.kind, "only the kinds whose name holds this");
  app.add_option("--ask", arguments.ask, "this search alone instead of made ones");
  app.add_flag("--regex", arguments.regex, "what is asked is a regular expression");
  app.add_flag("--cpu", arguments.cpu, "processor time of the searching thread, not the clock's");
  app.add_flag("--slowest", arguments.slowest, "names the slowest search of each kind");
  CLI11_PARSE(app, argc, argv);
  const absl::Status status = reprise::bench::Bench(arguments).Run();
  if (!status.ok()) std::fprintf(stderr, "concordance_bench: %s\n", reprise::MessageOf(status).c_str());
  return status.ok() ? 0 : 1;
}
