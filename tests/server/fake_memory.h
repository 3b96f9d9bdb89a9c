// A TranslationMemory for the server's tests: everything in maps, a lookup finds byte-equal sources. It has none of the
// engine's rules; what the tests check is what the server makes of calls and answers. Thread-safe.
#ifndef REPRISE_TESTS_SERVER_FAKE_MEMORY_H_
#define REPRISE_TESTS_SERVER_FAKE_MEMORY_H_

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/translation_memory.h"

namespace reprise {

// Notes what it was asked, and answers with numbers that a test can tell apart.
class FakeMaintenance final : public Maintenance {
 public:
  // `expected_count` of 13 is another count.
  absl::StatusOr<DeleteReport> DeleteMatching(std::string_view memory, const DeleteOptions& options,
                                              const CancelCheck& cancelled) override;
  absl::StatusOr<ReplaceReport> ReplaceText(std::string_view memory, const ReplaceOptions& options,
                                            const CancelCheck& cancelled) override;
  absl::StatusOr<CheckReport> Check(std::string_view memory, const CheckOptions& options,
                                    const CancelCheck& cancelled) override;
  // Unit 404 is not there, nor is anything in the memory "gone".
  absl::StatusOr<std::vector<absl::Status>> RecordUse(std::string_view memory,
                                                      const std::vector<UnitUse>& uses) override;

  // The last of each.
  std::string memory() const { return Read(memory_); }
  DeleteOptions deleted() const { return Read(deleted_); }
  ReplaceOptions replaced() const { return Read(replaced_); }
  CheckOptions checked() const { return Read(checked_); }
  // All there ever were.
  std::vector<UnitUse> used() const { return Read(used_); }

 private:
  template <typename T>
  T Read(const T& value) const {
    std::lock_guard<std::mutex> lock(mu_);
    return value;
  }

  mutable std::mutex mu_;
  std::string memory_;
  DeleteOptions deleted_;
  ReplaceOptions replaced_;
  CheckOptions checked_;
  std::vector<UnitUse> used_;
};

// Keeps what it is given, unchecked.
class FakeProfiles final : public Profiles {
 public:
  absl::StatusOr<Profile> Create(const Profile& profile) override;
  absl::StatusOr<Profile> Get(std::string_view name) override;
  std::vector<Profile> List() override;
  absl::StatusOr<Profile> Update(const Profile& profile) override;
  absl::Status Delete(std::string_view name) override;

 private:
  std::mutex mu_;
  std::map<std::string, Profile, std::less<>> profiles_;
};

class FakeMemory final : public TranslationMemory {
 public:
  absl::StatusOr<MemoryInfo> CreateMemory(const MemoryInfo& info) override;
  absl::StatusOr<MemoryInfo> GetMemory(std::string_view name) override;
  std::vector<MemoryInfo> ListMemories() override;
  absl::StatusOr<MemoryInfo> UpdateMemory(const MemoryInfo& info) override;
  absl::Status DeleteMemory(std::string_view name) override;
  absl::StatusOr<MemoryStats> Stats(std::string_view memory) override;
  // Refuses units whose first text is "refuse me", with the field "units[i].variants[0].content.text".
  absl::StatusOr<std::vector<PutResult>> PutUnits(std::string_view memory, std::vector<Unit> units,
                                                  const PutOptions& options) override;
  absl::StatusOr<Unit> GetUnit(std::string_view memory, uint64_t unit) override;
  absl::StatusOr<std::vector<Unit>> ListUnits(std::string_view memory, const UnitFilter& filter,
                                              std::string_view locale, uint64_t after_unit, size_t limit,
                                              uint64_t* next) override;
  absl::Status DeleteUnit(std::string_view memory, uint64_t unit) override;
  // A query of "wait" returns CANCELLED once it is cancelled, and only then.
  absl::StatusOr<LookupResult> Lookup(const std::vector<MemoryRef>& memories, const Query& query,
                                      const LookupOptions& options, const CancelCheck& cancelled) override;
  // One after the other, on the caller's thread.
  absl::StatusOr<std::vector<absl::StatusOr<LookupResult>>> BatchLookup(const std::vector<MemoryRef>& memories,
                                                                        const std::vector<Query>& queries,
                                                                        const LookupOptions& options,
                                                                        const CancelCheck& cancelled,
                                                                        unsigned threads) override;
  // One hit a unit whose first text holds the query's source text, oldest first; knows no pages.
  absl::StatusOr<ConcordanceResult> Concordance(const std::vector<MemoryRef>& memories, const ConcordanceQuery& query,
                                                const ConcordanceOptions& options,
                                                const CancelCheck& cancelled) override;
  // One completion whose text is the prefix. A prefix of "wait" returns CANCELLED once it is cancelled, and only then,
  // and counts as a lookup of "wait" does.
  absl::StatusOr<SuggestResult> Suggest(const std::vector<MemoryRef>& memories, const Query& query,
                                        std::string_view typed, const SuggestOptions& options,
                                        const CancelCheck& cancelled, SuggestCache* cache) override;
  // A file of lines "source<TAB>target", en to de; other lines are refused; "stop" fails the import.
  absl::StatusOr<std::unique_ptr<Importer>> StartImport(std::string_view memory, const ImportOptions& options,
                                                        ImportProgress progress) override;
  // "source<LF>" of each unit.
  absl::StatusOr<ExportReport> Export(std::string_view memory, Format format, const WriteOptions& options,
                                      const UnitFilter& filter, ByteSink* sink, const CancelCheck& cancelled) override;
  FakeMaintenance& maintenance() override { return maintenance_; }
  FakeProfiles& profiles() override { return profiles_; }
  StoreStatus Status() override { return {}; }
  absl::Status Seal() override { return absl::OkStatus(); }
  absl::Status Merge(const CancelCheck&) override { return absl::OkStatus(); }

  // Returns once so many lookups of "wait" run, or have been cancelled, since the start.
  void AwaitStarted(int lookups) { Await(&started_, lookups); }
  void AwaitCancelled(int lookups) { Await(&cancelled_, lookups); }

 private:
  struct Data {
    MemoryInfo info;
    std::map<uint64_t, Unit> units;
  };
  // REQUIRES: mu_.
  absl::StatusOr<Data*> Find(std::string_view name);

  void Await(const int* count, int lookups);
  void Count(int* count);

  FakeMaintenance maintenance_;
  FakeProfiles profiles_;

  std::mutex waits_mu_;
  std::condition_variable waits_changed_;
  int started_ = 0;    // guarded by waits_mu_
  int cancelled_ = 0;  // likewise

  std::mutex mu_;
  std::map<std::string, Data> memories_;
  uint64_t last_id_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_TESTS_SERVER_FAKE_MEMORY_H_
