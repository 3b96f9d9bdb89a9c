#include "formats/neighbour_chain.h"

#include <utility>

namespace reprise {
namespace {

using Sides = std::map<std::string, Neighbour> Context::*;

// Gives every context of the unit that neighbour, in the locales of the unit; what is unknown or too long stays unsaid.
void SetSide(Unit* unit, Sides side, bool edge, const TextByLocale& texts) {
  for (Context& context : unit->contexts) {
    for (const Variant& variant : unit->variants) {
      const auto text = texts.find(variant.locale);
      if (edge) {
        (context.*side)[variant.locale] = {Neighbour::State::kEdge, ""};
      } else if (text != texts.end() && text->second.size() <= kMaxNeighbourBytes) {
        (context.*side)[variant.locale] = {Neighbour::State::kText, text->second};
      }
    }
  }
}

}  // namespace

TextByLocale TextsOf(const Unit& unit) {
  TextByLocale texts;
  for (const Variant& variant : unit.variants) texts.emplace(variant.locale, variant.content.text);
  return texts;
}

absl::Status NeighbourChain::Begin() {
  RETURN_IF_ERROR(End());
  before_ = Side::kEdge;
  return absl::OkStatus();
}

absl::Status NeighbourChain::End() {
  RETURN_IF_ERROR(Flush(Side::kEdge, {}));
  before_ = Side::kUnknown;
  before_texts_.clear();
  return absl::OkStatus();
}

absl::Status NeighbourChain::Cut() { return Flush(Side::kUnknown, {}); }

absl::Status NeighbourChain::AddUnits(std::vector<Unit> units, const TextByLocale& texts, uint64_t line, bool derive) {
  RETURN_IF_ERROR(Flush(Side::kText, texts));
  held_ = std::move(units);
  held_raw_ = raw_;
  held_line_ = line;
  held_derive_ = derive;
  if (derive) {
    for (Unit& unit : held_) {
      if (unit.contexts.empty()) unit.contexts.emplace_back();
      if (before_ != Side::kUnknown) SetSide(&unit, &Context::previous, before_ == Side::kEdge, before_texts_);
    }
  }
  before_ = Side::kText;
  before_texts_ = texts;
  return absl::OkStatus();
}

absl::Status NeighbourChain::AddUnit(Unit unit, uint64_t line, bool derive) {
  const TextByLocale texts = TextsOf(unit);
  std::vector<Unit> units;
  units.push_back(std::move(unit));
  return AddUnits(std::move(units), texts, line, derive);
}

absl::Status NeighbourChain::AddText(const TextByLocale& texts) {
  RETURN_IF_ERROR(Flush(Side::kText, texts));
  before_ = Side::kText;
  before_texts_ = texts;
  return absl::OkStatus();
}

absl::Status NeighbourChain::AddRefusal(Refusal refusal, const TextByLocale& texts) {
  RETURN_IF_ERROR(AddText(texts));
  refusal.raw = raw_;
  return sink_->OnRefusal(std::move(refusal));
}

absl::Status NeighbourChain::Flush(Side next, const TextByLocale& texts) {
  std::vector<Unit> held;
  held.swap(held_);
  if (!held.empty() && held_raw_ != nullptr) sink_->OnRaw(held_raw_);
  for (Unit& unit : held) {
    if (held_derive_ && next != Side::kUnknown) SetSide(&unit, &Context::next, next == Side::kEdge, texts);
    // A context that says nothing is none.
    if (held_derive_ && unit.contexts.size() == 1 && unit.contexts.front() == Context()) unit.contexts.clear();
    RETURN_IF_ERROR(sink_->OnUnit(std::move(unit), held_line_));
  }
  return absl::OkStatus();
}

}  // namespace reprise
