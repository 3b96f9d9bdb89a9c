// The stored units of a memory, as one state has them, by rising id.
//
//   auto scan = ScanUnits(*state, memory);
//   for (; scan->Valid(); scan->Next()) { ASSIGN_OR_RETURN(Unit unit, store.Decode(scan->value())); … }
//   RETURN_IF_ERROR(scan->status());
//
// Units that an import brings later may be in the state's snapshot already (KvIngest::MaySeeEarlier): no one else may
// go through the table of units. Not thread-safe; the state must outlive the scan.
#ifndef REPRISE_STORAGE_UNIT_SCAN_H_
#define REPRISE_STORAGE_UNIT_SCAN_H_

#include <memory>

#include "storage/kv.h"
#include "storage/store_state.h"

namespace reprise {

// Its keys are format::UnitKey; Seek takes such keys.
std::unique_ptr<KvIterator> ScanUnits(const StoreState& state, format::MemoryId memory);

}  // namespace reprise

#endif  // REPRISE_STORAGE_UNIT_SCAN_H_
