// The hot steps one by one (Google Benchmark): key form, tokens, scoring a pair, aligning symbols.
//
//   micro_bench [libreoffice.en-de.tsv] [--benchmark_filter=...]
//
// Texts are the sources of the file (the first kTexts), else sentences put together from a word list. Every answer is
// checked before it is timed: key form is a fixed point, tokens cover their text, a pair scores alike both ways, the
// aligner agrees with the score.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "formats/unit_stream.h"
#include "match/score.h"
#include "text/normalize.h"
#include "text/tokenize.h"

namespace reprise::bench {
namespace {

constexpr size_t kTexts = 4096;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "micro_bench: %s\n", why.c_str());
  std::exit(1);
}

class Sources : public UnitSink {
 public:
  absl::Status OnUnit(Unit unit, uint64_t) override {
    if (texts.size() < kTexts) texts.push_back(unit.variants.at(0).content.text);
    return absl::OkStatus();
  }
  absl::Status OnRefusal(Refusal) override { return absl::OkStatus(); }
  std::vector<std::string> texts;
};

std::vector<std::string> ReadTexts(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) Die(file + " cannot be read");
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  Sources sources;
  absl::StatusOr<std::unique_ptr<UnitReader>> reader = NewUnitReader(Format::kTsv, {}, &sources);
  if (!reader.ok()) Die(MessageOf(reader.status()));
  absl::Status status = (*reader)->Feed(bytes);
  if (status.ok()) status = (*reader)->Finish();
  if (!status.ok()) Die(MessageOf(status));
  if (sources.texts.size() < 2) Die(file + " holds fewer than two texts");
  return std::move(sources.texts);
}

std::vector<std::string> MakeTexts() {
  static const char* const kWords[] = {"the",       "document", "is",    "opened",   "in",    "a",
                                       "new",       "window",   "Save",  "changes",  "3",     "before",
                                       "%1",        "cells",    "table", "format",   "of",    "formatting",
                                       "paragraph", "styles",   "and",   "selected", "rows,", "“all”"};
  std::vector<std::string> texts;
  uint32_t state = 1;
  while (texts.size() < kTexts) {
    std::string text;
    for (size_t words = 4 + texts.size() % 16; words > 0; --words) {
      state = state * 1664525u + 1013904223u;
      if (!text.empty()) text += ' ';
      text += kWords[(state >> 16) % std::size(kWords)];
    }
    texts.push_back(text + '.');
  }
  return texts;
}

// A corpus with all that is needed, made once.
struct Corpus {
  std::vector<std::string> texts, keys;
  std::vector<TokenizedContent> contents;
  std::vector<std::vector<Symbol>> symbols;
  std::vector<std::string> words;  // by symbol id
  size_t bytes = 0;
};

uint32_t SharedPrefix(const void* arg, uint32_t a, uint32_t b) {
  const auto& words = static_cast<const Corpus*>(arg)->words;
  return CommonPrefix(words[a], words[b]);
}

void Number(Corpus* corpus) {
  std::map<std::pair<TokenClass, std::string>, uint32_t> ids;
  std::map<std::string, uint32_t> stems;
  constexpr uint32_t kStem = 1u << 31;  // stems of words, apart from the ids of all others
  for (const TokenizedContent& content : corpus->contents) {
    std::vector<Symbol>& symbols = corpus->symbols.emplace_back();
    for (const Token& token : content.tokens) {
      const std::string key = IsPlaceable(token.cls) ? "" : token.key;
      const auto [id, fresh] = ids.try_emplace({token.cls, key}, static_cast<uint32_t>(ids.size()));
      if (fresh) corpus->words.push_back(key);
      const bool word = token.cls == TokenClass::kWord;
      const uint32_t stem =
          word ? kStem | stems.try_emplace(token.index_key, static_cast<uint32_t>(stems.size())).first->second
               : id->second;
      symbols.push_back({id->second, stem, token.weight});
    }
  }
}

uint32_t AlignTexts(const Corpus& corpus, size_t a, size_t b, uint32_t needed, Aligner* aligner) {
  const std::vector<Symbol>& x = corpus.symbols[a];
  const std::vector<Symbol>& y = corpus.symbols[b];
  return aligner->Align(x.data(), x.size(), y.data(), y.size(), needed, SharedPrefix, &corpus);
}

