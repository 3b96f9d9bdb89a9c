// The power is cut while the product works: inside puts, deletes, imports, the writing of runs, their merging and the
// swap of run lists. After each cut the store opens, every acknowledged unit is there and is found by lookup in both
// directions, no deleted text is found, and what was under way happened as a whole or not at all. With a disk that lies
// about its syncs the same check must fail, or it would prove nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>

#include "engine/translation_memory.h"
#include "storage/format.h"
#include "storage/kv.h"
#include "storage/rocksdb_kv.h"
#include "tests/crash/power_cut_env.h"
#include "tests/crash/scratch_dir.h"
#include "tests/testing/forwarding_kv.h"

namespace reprise {
namespace {

// Where a death can fall. The first six are what the test aims at.
enum Phase { kPut, kDelete, kImport, kSeal, kMerge, kSwap, kOpen, kClose, kBackground, kPhases };
constexpr const char* kPhaseNames[] = {"put",           "delete", "import", "seal",      "merge",
                                       "run-list swap", "open",   "close",  "background"};
constexpr int kAimed = 6;

constexpr uint32_t kSealSegments = 40;
constexpr uint32_t kBulkUnits = 160;  // so imports of 10 and more go by sorted files
constexpr size_t kMaxUnits = 250;     // a store that grew beyond is replaced, so that checking it stays cheap

// Which call of the product is under way, and, on the thread that commits, which of its commits.
std::atomic<Phase> g_call{kOpen};
thread_local int t_commit = -1;

// Knows which commits write runs and which swap the list, and arms the disk at the one that was aimed at.
class AimingKv : public testing::ForwardingKv {
 public:
  // Dies inside the `nth` commit or ingest of phase `aim` from now on. `write` (1...12) says how far inside: an ingest
  // makes a dozen writes, a commit one or two.
  AimingKv(std::unique_ptr<Kv> kv, PowerCutDisk* disk, Phase aim, int nth, uint64_t write)
      : ForwardingKv(std::move(kv)), disk_(disk), aim_(aim), countdown_(nth), write_(write) {}

  absl::Status Commit(const KvBatch& batch, Durability durability) override {
    return Within(Classify(batch), 1 + write_ % 2, [&] { return ForwardingKv::Commit(batch, durability); });
  }

  // Runs `work` as a part of `phase`; if it is what was aimed at, the disk dies `dies_after` writes from now (0: not).
  template <typename Work>
  absl::Status Within(Phase phase, uint64_t dies_after, const Work& work) {
    t_commit = phase;
    if (dies_after != 0 && phase == aim_ && --countdown_ == 0) disk_->DieAfter(dies_after);
    absl::Status status = work();
    t_commit = -1;
    return status;
  }
  uint64_t write() const { return write_; }
  std::unique_ptr<KvIngest> NewIngest() override;

 private:
  static Phase Classify(const KvBatch& batch) {
    const Phase call = g_call;
    if (call == kOpen) return call;
    auto starts = [](const KvBatch::Op& op, const std::string& prefix) {
      return op.key.compare(0, prefix.size(), prefix) == 0;
    };
    Phase phase = call;
    for (const KvBatch::Op& op : batch.ops()) {
      if (op.table == KvTable::kCatalog && starts(op, format::RunListPrefix())) return kSwap;
      if (op.table == KvTable::kIndex && starts(op, format::RunTablePrefix())) phase = kSeal;
    }
    return phase;
  }

  PowerCutDisk* const disk_;
  const int aim_;
  std::atomic<int> countdown_;
  const uint64_t write_;
};

class AimingIngest : public testing::ForwardingIngest {
 public:
  AimingIngest(AimingKv* kv, std::unique_ptr<KvIngest> ingest) : ForwardingIngest(std::move(ingest)), kv_(kv) {
    const Phase call = g_call;
    phase_ = call == kPut || call == kDelete ? kSeal : call;  // a put that fills the delta seals it
  }
  absl::Status Put(KvTable table, std::string_view key, std::string_view value) override {
    return Do([&] { return ForwardingIngest::Put(table, key, value); });
  }
  absl::Status Delete(KvTable table, std::string_view key) override {
    return Do([&] { return ForwardingIngest::Delete(table, key); });
  }
  absl::Status EndFile(KvTable table) override {
    return Do([&] { return ForwardingIngest::EndFile(table); });
  }
  absl::Status Finish() override {
    return Do([&] { return ForwardingIngest::Finish(); });
  }

