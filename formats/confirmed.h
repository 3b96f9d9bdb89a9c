// What a translator confirmed in a file that comes back: XLIFF with states, PO. For `reprise learn`; docs/formats.md
// ("What is learnt") has the rules.
//
//   ConfirmedUnits confirmed(VariantStatus::kTranslated, sink);   // sink gets the confirmed units and all refusals
//   auto reader = NewUnitReader(format, {.document = "a.xlf", .for_learning = true}, &confirmed);
//   ...Feed, Finish...
//   confirmed.not_confirmed();   // how many were left out, and why
//
// A reader's sink, so as thread-safe as the reader: not.
#ifndef REPRISE_FORMATS_CONFIRMED_H_
#define REPRISE_FORMATS_CONFIRMED_H_

#include <cstdint>
#include <utility>

#include "base/status.h"
#include "formats/unit_stream.h"

namespace reprise {

// Attribute of a target variant that a reader gives with ReadOptions::for_learning: the text is the best proposal that
// the file offers for it, and no state says that somebody confirmed it. Never stored.
inline constexpr char kUnchangedProposal[] = "reprise:unchanged-proposal";

class ConfirmedUnits : public UnitSink {
 public:
  // `min_status`: kTranslated, kReviewed or kFinal. `sink` outlives the object.
  ConfirmedUnits(VariantStatus min_status, UnitSink* sink) : min_status_(min_status), sink_(sink) {}

  // Gives the unit on if its last variant (the target) is confirmed. One without a state is confirmed by having been
  // changed, and becomes translated; one without an origin becomes human. Error: as the sink answers.
  absl::Status OnUnit(Unit unit, uint64_t line) override;
  absl::Status OnRefusal(Refusal refusal) override { return sink_->OnRefusal(std::move(refusal)); }

  uint64_t not_confirmed() const { return not_confirmed_; }  // drafts, rejected ones, those below min_status
  uint64_t unchanged() const { return unchanged_; }          // proposals that nobody changed or confirmed

 private:
  const VariantStatus min_status_;
  UnitSink* const sink_;
  uint64_t not_confirmed_ = 0;
  uint64_t unchanged_ = 0;
};

}  // namespace reprise

#endif  // REPRISE_FORMATS_CONFIRMED_H_
