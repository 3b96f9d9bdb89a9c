#include "formats/confirmed.h"

namespace reprise {

absl::Status ConfirmedUnits::OnUnit(Unit unit, uint64_t line) {
  if (unit.variants.size() < 2) {
    ++not_confirmed_;
    return absl::OkStatus();
  }
  Variant& target = unit.variants.back();
  if (target.attributes.erase(kUnchangedProposal) > 0) {
    ++unchanged_;
    return absl::OkStatus();
  }
  if (StatusRank(target.status) < StatusRank(min_status_)) {
    ++not_confirmed_;
    return absl::OkStatus();
  }
  if (target.status == VariantStatus::kUnspecified) target.status = VariantStatus::kTranslated;
  if (target.origin == Origin::kUnspecified) target.origin = Origin::kHuman;
  return sink_->OnUnit(std::move(unit), line);
}

}  // namespace reprise