 private:
  template <typename Work>
  absl::Status Do(const Work& work) {
    const uint64_t dies_after = begun_ ? 0 : kv_->write();
    begun_ = true;
    return kv_->Within(phase_, dies_after, work);
  }

  AimingKv* const kv_;
  Phase phase_ = kSeal;
  bool begun_ = false;
};

std::unique_ptr<KvIngest> AimingKv::NewIngest() { return std::make_unique<AimingIngest>(this, target().NewIngest()); }

// What is stored under a source text: the target, or nothing.
using Texts = std::map<std::string, std::string>;

// A change that was begun: some source texts and what becomes of them ("" = deleted), in order. A put or delete happens
// as a whole; an import may stop between its batches, but never before what it reported.
struct Change {
  std::vector<std::pair<std::string, std::string>> texts;
  bool may_be_cut = false;
  size_t at_least = 0;  // of `texts`, for imports
};

struct Report {
  int cycles = 0;
  int lost = 0;          // stores in which something acknowledged was missing, or something deleted was there
  int half = 0;          // stores in which a change was there in part, or the index and the units disagreed
  int refused = 0;       // openings or calls that failed with the power on
  uint64_t checked = 0;  // units looked up
  int deaths[kPhases] = {};
};

std::ostream& operator<<(std::ostream& out, const Report& r) {
  out << r.cycles << " cycles, " << r.checked << " units looked up; lost " << r.lost << ", half " << r.half
      << ", refused " << r.refused << "; died in";
  for (int p = 0; p < kPhases; ++p) out << (p == 0 ? " " : ", ") << kPhaseNames[p] << " " << r.deaths[p];
  return out;
}

class Trial {
 public:
  Trial(uint64_t seed, bool lying_disk) : rng_(seed), disk_(dir_.graveyard(), seed) {
    disk_.IgnoreSync(lying_disk);
    disk_.OnDeath([this] { ++report_.deaths[PhaseOfDeath()]; });
  }

  // So many cycles, and more (twice as many at most) until each phase that is aimed at has seen `deaths`.
  Report Run(int cycles, int deaths) {
    auto enough = [&] {
      return report_.cycles >= cycles && *std::min_element(report_.deaths, report_.deaths + kAimed) >= deaths;
    };
    for (; !enough() && report_.cycles < 2 * cycles; ++report_.cycles) Cycle();
    return report_;
  }

 private:
  static Phase PhaseOfDeath() {
    if (t_commit >= 0) return static_cast<Phase>(t_commit);
    const Phase call = g_call;
    return call == kOpen || call == kClose ? call : kBackground;
  }

  uint64_t Random(uint64_t below) { return rng_() % below; }

  // One life of the store: open, check what the last one left, work until the power goes.
  void Cycle() {
    const bool blind = Random(10) == 0;  // at any write at all, also while opening
    if (blind) disk_.DieAfter(1 + Random(200));
    Phase aim = kPhases;
    if (!blind) aim = static_cast<Phase>(std::min_element(report_.deaths, report_.deaths + kAimed) - report_.deaths);
    g_call = kOpen;
    auto tm = Open(aim);
    if (tm.ok()) {
      if (!disk_.dead()) Check(tm->get());
      if (!disk_.dead()) Work(tm->get(), aim);
      if (!disk_.dead()) disk_.DieAfter(1);
      g_call = kClose;
      tm->reset();
    } else if (!disk_.dead()) {
      Complain(&report_.refused, "opening: " + tm.status().ToString());
      afresh_ = true;
    }
    disk_.PowerCut();
    if (afresh_ || stored_.size() > kMaxUnits) StartAfresh();
  }

  absl::StatusOr<std::unique_ptr<TranslationMemory>> Open(Phase aim) {
    ASSIGN_OR_RETURN(std::unique_ptr<Kv> kv, OpenRocksDbKv({.path = dir_.store(), .env = disk_.env()}));
    auto aiming = std::make_unique<AimingKv>(std::move(kv), &disk_, aim, 1 + Random(4), 1 + Random(12));
    return TranslationMemory::OpenOn(std::move(aiming), {.data_dir = dir_.store(),
                                                         .seal_segments = kSealSegments,
                                                         .background_merges = false,
                                                         .bulk_units = kBulkUnits});
  }

