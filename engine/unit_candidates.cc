#include "engine/unit_candidates.h"

#include <algorithm>
#include <utility>

namespace reprise {
namespace {

class OfRows : public UnitCandidates {
 public:
  OfRows(std::unique_ptr<RowStream> rows, std::vector<uint64_t> shared)
      : rows_(std::move(rows)), shared_(std::move(shared)) {
    std::sort(shared_.begin(), shared_.end());
  }

  absl::StatusOr<uint64_t> Next(uint64_t at_most) override {
    if (!begun_ || row_ > at_most) {
      ASSIGN_OR_RETURN(row_, rows_->Next(at_most));
      begun_ = true;
    }
    while (!shared_.empty() && shared_.back() > at_most) shared_.pop_back();
    return std::max(row_, shared_.empty() ? 0 : shared_.back());
  }

  void Learn(const Unit& unit) override { rows_->Learn(unit); }

 private:
  const std::unique_ptr<RowStream> rows_;
  std::vector<uint64_t> shared_;  // rising; those that are passed are taken off
  uint64_t row_ = 0;              // the last that rows_ gave
  bool begun_ = false;
};

class Both : public UnitCandidates {
 public:
  Both(std::unique_ptr<UnitCandidates> a, std::unique_ptr<UnitCandidates> b) : a_(std::move(a)), b_(std::move(b)) {}

  absl::StatusOr<uint64_t> Next(uint64_t at_most) override {
    for (;;) {
      ASSIGN_OR_RETURN(const uint64_t a, a_->Next(at_most));
      if (a == 0) return a;
      ASSIGN_OR_RETURN(const uint64_t b, b_->Next(a));
      if (b == a || b == 0) return b;
      at_most = b;
    }
  }

  void Learn(const Unit& unit) override {
    a_->Learn(unit);
    b_->Learn(unit);
  }

 private:
  const std::unique_ptr<UnitCandidates> a_, b_;
};

class Either : public UnitCandidates {
 public:
  Either(std::unique_ptr<UnitCandidates> a, std::unique_ptr<UnitCandidates> b) : a_(std::move(a)), b_(std::move(b)) {}

  absl::StatusOr<uint64_t> Next(uint64_t at_most) override {
    ASSIGN_OR_RETURN(const uint64_t a, a_->Next(at_most));
    ASSIGN_OR_RETURN(const uint64_t b, b_->Next(at_most));
    return std::max(a, b);
  }

  void Learn(const Unit& unit) override {
    a_->Learn(unit);
    b_->Learn(unit);
  }

 private:
  const std::unique_ptr<UnitCandidates> a_, b_;
};

}  // namespace

std::unique_ptr<UnitCandidates> UnitsOfRows(std::unique_ptr<RowStream> rows, std::vector<uint64_t> shared) {
  return std::make_unique<OfRows>(std::move(rows), std::move(shared));
}

std::unique_ptr<UnitCandidates> BothOf(std::unique_ptr<UnitCandidates> a, std::unique_ptr<UnitCandidates> b) {
  return std::make_unique<Both>(std::move(a), std::move(b));
}

std::unique_ptr<UnitCandidates> EitherOf(std::unique_ptr<UnitCandidates> a, std::unique_ptr<UnitCandidates> b) {
  return std::make_unique<Either>(std::move(a), std::move(b));
}

}  // namespace reprise
