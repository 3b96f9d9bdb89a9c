// One corpus, measured end to end in process: import rate, lookup times, quality of the best match.
//
//   memory_bench --from en --to de libreoffice.en-de.tsv
//
// Quality (design, "Data"): distinct source key forms of at least 4 words ordered by SHA-256, the first 1,000 are
// queries; every pair with such a source leaves the memory; reference = the first target in the file; mean chrF2 of the
// best match, no match counts 0. Word Levenshtein over the same memory is measured beside it by brute force. Answers
// are checked before times are taken: every query that is a stored text must come back at 99 or more.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <map>

#include "CLI/CLI.hpp"
#include "bench/chrf.h"
#include "bench/corpus.h"
#include "engine/translation_memory.h"
#include "text/locale.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::bench {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

double WordLevenshtein(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b, std::vector<uint32_t>* row) {
  row->resize(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) (*row)[j] = static_cast<uint32_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    uint32_t diagonal = (*row)[0];
    (*row)[0] = static_cast<uint32_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      uint32_t up = (*row)[j];
      (*row)[j] = std::min({up + 1, (*row)[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = up;
    }
  }
  size_t longest = std::max(a.size(), b.size());
  return longest == 0 ? 0 : 1.0 - static_cast<double>((*row)[b.size()]) / static_cast<double>(longest);
}

double LevenshteinQuality(const std::vector<Row>& memory, const std::vector<Row>& queries, double floor) {
  std::map<std::string, uint32_t> ids;
  auto words = [&ids](const std::string& key) {
    std::vector<uint32_t> out;
    for (const Token& t : TokenizeKeyForm(key)) {
      if (t.cls == TokenClass::kWord) out.push_back(ids.try_emplace(t.key, ids.size()).first->second);
    }
    return out;
  };
  std::vector<std::vector<uint32_t>> rows;
  rows.reserve(memory.size());
  for (const Row& row : memory) rows.push_back(words(row.key));
  double sum = 0;
  std::vector<uint32_t> scratch;
  for (const Row& query : queries) {
    std::vector<uint32_t> q = words(query.key);
    double best = floor;
    const Row* found = nullptr;
    for (size_t i = 0; i < rows.size(); ++i) {
      double longest = static_cast<double>(std::max(q.size(), rows[i].size()));
      double shortest = static_cast<double>(std::min(q.size(), rows[i].size()));
      if (longest == 0 || shortest / longest <= best) continue;
      double s = WordLevenshtein(q, rows[i], &scratch);
      if (s > best) {
        best = s;
        found = &memory[i];
      }
    }
    if (found != nullptr) sum += ChrF2(found->target, query.target);
  }
  return sum / static_cast<double>(queries.size());
}

Query Ask(const std::string& text, const std::string& from, const std::string& to) {
  Query query;
  query.content.text = text;
  query.source_locale = from;
  query.target_locale = to;
  return query;
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "memory_bench: %s\n", MessageOf(status).c_str());
  return 1;
}

absl::Status Load(TranslationMemory* tm, const std::vector<Row>& rows, const std::string& from, const std::string& to) {
  RETURN_IF_ERROR(tm->CreateMemory({.name = "bench"}).status());
  for (size_t begin = 0; begin < rows.size(); begin += kMaxBatch) {
    std::vector<Unit> units;
    for (size_t i = begin; i < std::min(rows.size(), begin + kMaxBatch); ++i) {
      Unit unit;
      unit.source_locale = from;
      unit.variants.resize(2);
      unit.variants[0].locale = from;
      unit.variants[0].content.text = rows[i].source;
      unit.variants[1].locale = to;
      unit.variants[1].content.text = rows[i].target;
      units.push_back(std::move(unit));
    }
    RETURN_IF_ERROR(tm->PutUnits("bench", std::move(units), {.policy = DuplicatePolicy::kKeepAll}).status());
  }
  return absl::OkStatus();
}

int Run(const std::string& file, const std::string& from, const std::string& to, const std::string& dir, size_t count) {
  auto rows = ReadRows(file, from, to);
  if (!rows.ok()) return Fail(rows.status());
  const HeldOut parts = HoldOut(*std::move(rows), count);
  const std::vector<Row>& queries = parts.queries;
  const std::vector<Row>& memory = parts.memory;
  std::filesystem::remove_all(dir);
  auto tm = TranslationMemory::Open({.data_dir = dir});
  if (!tm.ok()) return Fail(tm.status());
  auto start = Clock::now();
  if (absl::Status status = Load(tm->get(), memory, from, to); !status.ok()) return Fail(status);
  std::printf("loaded %zu pairs, %.0f pairs/s (put in batches of %zu, one thread)\n", memory.size(),
              static_cast<double>(memory.size()) / Seconds(start), kMaxBatch);
  for (size_t i = 0; i < memory.size(); i += 997) {
    auto result = (*tm)->Lookup({{.name = "bench"}}, Ask(memory[i].source, from, to), {.threshold = 98}, {});
    if (!result.ok()) return Fail(result.status());
    if (result->matches.empty()) return Fail(Internal("a stored text was not found: " + memory[i].source));
  }
  struct Case {
    const char* name;
    LookupOptions options;
  };
  std::vector<Case> cases = {{"best 5 at >= 70", {}},
                             {"all at >= 70", {.max_results = 1000, .want_total = true}},
                             {"best 5 at >= 50", {.threshold = 50}},
                             {"best 5, floor 30, relevance", {.floor = 30, .order = MatchOrder::kRelevance}}};
  std::printf("%-30s %8s %8s %8s %8s %8s %7s\n", "held-out queries, ms", "mean", "p50", "p95", "p99", "max", "chrF2");
  for (const Case& c : cases) {
    Times times;
    double chrf = 0;
    for (int pass = 0; pass < 2; ++pass) {  // the second is warm and is the one that counts
      times = Times();
      chrf = 0;
      for (const Row& query : queries) {
        start = Clock::now();
        auto result = (*tm)->Lookup({{.name = "bench"}}, Ask(query.source, from, to), c.options, {});
        times.Add(Seconds(start) * 1e3);
        if (!result.ok()) return Fail(result.status());
        if (!result->matches.empty()) chrf += ChrF2(result->matches[0].target.content.text, query.target);
      }
    }
    std::printf("%-30s %8.3f %8.3f %8.3f %8.3f %8.3f %7.1f\n", c.name, times.Mean(), times.At(.5), times.At(.95),
                times.At(.99), times.At(1), chrf / static_cast<double>(queries.size()));
  }
  std::printf("word Levenshtein by brute force over the same memory: chrF2 %.1f with floor 30, %.1f without\n",
              LevenshteinQuality(memory, queries, 0.3), LevenshteinQuality(memory, queries, 0));
  tm->reset();
  std::filesystem::remove_all(dir);
  return 0;
}

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  std::string file, from = "en", to = "de", dir = std::filesystem::temp_directory_path() / "reprise_memory_bench";
  size_t count = 1000;
  CLI::App app{"Measures load, lookups and quality on a corpus of aligned sentences (TSV, not compressed)"};
  app.add_option("FILE", file, "TSV with source_lang, target_lang, source, target")->required();
  app.add_option("--from", from, "source locale");
  app.add_option("--to", to, "target locale");
  app.add_option("--dir", dir, "scratch directory, removed before and after");
  app.add_option("--queries", count, "held-out queries");
  CLI11_PARSE(app, argc, argv);
  return reprise::bench::Run(file, from, to, dir, count);
}