  void StartAfresh() {
    std::filesystem::remove_all(dir_.store());
    afresh_ = memory_exists_ = false;
    stored_.clear();
    ids_.clear();
    gone_.clear();
    change_ = {};
  }

  void Complain(int* counter, const std::string& what) {
    ++*counter;
    std::cerr << "cycle " << report_.cycles << ": " << what << "\n";
  }

  // Work.

  void Work(TranslationMemory* tm, Phase aim) {
    if (!memory_exists_) {
      g_call = kPut;
      MemoryInfo info;
      info.name = "m";
      if (!Settled(tm->CreateMemory(info).status())) return;
      memory_exists_ = true;
    }
    for (int step = 0; step < 300 && !disk_.dead() && !afresh_; ++step) {
      switch (aim == kDelete || aim == kImport ? static_cast<uint64_t>(aim) : Random(12)) {
        case kDelete: stored_.empty() ? Put(tm) : Delete(tm); break;
        case kImport: Import(tm, Random(10) == 0 ? 2300 : 5 + Random(40)); break;
        case kSeal:
          g_call = kSeal;
          if (!Settled(tm->Seal())) return;
          break;
        case kMerge:
          if (aim != kMerge && Random(3) != 0) break;
          g_call = kMerge;
          if (!Settled(tm->Merge({}))) return;
          break;
        default: Put(tm);
      }
    }
  }

  // True if the call succeeded. A failure is only right if the power has gone.
  bool Settled(const absl::Status& status) {
    if (!status.ok() && !disk_.dead()) {
      Complain(&report_.refused, std::string(kPhaseNames[g_call]) + ": " + status.ToString());
      afresh_ = true;
      disk_.DieAfter(1);
    }
    return status.ok();
  }

  void Put(TranslationMemory* tm) {
    g_call = kPut;
    change_ = {};
    std::vector<Unit> units;
    for (uint64_t i = 1 + Random(5); i > 0; --i) {
      // One in four corrects the target of a unit that is there.
      std::string source = NewText("source");
      if (!stored_.empty() && Random(4) == 0) source = AnyStored();
      if (std::any_of(change_.texts.begin(), change_.texts.end(), [&](const auto& t) { return t.first == source; }))
        continue;
      change_.texts.emplace_back(source, NewText("ziel"));
      Unit unit;
      unit.source_locale = "en";
      unit.variants.resize(2);
      unit.variants[0].locale = "en";
      unit.variants[0].content.text = source;
      unit.variants[1].locale = "de";
      unit.variants[1].content.text = change_.texts.back().second;
      units.push_back(std::move(unit));
    }
    auto results = tm->PutUnits("m", std::move(units), {});
    if (!Settled(results.status())) return;
    for (const PutResult& result : *results) {
      if (!result.status.ok()) Complain(&report_.refused, "put: " + result.status.ToString());
    }
    for (size_t i = 0; i < results->size(); ++i) ids_[change_.texts[i].first] = (*results)[i].unit;
    Acknowledge();
  }

  void Delete(TranslationMemory* tm) {
    g_call = kDelete;
    const std::string source = AnyStored();
    change_ = {};
    change_.texts.emplace_back(source, "");
    if (Settled(tm->DeleteUnit("m", ids_[source]))) Acknowledge();
  }

  void Import(TranslationMemory* tm, size_t rows) {
    g_call = kImport;
    change_ = {};
    change_.may_be_cut = true;
    std::string file = "source_lang\ttarget_lang\tsource\ttarget\n";
    for (size_t i = 0; i < rows; ++i) {
      change_.texts.emplace_back(NewText("import"), NewText("einfuhr"));
      file += "en\tde\t" + change_.texts.back().first + "\t" + change_.texts.back().second + "\n";
    }
    auto progress = [this](const ImportReport& so_far, const ImportNews&) {
      change_.at_least = so_far.added;
      return absl::OkStatus();
    };
    ImportOptions options;
    options.format = Format::kTsv;
    auto importer = tm->StartImport("m", options, progress);
    if (!Settled(importer.status())) return;
    absl::Status status = (*importer)->Feed(file);
    if (status.ok()) {
      auto report = (*importer)->Finish();
      status = report.status();
      if (report.ok() && report->added != rows) {
        Complain(&report_.lost,
                 "import of " + std::to_string(rows) + " rows says it added " + std::to_string(report->added));
      }
    }
    importer->reset();
    if (!Settled(status)) return;
    Acknowledge();
    if (disk_.dead()) return;  // in a seal behind the last commit
    const Texts expected = stored_;
    if (ReadIds(tm) && stored_ != expected) Complain(&report_.lost, "an import was acknowledged, but is not there");
  }

