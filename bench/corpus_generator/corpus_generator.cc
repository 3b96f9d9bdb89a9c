#include "bench/corpus_generator/corpus_generator.h"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "bench/corpus_generator/hold_out.h"
#include "formats/delimited.h"
#include "text/normalize.h"

namespace reprise::bench {
namespace {

constexpr uint64_t kBlockLines = 16384;  // what a thread makes at a time
constexpr uint64_t kQueryStream = uint64_t{1} << 63;
constexpr uint32_t kTriesPerQuery = 1000;

// FNV-1a. A collision costs a redrawn line, never a wrong one.
uint64_t KeyHash(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : KeyForm(text)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

std::string SourceOf(const Draft& draft) {
  std::string text;
  AppendText(draft.source, &text);
  return text;
}

void AppendCells(const CorpusOptions& options, const Pair& pair, std::string* out) {
  absl::StrAppend(out, options.from, "\t", options.to, "\t");
  EscapeCell(pair.source, out);
  out->push_back('\t');
  EscapeCell(pair.target, out);
}

// The pairs without those that came before.
std::vector<Pair> Distinct(std::vector<Pair> pairs) {
  std::unordered_set<std::string> seen;
  std::vector<Pair> out;
  for (Pair& pair : pairs) {
    if (seen.insert(absl::StrCat(pair.source, "\t", pair.target)).second) out.push_back(std::move(pair));
  }
  return out;
}

uint32_t ChangesFor(const Draft& draft, uint32_t percent) {
  std::vector<uint32_t> words;
  WordsOf(draft.source.pieces, &words);
  return std::max<uint32_t>(1, (static_cast<uint32_t>(words.size()) * percent + 50) / 100);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CorpusGenerator>> CorpusGenerator::Create(std::vector<Pair> real,
                                                                         const CorpusOptions& options) {
  HoldOutResult split = HoldOut(std::move(real), options.held_out);
  if (split.held_out.size() < options.held_out) {
    return InvalidArgument(absl::StrCat("only ", split.held_out.size(), " source texts of four words or more, ",
                                        options.held_out, " are to be held out; ask for fewer or give more text"));
  }
  if (split.kept.empty()) return InvalidArgument("no pair is left for the memory; give more text");
  std::vector<CorpusQuery> held_out;
  for (Pair& pair : split.held_out) held_out.push_back({std::move(pair.source), std::move(pair.target), 0});
  std::unique_ptr<CorpusGenerator> corpus(
      new CorpusGenerator(Distinct(std::move(split.kept)), options, std::move(held_out)));
  const bool makes = corpus->pairs() > corpus->real_pairs() || options.queries > 0 || options.hard;
  if (makes && corpus->pool_.bases().empty()) {
    return InvalidArgument(
        absl::StrCat("no pair has ", kLeastBaseWords, " words on both sides; nothing can be made of them"));
  }
  corpus->Calibrate();
  RETURN_IF_ERROR(corpus->MakeQueries());
  return corpus;
}

CorpusGenerator::CorpusGenerator(std::vector<Pair> real, const CorpusOptions& options,
                                 std::vector<CorpusQuery> held_out)
    : options_(options), pool_(std::move(real)), held_out_(std::move(held_out)) {
  if (options_.pairs == 0) options_.pairs = pool_.size();
  for (const CorpusQuery& query : held_out_) forbidden_.insert(KeyHash(query.source));
}

void CorpusGenerator::Calibrate() {
  if (pool_.bases().empty() || options_.mean_tokens == 0) return;
  const auto distance = [this](uint32_t i) {
    const int64_t pieces = static_cast<int64_t>(pool_.source(i).pieces.size());
    return pieces > options_.mean_tokens ? pieces - options_.mean_tokens : options_.mean_tokens - pieces;
  };
  hard_base_ = *std::min_element(pool_.bases().begin(), pool_.bases().end(),
                                 [&](uint32_t a, uint32_t b) { return distance(a) < distance(b); });
  // 85 lines in 100 are as long as the pairs drawn for them, 15 as two short ones (see MakeBase).
  const uint64_t wanted = 1000 * uint64_t{options_.mean_tokens};
  const uint64_t joined = pool_.short_bases().empty() ? pool_.mean_even() : 2 * pool_.mean_short();
  const uint64_t even = (85 * pool_.mean_even() + 15 * joined) / 100;
  const uint64_t longer = (85 * pool_.mean_long() + 15 * joined) / 100;
  if (wanted < even) {
    const uint64_t shorter = (85 * pool_.mean_short() + 15 * joined) / 100;
    if (pool_.short_bases().empty() || shorter >= even) return;
    mix_.shorter = static_cast<uint32_t>(std::min<uint64_t>(1000, 1000 * (even - wanted) / (even - shorter)));
    return;
  }
  if (wanted < longer) {
    mix_.longer = static_cast<uint32_t>(1000 * (wanted - even) / (longer - even));
    return;
  }
  mix_.longer = 1000;
  join_permille_ = static_cast<uint32_t>(1000 * (wanted - longer) / pool_.mean_long());
}

absl::Status CorpusGenerator::MakeQueries() {
  if (options_.queries == 0) return absl::OkStatus();
  std::unordered_set<uint64_t> stored;  // the real texts, and the lines that a query was made of
  for (size_t i = 0; i < pool_.size(); ++i) stored.insert(KeyHash(pool_.pair(i).source));
  const uint64_t tries = kTriesPerQuery * uint64_t{options_.queries};
  for (uint64_t i = 0; queries_.size() < options_.queries && i < tries; ++i) {
    Random random(options_.seed, kQueryStream + i);
    Draft draft = Make(random.Next() % options_.pairs);
    if (draft.source.pieces.size() > kMostBasePieces) continue;
    std::vector<uint32_t> words;
    WordsOf(draft.source.pieces, &words);
    if (words.size() < kLeastBaseWords) continue;
    const uint64_t base = KeyHash(SourceOf(draft));
    const uint32_t percent = random.Between(5, 50);
    Editor(pool_, &random).Edit(ChangesFor(draft, percent), &draft);
    Pair pair = TextOf(draft);
    const uint64_t key = KeyHash(pair.source);
    // A base that a query forbids would have to be made anew, and the query be left without the line it comes from.
    if (key == base || stored.count(key) != 0 || forbidden_.count(key) != 0 || forbidden_.count(base) != 0) continue;
    stored.insert(base);
    forbidden_.insert(key);
    queries_.push_back({std::move(pair.source), std::move(pair.target), percent});
  }
  if (queries_.size() == options_.queries) return absl::OkStatus();
  return InvalidArgument(absl::StrCat("only ", queries_.size(), " of ", options_.queries,
                                      " queries could be made that are not in the memory; give more text"));
}

bool CorpusGenerator::IsForbidden(const Draft& draft) const {
  return !forbidden_.empty() && forbidden_.count(KeyHash(SourceOf(draft))) != 0;
}

Draft CorpusGenerator::Make(uint64_t index) const {
  for (uint32_t attempt = 0;; ++attempt) {
    Draft draft = MakeOnce(index, attempt);
    if (!IsForbidden(draft)) return draft;
  }
}

// Each attempt makes one change more than the last, so that even a corpus of one sentence gets past what is forbidden.
Draft CorpusGenerator::MakeOnce(uint64_t index, uint32_t attempt) const {
  Random random(options_.seed + (uint64_t{attempt} << 32), index);
  if (options_.hard) {
    Draft draft = WholePair(pool_, hard_base_);
    Editor(pool_, &random).Edit(random.Between(1, 4) + attempt, &draft);
    return draft;
  }
  if (index < pool_.size() && (attempt == 0 || pool_.bases().empty())) {
    return WholePair(pool_, static_cast<uint32_t>(index));
  }
  Draft draft = MakeBase(&random);
  const uint32_t joins = (join_permille_ + random.Below(1000)) / 1000;
  for (uint32_t i = 0; i < joins; ++i) Join(pool_, pool_.DrawBase(mix_, &random), &draft);
  Editor(pool_, &random).Edit(ChangesFor(draft, random.Between(5, 40)) + attempt, &draft);
  return draft;
}

Draft CorpusGenerator::MakeBase(Random* random) const {
  const uint32_t kind = random->Below(100);
  if (kind < 40) return WholePair(pool_, pool_.DrawBase(mix_, random));
  const std::vector<uint32_t>& shorts = pool_.short_bases();
  if (kind < 55 && !shorts.empty()) {
    const uint32_t count = static_cast<uint32_t>(shorts.size());
    Draft draft = WholePair(pool_, shorts[random->Below(count)]);
    Join(pool_, shorts[random->Below(count)], &draft);
    return draft;
  }
  const uint32_t first = pool_.DrawBase(mix_, random);
  const uint32_t second = pool_.DrawBase(mix_, random);
  return Splice(pool_, first, second, random->Between(25, 75));
}

Pair CorpusGenerator::Line(uint64_t index) const { return TextOf(Make(index)); }

std::string CorpusGenerator::Block(uint64_t begin, uint64_t end) const {
  std::string out;
  for (uint64_t i = begin; i < end; ++i) {
    AppendCells(options_, Line(i), &out);
    out.push_back('\n');
  }
  return out;
}

absl::Status CorpusGenerator::Write(ByteSink* sink) const {
  RETURN_IF_ERROR(sink->Write("source_lang\ttarget_lang\tsource\ttarget\n"));
  const unsigned threads = options_.threads != 0 ? options_.threads : std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::string> blocks(threads);
  for (uint64_t begin = 0; begin < options_.pairs; begin += threads * kBlockLines) {
    std::vector<std::thread> workers;
    for (unsigned t = 0; t < threads; ++t) {
      const uint64_t first = std::min(options_.pairs, begin + t * kBlockLines);
      const uint64_t last = std::min(options_.pairs, first + kBlockLines);
      workers.emplace_back([this, first, last, block = &blocks[t]] { *block = Block(first, last); });
    }
    for (std::thread& worker : workers) worker.join();
    for (const std::string& block : blocks) RETURN_IF_ERROR(sink->Write(block));
  }
  return absl::OkStatus();
}

absl::Status WriteQueries(const std::vector<CorpusQuery>& queries, const CorpusOptions& options, ByteSink* sink) {
  std::string out = "source_lang\ttarget_lang\tsource\ttarget\tpercent\n";
  for (const CorpusQuery& query : queries) {
    AppendCells(options, {query.source, query.target}, &out);
    absl::StrAppend(&out, "\t", query.percent, "\n");
  }
  return sink->Write(out);
}

}  // namespace reprise::bench
