// A disk whose power can be cut, under RocksDB: it remembers what was synced, goes dead at a chosen write, and then
// takes away what no sync covered. What a program acknowledged before must still be there (killing a process proves
// nothing here: the page cache survives it).
//
//   PowerCutDisk disk(dir + ".graveyard", seed);
//   {
//     auto kv = OpenRocksDbKv({.path = dir, .env = disk.env()});
//     disk.DieAfter(7);              // the 7th write from now on is the last
//     ... until a write fails ...
//   }                                // close the store before the cut
//   disk.PowerCut();
//   auto kv = OpenRocksDbKv({.path = dir, .env = disk.env()});   // must hold every acknowledged write
//
// The model. Bytes of a file survive up to its size at its last sync, and after that a random part (a torn tail). Names
// that were created, renamed, linked or deleted since the last sync of their directory go back, all of them or the last
// few (as in a journal of the file system); deleted and replaced files wait in a "graveyard" directory for that. The
// write that the power dies in happens or not, at random. From then on every write, sync, opening and change of a
// directory fails; reads of files that are open still answer, as no acknowledgement rests on them.
//
// RocksDB's information log (LOG*) and lock file are left alone.
//
// Thread-safe, except PowerCut(), which needs every file closed.
#ifndef REPRISE_TESTS_CRASH_POWER_CUT_ENV_H_
#define REPRISE_TESTS_CRASH_POWER_CUT_ENV_H_

#include <rocksdb/env.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace reprise {

class PowerCutFs;

class PowerCutDisk {
 public:
  // `graveyard`: a directory of its own on the file system of the store, but outside it; removed at the end.
  // All that is random follows from `seed`.
  PowerCutDisk(const std::string& graveyard, uint64_t seed);
  ~PowerCutDisk();
  PowerCutDisk(const PowerCutDisk&) = delete;
  PowerCutDisk& operator=(const PowerCutDisk&) = delete;

  // For RocksDbKvOptions::env. Lives as long as the disk.
  rocksdb::Env* env();

  // Write operations so far: appends, syncs, truncations, and creations, renames, links, deletions and syncs of
  // directories.
  uint64_t writes() const;

  // Dies at the n-th write operation from now (1 = the next), or, with 0, not at all.
  void DieAfter(uint64_t writes_from_now);
  // The same, counted from the beginning.
  void DieAtWrite(uint64_t n);
  bool dead() const;
  // Waits until it is dead, or for `most`; what dead() then says.
  bool WaitForDeath(std::chrono::milliseconds most) const;

  // Called once at each death, on the thread whose write died. It must not write to this disk.
  void OnDeath(std::function<void()> observer);

  // The mutant: syncs of files and directories answer OK and do nothing.
  void IgnoreSync(bool ignore);

  // Takes away what was not synced, and switches the power on again. REQUIRES: no file is open.
  void PowerCut();

 private:
  std::shared_ptr<PowerCutFs> fs_;
  std::unique_ptr<rocksdb::Env> env_;
};

}  // namespace reprise

#endif  // REPRISE_TESTS_CRASH_POWER_CUT_ENV_H_
