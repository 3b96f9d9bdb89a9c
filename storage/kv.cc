#include "storage/kv.h"

namespace reprise {

const char* KvTableName(KvTable table) {
  switch (table) {
    case KvTable::kCatalog: return "catalog";
    case KvTable::kUnits: return "units";
    case KvTable::kSegments: return "segments";
    case KvTable::kIndex: return "index";
    case KvTable::kText: return "text";
    case KvTable::kLog: return "log";
  }
  return "unknown";
}

}  // namespace reprise
