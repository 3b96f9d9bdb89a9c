#include "storage/unit_scan.h"

#include <string>
#include <string_view>
#include <utility>

namespace reprise {
namespace {

// A scan that ends before a key.
class BoundedScan : public KvIterator {
 public:
  BoundedScan(std::unique_ptr<KvIterator> scan, std::string end) : scan_(std::move(scan)), end_(std::move(end)) {}
  bool Valid() const override { return scan_->Valid() && scan_->key() < end_; }
  std::string_view key() const override { return scan_->key(); }
  std::string_view value() const override { return scan_->value(); }
  void Next() override { scan_->Next(); }
  void Seek(std::string_view key) override { scan_->Seek(key); }
  absl::Status status() const override { return scan_->status(); }

 private:
  const std::unique_ptr<KvIterator> scan_;
  const std::string end_;
};

}  // namespace

std::unique_ptr<KvIterator> ScanUnits(const StoreState& state, format::MemoryId memory) {
  return std::make_unique<BoundedScan>(state.snapshot->Scan(KvTable::kUnits, format::UnitPrefix(memory)),
                                       format::UnitKey(memory, state.units_end));
}

}  // namespace reprise