void Check(const Corpus& corpus) {
  Aligner aligner;
  for (size_t i = 0; i < corpus.texts.size(); ++i) {
    const size_t other = (i * 7 + 1) % corpus.texts.size();
    const std::string& key = corpus.keys[i];
    if (KeyForm(key) != key) Die("the key form of a key form differs: " + key);
    size_t at = 0;
    for (const Token& token : TokenizeKeyForm(key)) {
      const size_t found = key.find(token.key, at);
      if (found == std::string::npos || key.find_first_not_of(' ', at) < found) Die("tokens do not cover: " + key);
      at = found + token.key.size();
    }
    if (key.find_first_not_of(' ', at) != std::string::npos) Die("tokens do not cover: " + key);
    const BaseScore score = ScorePair(corpus.contents[i], corpus.contents[other], {});
    const BaseScore back = ScorePair(corpus.contents[other], corpus.contents[i], {});
    if (score.base != back.base || score.shared != back.shared) Die("a pair scores otherwise the other way: " + key);
    if (AlignTexts(corpus, i, other, 0, &aligner) != score.shared) Die("the aligner disagrees with the score: " + key);
  }
}

Corpus* NewCorpus(std::vector<std::string> texts) {
  auto* corpus = new Corpus;
  corpus->texts = std::move(texts);
  for (const std::string& text : corpus->texts) {
    Content content;
    content.text = text;
    corpus->contents.emplace_back(std::move(content));
    corpus->keys.push_back(corpus->contents.back().key_form);
    corpus->bytes += text.size();
  }
  Number(corpus);
  Check(*corpus);
  return corpus;
}

// Runs `step` over all texts; one item is one text.
template <typename Step>
void OverTexts(benchmark::State& state, const Corpus& corpus, Step step) {
  size_t i = 0;
  for (auto _ : state) {
    step(i, (i * 7 + 1) % corpus.texts.size());
    i = (i + 1) % corpus.texts.size();
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
  state.counters["bytes/text"] = static_cast<double>(corpus.bytes) / static_cast<double>(corpus.texts.size());
}

void Register(const Corpus& corpus) {
  benchmark::RegisterBenchmark("KeyForm", [&corpus](benchmark::State& state) {
    OverTexts(state, corpus, [&](size_t i, size_t) { benchmark::DoNotOptimize(KeyForm(corpus.texts[i])); });
  });
  benchmark::RegisterBenchmark("TokenizeKeyForm", [&corpus](benchmark::State& state) {
    OverTexts(state, corpus, [&](size_t i, size_t) { benchmark::DoNotOptimize(TokenizeKeyForm(corpus.keys[i])); });
  });
  benchmark::RegisterBenchmark("ScorePair", [&corpus](benchmark::State& state) {
    OverTexts(state, corpus, [&](size_t i, size_t other) {
      benchmark::DoNotOptimize(ScorePair(corpus.contents[i], corpus.contents[other], {}));
    });
  });
  // The percent that is needed: 0 computes every cell, 70 stops early.
  for (const int percent : {0, 50, 70}) {
    benchmark::RegisterBenchmark(
        ("Align/" + std::to_string(percent)).c_str(), [&corpus, percent](benchmark::State& state) {
          Aligner aligner;
          OverTexts(state, corpus, [&](size_t i, size_t other) {
            const uint32_t longest = std::max(corpus.contents[i].weight, corpus.contents[other].weight);
            benchmark::DoNotOptimize(AlignTexts(corpus, i, other, SharedNeeded(percent, longest), &aligner));
          });
        });
  }
}

}  // namespace
}  // namespace reprise::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (argc > 2) reprise::bench::Die("at most one file, a TSV with source_lang, target_lang, source, target");
  // The benchmarks refer to it until the program ends.
  const auto* corpus =
      reprise::bench::NewCorpus(argc == 2 ? reprise::bench::ReadTexts(argv[1]) : reprise::bench::MakeTexts());
  reprise::bench::Register(*corpus);
  benchmark::RunSpecifiedBenchmarks();
  delete corpus;
  return 0;
}