  void Acknowledge() {
    for (const auto& [source, target] : change_.texts) Set(source, target, &stored_);
    change_ = {};
  }

  void Set(const std::string& source, const std::string& target, Texts* texts) {
    auto it = texts->find(source);
    if (it != texts->end()) gone_.emplace_back(target.empty() ? source : "", it->second);
    if (target.empty()) {
      texts->erase(source);
    } else {
      (*texts)[source] = target;
    }
  }

  std::string AnyStored() { return std::next(stored_.begin(), static_cast<ptrdiff_t>(Random(stored_.size())))->first; }

  // Eight words, one of which is in no other text.
  std::string NewText(const std::string& name) {
    static constexpr const char* kWords[] = {"harbour", "window", "letter", "garden", "bridge", "market",
                                             "signal",  "river",  "copper", "engine", "winter", "school",
                                             "station", "paper",  "silver", "meadow"};
    std::string text = name;
    for (uint64_t n = ++serial_; n > 0; n /= 26) text += static_cast<char>('a' + n % 26);
    for (int i = 0; i < 7; ++i) text += std::string(" ") + kWords[Random(16)];
    return text;
  }

  // Checks. The power may also go while they look, by work in the background: an error after that is no answer.

  void Check(TranslationMemory* tm) {
    g_call = kClose;  // reads only: a death here would be none of the phases
    if (!memory_exists_) {
      memory_exists_ = tm->GetMemory("m").ok();
      if (!memory_exists_) return;
    }
    const Texts expected = stored_;
    if (!ReadIds(tm)) return;
    if (!CheckChange(expected)) afresh_ = true;
    change_ = {};
    for (const auto& [source, target] : stored_) CheckFound(tm, source, target);
    CheckGone(tm);
    auto stats = tm->Stats("m");
    if ((!stats.ok() || stats->units != stored_.size()) && !disk_.dead()) {
      Complain(&report_.half, "the memory counts " + std::to_string(stats.ok() ? stats->units : 0) +
                                  " units and holds " + std::to_string(stored_.size()));
    }
  }

  // Fills stored_ and ids_ from the store.
  bool ReadIds(TranslationMemory* tm) {
    stored_.clear();
    ids_.clear();
    uint64_t next = 0;
    do {
      auto units = tm->ListUnits("m", {}, "", next, 500, &next);
      if (!units.ok()) {
        if (!disk_.dead()) Complain(&report_.lost, "listing: " + units.status().ToString());
        afresh_ = true;
        return false;
      }
      for (const Unit& unit : *units) {
        if (unit.variants.size() != 2 || !ids_.emplace(unit.variants[0].content.text, unit.id).second) {
          Complain(&report_.half, "unit " + std::to_string(unit.id) + " is there in part or twice");
          continue;
        }
        stored_[unit.variants[0].content.text] = unit.variants[1].content.text;
      }
    } while (next != 0);
    return true;
  }

  // True if stored_ is `before` with the whole of the change, none of it, or, for imports, its first so many.
  bool CheckChange(const Texts& before) {
    Texts state = before;
    size_t applied = 0;
    bool found = change_.at_least == 0 && state == stored_;
    while (!found && applied < change_.texts.size()) {
      Set(change_.texts[applied].first, change_.texts[applied].second, &state);
      ++applied;
      const bool allowed = change_.may_be_cut ? applied >= change_.at_least : applied == change_.texts.size();
      found = allowed && state == stored_;
    }
    for (; applied < change_.texts.size(); ++applied) {  // what did not happen must not be found either
      const auto& [source, target] = change_.texts[applied];
      if (!target.empty()) gone_.emplace_back(before.count(source) == 0 ? source : "", target);
    }
    if (found) return true;
    const bool missing = std::any_of(before.begin(), before.end(), [&](const auto& text) {
      return stored_.count(text.first) == 0 && std::none_of(change_.texts.begin(), change_.texts.end(),
                                                            [&](const auto& t) { return t.first == text.first; });
    });
    Complain(missing || change_.at_least > 0 ? &report_.lost : &report_.half,
             "holds " + std::to_string(stored_.size()) + " units where " + std::to_string(before.size()) +
                 " were acknowledged and " + std::to_string(change_.texts.size()) + " under way");
    return false;
  }

