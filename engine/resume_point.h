// How an import goes on after a break, and why nothing is stored twice.
//
// An import that may be resumed has a record in the store, put in the batch of the units that it counts: after any
// crash both are there or neither. A call that resumes raises the record's number of calls and takes its counts; a
// batch is stored only while the number is still its own, so an earlier call that lingers on can store nothing more.
// The caller feeds the file from its beginning: the first `events` units and refusals are passed over, and no batch is
// stored before a hash has shown that the input up to there is the same.
//
//   ASSIGN_OR_RETURN(ResumePoint point, ResumePoint::Begin(store, memory, options));
//   RETURN_IF_ERROR(point.Input(slice));                      // before the slice is parsed; slices of point.Slice()
//   if (point.Passed(event)) ...                              // was stored by an earlier call
//   store->Write([&](WriteTxn& txn) { RETURN_IF_ERROR(point.Claim(txn)); ...; point.Store(results, mark, &txn); });
//
// Not thread-safe, but for Claim and Store, which one other thread may call meanwhile.
#ifndef REPRISE_ENGINE_RESUME_POINT_H_
#define REPRISE_ENGINE_RESUME_POINT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "base/stream_hash.h"
#include "engine/translation_memory.h"
#include "storage/unit_store.h"

namespace reprise {

class ResumePoint {
 public:
  // How far an import has come: so many events, refused ones among them, out of so much input.
  struct Mark {
    uint64_t events = 0;
    uint64_t refused = 0;
    uint64_t bytes = 0;
    std::string hash;
  };

  // A new record, the one that options.resume_token names, or, if the import is not resumable, none: then nothing is
  // ever passed over or stored. Errors: as TranslationMemory::StartImport.
  static absl::StatusOr<std::unique_ptr<ResumePoint>> Begin(UnitStore* store, format::MemoryId memory,
                                                            const ImportOptions& options);

  bool resumable() const { return !stored_.id.empty(); }
  std::string token() const;
  // What earlier calls stored.
  const StoredImport& before() const { return before_; }

  // How many of the next bytes may be given to Input at once.
  size_t Slice(size_t bytes) const;
  // Takes decompressed bytes, before they are parsed. Error: FAILED_PRECONDITION if the file is another one.
  absl::Status Input(std::string_view bytes);
  // The input has ended. Error: FAILED_PRECONDITION if it is shorter than what was stored of it.
  absl::Status InputEnded() const;
  // False until the input is known to be the one that is resumed: nothing may be stored before.
  bool verified() const { return verified_; }
  // For the events up to now.
  Mark MarkAt(uint64_t events, uint64_t refused) const;

  // True if the event of this number, from 0, was stored by an earlier call.
  bool Passed(uint64_t event) const { return event < before_.events; }
  // Ask after the last event that is passed and at the end: error FAILED_PRECONDITION if the file is read otherwise
  // than before, by fewer events or with other refusals.
  absl::Status CheckPassed(uint64_t events, uint64_t refused) const;

  // In a transaction, before units are put: that no later call has taken the import over. Error: ABORTED.
  absl::Status Claim(const WriteTxn& txn) const;
  // In the same one, after they are put: what became of the `count` units at `results`, and how far the import has come
  // with them.
  void Store(const WriteResult* results, size_t count, const Mark& mark, WriteTxn* txn);

 private:
  ResumePoint() = default;

  StoredImport before_, stored_;
  StreamHash input_;
  bool verified_ = true;
};

}  // namespace reprise

#endif  // REPRISE_ENGINE_RESUME_POINT_H_