  static Query Ask(const std::string& text, const char* from, const char* to) {
    Query query;
    query.content.text = text;
    query.source_locale = from;
    query.target_locale = to;
    return query;
  }

  bool Finds(TranslationMemory* tm, const Query& query, int threshold, const std::string& source,
             const std::string& target, uint64_t unit) {
    LookupOptions options;
    options.threshold = threshold;
    options.max_results = 50;
    auto result = tm->Lookup({{.name = "m"}}, query, options, {});
    if (!result.ok()) return false;
    return std::any_of(result->matches.begin(), result->matches.end(), [&](const Match& m) {
      return m.source.text == source && m.target.content.text == target && m.unit == unit;
    });
  }

  void CheckFound(TranslationMemory* tm, const std::string& source, const std::string& target) {
    ++report_.checked;
    const uint64_t unit = ids_[source];
    if ((!Finds(tm, Ask(source, "en", "de"), 100, source, target, unit) ||
         !Finds(tm, Ask(target, "de", "en"), 100, target, source, unit)) &&
        !disk_.dead()) {
      Complain(&report_.half, "unit " + std::to_string(unit) + " is stored, but not found: " + source);
    }
    // And by the index of words: with the last word replaced.
    const std::string similar = source.substr(0, source.rfind(' ')) + " orchid";
    if (!Finds(tm, Ask(similar, "en", "de"), 70, source, target, unit) && !disk_.dead()) {
      Complain(&report_.half, "unit " + std::to_string(unit) + " is stored, but no fuzzy match: " + source);
    }
  }

  void CheckGone(TranslationMemory* tm) {
    LookupOptions options;
    options.threshold = 100;
    if (gone_.size() > 100) gone_.erase(gone_.begin(), gone_.end() - 100);
    for (const auto& [source, target] : gone_) {
      const bool replaced_only = source.empty() || stored_.count(source) != 0;
      auto forth = replaced_only ? LookupResult() : tm->Lookup({{.name = "m"}}, Ask(source, "en", "de"), options, {});
      auto back = tm->Lookup({{.name = "m"}}, Ask(target, "de", "en"), options, {});
      const bool there =
          std::any_of(stored_.begin(), stored_.end(), [&, t = target](const auto& s) { return s.second == t; });
      const bool wrong = !forth.ok() || !back.ok() || !forth->matches.empty() || (!there && !back->matches.empty());
      if (wrong && !disk_.dead()) {
        Complain(&report_.half, "found, but not stored: " + source + " / " + target);
      }
    }
  }

  ScratchDir dir_;
  std::mt19937_64 rng_;
  PowerCutDisk disk_;
  Report report_;
  uint64_t serial_ = 0;
  bool afresh_ = false;
  bool memory_exists_ = false;                             // acknowledged
  Texts stored_;                                           // acknowledged
  std::map<std::string, uint64_t> ids_;                    // by source text
  std::vector<std::pair<std::string, std::string>> gone_;  // deleted or replaced texts; an empty source was kept
  Change change_;                                          // begun, not acknowledged
};

TEST(PowerCutTest, NothingAcknowledgedIsLost) {
  const char* given = std::getenv("REPRISE_SEED");  // of a run that is to be repeated
  const uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  std::cout << "seed " << seed << std::endl;
  const Report report = Trial(seed, false).Run(200, 30);
  std::cout << report << std::endl;
  EXPECT_EQ(report.lost, 0) << "seed " << seed;
  EXPECT_EQ(report.half, 0) << "seed " << seed;
  EXPECT_EQ(report.refused, 0) << "seed " << seed;
  EXPECT_GE(report.checked, 2000u);
  for (int phase = 0; phase < kAimed; ++phase) EXPECT_GE(report.deaths[phase], 30) << kPhaseNames[phase];
}

TEST(PowerCutTest, ADiskThatLiesIsFoundOut) {
  const Report report = Trial(1, true).Run(20, 0);
  std::cout << report << std::endl;
  EXPECT_GE(report.lost + report.half, 5);
}

}  // namespace
}  // namespace reprise
